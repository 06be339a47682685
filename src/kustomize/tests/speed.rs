//! How long a tree takes in which many roots use one base.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{fs, io};

use super::super::{Files, ReadError, Resolver, roots};

/// The files below a directory.
struct Disk<'r>(&'r Path);

impl Files for Disk<'_> {
    fn read(&self, path: &str) -> Result<Arc<[u8]>, ReadError> {
        fs::read(self.0.join(path)).map(Into::into).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => ReadError::Missing,
            _ => ReadError::Other(error.to_string()),
        })
    }

    fn is_directory(&self, path: &str) -> bool {
        self.0.join(path).is_dir()
    }
}

const BASES: usize = 50;
const ROOTS: usize = 1000;

/// A thousand overlays over a base of 50 files, each of which patches a workload and changes a config.
/// `more` is what each says besides.
fn write_tree(root: &Path, more: &str) {
    let write = |path: String, text: String| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let mut list = "resources:\n".to_owned();
    for index in 0..BASES {
        let _ = writeln!(list, "- r{index}.yaml");
        let text = if index % 2 == 0 { workload(index) } else { config(index) };
        write(format!("base/r{index}.yaml"), text);
    }
    list += "configMapGenerator:\n- name: settings\n  literals: [a=1]\n";
    write("base/kustomization.yaml".to_owned(), list);
    let patch =
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: w0\nspec:\n  replicas: 3\n";
    for index in 0..ROOTS {
        let text = format!(
            "resources: [../../base]\n{more}configMapGenerator:\n- name: settings\n  behavior: \
             merge\n  files: [more.conf]\npatches:\n- path: patch.yaml\n"
        );
        write(format!("overlays/o{index}/kustomization.yaml"), text);
        write(format!("overlays/o{index}/more.conf"), format!("x = {index}\n"));
        write(format!("overlays/o{index}/patch.yaml"), patch.to_owned());
    }
}

fn workload(index: usize) -> String {
    // Every fifth workload names a config whose name carries a hash of its content.
    let second =
        if index.is_multiple_of(10) { "settings".to_owned() } else { format!("c{}", index + 1) };
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: w{index}\n  labels:\n    app: \
         w{index}\nspec:\n  selector:\n    matchLabels:\n      app: w{index}\n  template:\n    \
         metadata:\n      labels:\n        app: w{index}\n    spec:\n      containers:\n      - name: \
         c\n        image: example.org/c:1\n        ports:\n        - containerPort: 80\n        \
         envFrom:\n        - configMapRef:\n            name: c{}\n        - configMapRef:\n            \
         name: {second}\n        env:\n        - name: A\n          value: b\n        resources:\n          \
         limits:\n            cpu: 100m\n            memory: 128Mi\n",
        index + 1
    )
}

fn config(index: usize) -> String {
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c{index}\ndata:\n  a: b\n  c: |\n    some\n    lines\n"
    )
}

fn timed(mut run: impl FnMut()) -> Duration {
    let times = (0..5).map(|_| {
        let start = Instant::now();
        run();
        start.elapsed()
    });
    times.min().unwrap()
}

/// Run it with `cargo test --release --lib kustomize -- --ignored`.
#[test]
#[ignore = "it measures time, which means something only in a release build on an idle machine"]
fn a_thousand_roots_take_at_most_five_times_as_long_as_reading_their_files() {
    measure("", 5);
}

/// The same where each root changes every resource, and all that names one.
#[test]
#[ignore = "it measures time, which means something only in a release build on an idle machine"]
fn a_thousand_roots_that_rename_all_take_at_most_ten_times_as_long() {
    measure("namespace: ns\nnamePrefix: p-\n", 10);
}

fn measure(more: &str, most: u32) {
    let folder = tempfile::tempdir().unwrap();
    write_tree(folder.path(), more);
    let paths = walkdir::WalkDir::new(folder.path()).into_iter().map(Result::unwrap);
    let paths = paths.filter(|entry| entry.file_type().is_file());
    let paths: Vec<_> = paths.map(|entry| entry.path().to_owned()).collect();
    let reading = timed(|| {
        for path in &paths {
            std::hint::black_box(fs::read(path).unwrap());
        }
    });
    let files = Disk(folder.path());
    let listing: Vec<String> =
        (0..ROOTS).map(|index| format!("overlays/o{index}/kustomization.yaml")).collect();
    let resolving = timed(|| {
        let mut resolver = Resolver::new(&files);
        let roots = roots(&mut resolver, listing.iter().map(String::as_str));
        assert_eq!(roots.len(), ROOTS);
        for (root, _) in roots {
            assert_eq!(resolver.build(&root).unwrap().resources.len(), BASES + 1);
        }
    });
    eprintln!("reading {reading:?}, resolving {resolving:?}");
    assert!(resolving <= reading * most, "reading {reading:?}, resolving {resolving:?}");
}
