//! The bodies of the fuzz targets over their seeds and over what they once found: on stable Rust, and in seconds.
//! CONTRIBUTING.md says how to fuzz.

#![expect(clippy::disallowed_methods, reason = "tests read files")]

#[path = "../fuzz/bodies.rs"]
mod bodies;

use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Trial};

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut trials = Vec::new();
    for target in ["filter", "digests", "functions", "patterns"] {
        let folders = [format!("fuzz/seeds/{target}"), format!("fuzz/regressions/{target}")];
        let mut files: Vec<_> =
            folders.iter().flat_map(|folder| files(&root.join(folder))).collect();
        match target {
            "filter" => files.extend(files_of(root, "fixtures", |_| true)),
            "functions" => {
                files.extend(files_of(root, "fixtures/functions", |own| own == "input.yaml"));
            }
            _ => assert!(!files.is_empty(), "{target} has no seeds"),
        }
        for file in files {
            let name = file.strip_prefix(root).expect("it is below the root").display();
            let name = format!("{target}: {name}");
            trials.push(Trial::test(name, move || {
                let text = fs::read(&file).expect("it can be read");
                // Some fixtures are no text.
                if let Ok(text) = str::from_utf8(&text) {
                    bodies::run(target, text);
                }
                Ok(())
            }));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// The manifests below `folder` whose file name `fits`.
fn files_of(root: &Path, folder: &str, fits: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let is_manifest = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let extension = path.extension().and_then(|own| own.to_str());
        matches!(extension, Some("yaml" | "yml" | "json")) && fits(name)
    };
    files(&root.join(folder)).into_iter().filter(is_manifest).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter();
    let entries = entries.filter_map(Result::ok).filter(|entry| entry.file_type().is_file());
    entries.map(walkdir::DirEntry::into_path).collect()
}
