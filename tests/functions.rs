//! Runs every case under `fixtures/functions/`: the program as kustomize, kpt and Helm start it.
//!
//! `input.yaml` is what comes in on standard input. `output.yaml` and `stderr.txt` are what goes
//! out, and are absent if that is nothing. `args` holds arguments, one a line; `plugin.yaml` is the
//! config of a plugin of kustomize's old kind. `UPDATE=1 cargo test --test functions` writes what
//! goes out anew.

#![expect(clippy::disallowed_methods, reason = "tests read and write files")]

mod support;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};
use serde_yaml::Value;

use support::{ANNOTATION, documents, run_with, same, without_stamps};

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/functions");
    let folders = fs::read_dir(&root).expect("the cases are there");
    let folders = folders.map(|entry| entry.expect("it can be read").path());
    let trials: Vec<_> = folders
        .map(|folder| {
            let name = folder.strip_prefix(&root).expect("it is below").display().to_string();
            Trial::test(name, move || Case { folder }.check())
        })
        .collect();
    assert!(trials.len() >= 75, "only {} cases were found", trials.len());
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

struct Case {
    folder: PathBuf,
}

/// What a run gave.
struct Run {
    status: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Case {
    fn check(&self) -> Result<(), Failed> {
        let input = self.read("input.yaml");
        let first = self.run(&input);
        self.compare("output.yaml", &first.stdout)?;
        self.compare("stderr.txt", &first.stderr)?;
        if first.stdout.is_empty() {
            same("a run that prints nothing must say why", &false, &first.stderr.is_empty())?;
            return same("a run that prints nothing must fail", &false, &(first.status == Some(0)));
        }
        let (Some(before), Some(after)) = (documents(&input), documents(&first.stdout)) else {
            let is_kept = first.stdout.starts_with(&input) && first.status == Some(1);
            return same("a list that another parser refuses must come back", &true, &is_kept);
        };
        let is_plugin = self.folder.join("plugin.yaml").exists();
        // A list that takes no results comes back as it is.
        let has_failed = results(&after).any(|result| result["severity"] == "error")
            || first.stdout == input && first.stderr.contains("error: ");
        if !is_plugin {
            let law = "the status must say whether a result is an error";
            same(law, &Some(i32::from(has_failed)), &first.status)?;
        }
        let old: Vec<_> = results(&before).collect();
        let new = results(&after).filter(|result| !old.contains(result));
        for result in new.filter(|result| result["severity"] != "info") {
            let message = result["message"].as_str().and_then(|message| message.split("; ").next());
            let is_said = message.is_some_and(|message| first.stderr.contains(message));
            same(&format!("standard error must say: {message:?}"), &true, &is_said)?;
        }
        if has_failed {
            same("a run that fails must keep the items", &items(&before), &items(&after))?;
        }
        let plain = |documents: &[Value]| {
            items(documents).iter().map(|item| without_stamps(item, ANNOTATION)).collect::<Vec<_>>()
        };
        same("items must stay as they were", &plain(&before), &plain(&after))?;
        let again = documents(&self.run(&first.stdout).stdout).unwrap_or_default();
        same("a second run must change no item", &items(&after), &items(&again))
    }

    fn run(&self, input: &str) -> Run {
        let mut args: Vec<_> = self.read("args").lines().map(str::to_owned).collect();
        let config = fs::read_to_string(self.folder.join("plugin.yaml")).ok();
        let variables = config.map(|config| ("KUSTOMIZE_PLUGIN_CONFIG_STRING", config));
        if variables.is_some() {
            args.push("plugin.yaml".to_owned());
        }
        let output = run_with(&self.folder, args, input.as_bytes(), variables);
        let text = |bytes| String::from_utf8(bytes).expect("it is UTF-8");
        let status = output.status.code();
        Run { status, stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.folder.join(file)).unwrap_or_default()
    }

    fn compare(&self, file: &str, found: &String) -> Result<(), Failed> {
        if env::var_os("UPDATE").is_some() {
            let path = self.folder.join(file);
            if found.is_empty() {
                fs::remove_file(&path).ok();
            } else {
                fs::write(path, found).expect("the text can be written");
            }
        }
        same(&format!("what goes out must be `{file}`"), &self.read(file), found)
    }
}

/// The items of a `ResourceList`, or the documents of a stream.
fn items(documents: &[Value]) -> Vec<Value> {
    match documents {
        [list] if list["kind"] == "ResourceList" => {
            list["items"].as_sequence().cloned().unwrap_or_default()
        }
        stream => stream.to_vec(),
    }
}

fn results(documents: &[Value]) -> impl Iterator<Item = &Value> {
    documents.iter().filter_map(|list| list["results"].as_sequence()).flatten()
}
