//! Which files are read, and how they are replaced.

#![cfg(unix)]
#![expect(clippy::disallowed_methods, reason = "tests read and write files")]

mod support;

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use support::{Bytes, Tree, printed, read_tree, run, write_tree};
use tempfile::TempDir;

const CONFIG_MAP: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {PORT: \"80\"}
";

const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, annotations: {reloader.stakater.com/auto: \"true\"}}
spec:
  template:
    spec:
      containers: [{name: web, envFrom: [{configMapRef: {name: settings}}]}]
";

/// A folder with `files`.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let bytes = |text: &str| Bytes(text.as_bytes().to_vec());
    let tree: Tree = files.iter().map(|(path, text)| (PathBuf::from(path), bytes(text))).collect();
    write_tree(folder.path(), &tree);
    folder
}

fn rollstamp(folder: &TempDir, args: &[&str]) -> Output {
    run(folder.path(), args, b"")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("it is text")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("it is text")
}

/// The files that a run with `args` reads, as `-v` names them.
fn read(folder: &TempDir, args: &[&str]) -> Vec<String> {
    let output = rollstamp(folder, &[&["check", "-v"], args].concat());
    let told = stderr(&output);
    let names = told.lines().filter_map(|line| line.strip_prefix("note: reading '"));
    names.map(|name| name.trim_end_matches('\'').to_owned()).collect()
}

fn is_stamped(folder: &TempDir, file: &str) -> bool {
    let text = fs::read_to_string(folder.path().join(file)).expect("it is there");
    text.contains("rollstamp.dev/config-hash")
}

const CONFIGURATION: &str = "apiVersion: rollstamp.dev/v1\nkind: Rollstamp\nspec: {SPEC}\n";

fn configuration(spec: &str) -> String {
    CONFIGURATION.replace("SPEC", spec)
}

#[test]
fn what_git_ignores_is_left_out() {
    let folder = folder(&[
        (".git/HEAD", "ref: refs/heads/main\n"),
        (".gitignore", "node_modules/\n*.tmp.yaml\n/out\n[\n"),
        ("a.yaml", CONFIG_MAP),
        ("a.tmp.yaml", CONFIG_MAP),
        ("apps/.gitignore", "local*\n!local.keep.yaml\n!b.tmp.yaml\n"),
        ("apps/b.tmp.yaml", CONFIG_MAP),
        ("apps/local.yaml", CONFIG_MAP),
        ("apps/local.keep.yaml", CONFIG_MAP),
        ("apps/out/c.yaml", CONFIG_MAP),
        ("apps/node_modules/d.yaml", CONFIG_MAP),
        ("out/e.yaml", CONFIG_MAP),
        ("sub/.git", "gitdir: elsewhere\n"),
        ("sub/f.tmp.yaml", CONFIG_MAP),
    ]);
    let kept =
        ["a.yaml", "apps/b.tmp.yaml", "apps/local.keep.yaml", "apps/out/c.yaml", "sub/f.tmp.yaml"];
    assert_eq!(read(&folder, &["."]), kept);
    assert_eq!(read(&folder, &["apps"]), kept[1..4]);
    assert_eq!(read(&folder, &["out"]), ["out/e.yaml"], "a directory that is given is read");
    assert_eq!(read(&folder, &["a.tmp.yaml"]), ["a.tmp.yaml"], "a file that is given is read");
    assert_eq!(read(&folder, &[".", "--no-ignore"]).len(), 9);
    let told = stderr(&rollstamp(&folder, &["check", "."]));
    assert!(told.contains("left out: 4 entries that `.gitignore` names"), "{told}");
    let told = stderr(&rollstamp(&folder, &["check", ".", "-v"]));
    assert!(told.contains("'apps/node_modules' is left out: `.gitignore` names it"), "{told}");

    fs::remove_dir_all(folder.path().join(".git")).expect("it is there");
    assert_eq!(read(&folder, &["."]), kept, "an archive is read as the clone is");
    let alone =
        ["apps/b.tmp.yaml", "apps/local.keep.yaml", "apps/node_modules/d.yaml", "apps/out/c.yaml"];
    assert_eq!(
        read(&folder, &["apps"]),
        alone,
        "outside a repository, what is above does not count"
    );
}

#[test]
fn extensions_count_in_any_case() {
    let names = ["A.YAML", "b.Yml", "c.JSON", "d.yaml", "e.yaml.bak", "f.txt", "yaml"];
    let json = r#"{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}"#;
    let folder = folder(&names.map(|name| (name, json)));
    assert_eq!(read(&folder, &["."]), names[..4]);
}

#[test]
fn the_configuration_excludes_relative_to_itself() {
    let text = configuration("exclude: [apps/old, '*.sops.yaml', apps/*/skip.yaml, nowhere]");
    let folder = folder(&[
        (".git/HEAD", "ref: refs/heads/main\n"),
        (".rollstamp.yaml", &text),
        ("apps/a/web.yaml", CONFIG_MAP),
        ("apps/a/skip.yaml", CONFIG_MAP),
        ("apps/a/b/skip.yaml", CONFIG_MAP),
        ("apps/a/x.sops.yaml", CONFIG_MAP),
        ("apps/old/web.yaml", CONFIG_MAP),
        ("old/web.yaml", CONFIG_MAP),
    ]);
    assert_eq!(read(&folder, &["."]), ["apps/a/b/skip.yaml", "apps/a/web.yaml", "old/web.yaml"]);
    assert_eq!(read(&folder, &["apps"]), ["apps/a/b/skip.yaml", "apps/a/web.yaml"]);
    let warned = |args: &[&str]| stderr(&rollstamp(&folder, &[&["check"], args].concat()));
    let told = warned(&["."]);
    assert!(told.contains("warning: the glob 'nowhere' of `exclude` matches nothing"), "{told}");
    assert!(!warned(&["apps"]).contains("warning"), "the rest may be about other directories");
    assert!(!warned(&[".", "-q"]).contains("warning"));
    let told = warned(&["apps", "old", "--exclude", "b/", "--exclude", "typo/"]);
    assert!(told.contains("the glob 'typo/' of `--exclude` matches nothing"), "{told}");
    assert!(!told.contains("'b/'"), "{told}");
}

#[test]
fn named_directories_are_bundles_of_their_own() {
    let text = configuration("bundles: [envs/*]");
    let folder = folder(&[
        (".rollstamp.yaml", &text),
        ("envs/dev/cm.yaml", CONFIG_MAP),
        ("envs/dev/deep/web.yaml", DEPLOYMENT),
        ("envs/prod/cm.yaml", &CONFIG_MAP.replace("80", "443")),
        ("envs/prod/web.yaml", DEPLOYMENT),
        ("web.yaml", DEPLOYMENT),
    ]);
    let output = rollstamp(&folder, &["stamp", "."]);
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
    assert!(
        is_stamped(&folder, "envs/dev/deep/web.yaml") && is_stamped(&folder, "envs/prod/web.yaml")
    );
    assert!(!is_stamped(&folder, "web.yaml"), "it sees the configs of neither");
    assert_eq!(rollstamp(&folder, &["check", "envs/prod"]).status.code(), Some(0));
}

#[test]
fn files_given_together_are_one_bundle() {
    let folder = folder(&[("apps/cm.yaml", CONFIG_MAP), ("apps/web.yaml", DEPLOYMENT)]);
    let web = folder.path().join("apps/web.yaml");
    let check = |args: &[&str]| rollstamp(&folder, &[&["check"], args].concat());
    assert_eq!(check(&["apps/cm.yaml", "apps/web.yaml"]).status.code(), Some(1));
    let output = run(folder.path(), ["check", "-", "apps/web.yaml"], CONFIG_MAP.as_bytes());
    assert_eq!(output.status.code(), Some(1), "standard input is one of the files");
    symlink("apps", folder.path().join("linked")).expect("a link can be made");
    let spellings =
        ["stamp", "apps/web.yaml", "./apps/../apps/web.yaml", "linked/web.yaml", "apps/cm.yaml"];
    let output = rollstamp(&folder, &spellings);
    assert_eq!(stderr(&output), "1 workload: 1 stamped; 1 file written\n");
    let stamped = fs::read_to_string(&web).expect("it is there");
    assert_eq!(stamped.matches("config-hash").count(), 1);
}

#[test]
fn overlapping_paths_are_merged_or_refused() {
    let files = [("a/cm.yaml", CONFIG_MAP), ("a/web.yaml", DEPLOYMENT), ("b.yaml", CONFIG_MAP)];
    let folder = folder(&files);
    symlink("a", folder.path().join("linked")).expect("a link can be made");
    let before = read_tree(folder.path());
    for paths in [[".", "./a"], ["a", "."], ["linked", "."]] {
        let output = rollstamp(&folder, &[&["stamp"][..], &paths].concat());
        assert_eq!(output.status.code(), Some(2), "{paths:?}");
        assert!(stderr(&output).contains("must not both hold"), "{}", stderr(&output));
        assert_eq!(read_tree(folder.path()), before);
    }
    for paths in [["a", "linked"], ["a", "a/web.yaml"], ["linked/web.yaml", "a/"]] {
        let output = rollstamp(&folder, &[&["stamp", "--diff"][..], &paths].concat());
        assert_eq!(output.status.code(), Some(0), "{paths:?}: {}", stderr(&output));
        assert_eq!(stdout(&output).matches("+++").count(), 1, "{paths:?}");
    }
}

#[test]
fn a_path_without_manifests_is_an_error() {
    let files = [
        ("empty/notes.txt", "-"),
        ("chart/Chart.yaml", "-"),
        ("blank.yaml", "\n"),
        ("a.yaml", CONFIG_MAP),
    ];
    let folder = folder(&files);
    for path in ["empty", "blank.yaml"] {
        let output = rollstamp(&folder, &["check", path]);
        assert_eq!(output.status.code(), Some(2), "{path}");
        assert!(stderr(&output).contains("--allow-empty"), "{}", stderr(&output));
        assert_eq!(rollstamp(&folder, &["check", path, "--allow-empty"]).status.code(), Some(0));
        assert_eq!(
            rollstamp(&folder, &["check", path, "a.yaml"]).status.code(),
            (path == "empty").then_some(2).or(Some(0))
        );
    }
}

#[test]
fn the_search_for_a_configuration_ends_at_the_repository() {
    let allow = configuration("allow: [missing-stamp]");
    let folder = folder(&[
        (".rollstamp.yaml", &allow),
        ("repo/.git/HEAD", "ref: refs/heads/main\n"),
        ("repo/apps/cm.yaml", CONFIG_MAP),
        ("repo/apps/web.yaml", DEPLOYMENT),
        ("repo/submodule/.git", "gitdir: elsewhere\n"),
        ("repo/submodule/cm.yaml", CONFIG_MAP),
        ("repo/submodule/web.yaml", DEPLOYMENT),
        ("plain/cm.yaml", CONFIG_MAP),
        ("plain/web.yaml", DEPLOYMENT),
    ]);
    let check = |path: &str| rollstamp(&folder, &["check", "-v", path]);
    assert_eq!(check("plain").status.code(), Some(0));
    let told = stderr(&check("plain"));
    assert!(told.contains("allowed by the options, and not reported: 1 missing-stamp"), "{told}");
    assert!(stderr(&check("plain")).contains("note: the options are those of '.rollstamp.yaml'"));
    assert_eq!(check("repo/apps").status.code(), Some(1));
    fs::write(folder.path().join("repo/.rollstamp.yml"), &allow).expect("it can be written");
    assert_eq!(check("repo/apps").status.code(), Some(0), "both endings count");
    assert_eq!(check("repo/apps/web.yaml").status.code(), Some(0), "a file is in its directory");
    assert_eq!(check("repo/submodule").status.code(), Some(1));
    fs::write(folder.path().join("repo/.rollstamp.yaml"), &allow).expect("it can be written");
    let told = stderr(&check("repo/apps"));
    assert!(
        told.contains("must not be both 'repo/.rollstamp.yaml' and 'repo/.rollstamp.yml'"),
        "{told}"
    );
}

#[test]
fn a_configuration_is_a_regular_file_of_the_repository() {
    let files = [
        ("secret", "password: hunter2\n"),
        ("repo/.git/HEAD", "-"),
        ("repo/a/cm.yaml", CONFIG_MAP),
    ];
    let folder = folder(&files);
    let file = folder.path().join("repo/.rollstamp.yaml");
    let refused = |args: &[&str]| {
        let output = rollstamp(&folder, &[&["check"], args].concat());
        assert_eq!(output.status.code(), Some(2), "{}", printed(&output));
        assert!(!printed(&output).contains("hunter2"), "{}", printed(&output));
        stderr(&output)
    };
    symlink("../secret", &file).expect("a link can be made");
    assert!(refused(&["repo"]).contains("a link that leaves"));
    assert!(refused(&["repo", "--config", "repo/.rollstamp.yaml"]).contains("a link that leaves"));
    fs::remove_file(&file).expect("it is there");
    fifo(&file);
    assert!(refused(&["repo"]).contains("not a regular file"));
    assert!(refused(&["repo", "--config", "repo/.rollstamp.yaml"]).contains("not a regular file"));
    fs::remove_file(&file).expect("it is there");
    fs::write(folder.path().join("repo/own.yaml"), configuration("strict: true"))
        .expect("it can be written");
    symlink("own.yaml", &file).expect("a link can be made");
    assert_eq!(rollstamp(&folder, &["check", "repo/a"]).status.code(), Some(0));
}

fn fifo(path: &Path) {
    let made = Command::new("mkfifo").arg(path).status().expect("mkfifo is there");
    assert!(made.success());
}

#[test]
fn a_fifo_is_read_but_never_replaced() {
    let folder = folder(&[]);
    let path = folder.path().join("pipe");
    fifo(&path);
    let text = format!("{CONFIG_MAP}---\n{DEPLOYMENT}");
    for (command, code) in [("check", 1), ("stamp", 2)] {
        let (path, text) = (path.clone(), text.clone());
        let writer = std::thread::spawn(move || fs::write(path, text));
        let output = rollstamp(&folder, &[command, "pipe"]);
        writer.join().expect("it ends").expect("it can be written");
        assert_eq!(output.status.code(), Some(code), "{}", printed(&output));
    }
    let kind = fs::symlink_metadata(&path).expect("it is there").file_type();
    assert!(std::os::unix::fs::FileTypeExt::is_fifo(&kind));
}

#[test]
fn links_to_one_file_are_written_once_and_stay() {
    let folder = folder(&[("in/.data/web.yaml", DEPLOYMENT), ("in/cm.yaml", CONFIG_MAP)]);
    for name in ["in/a.yaml", "in/b.yaml"] {
        symlink(".data/web.yaml", folder.path().join(name)).expect("a link can be made");
    }
    assert_eq!(stdout(&rollstamp(&folder, &["stamp", "--list", "in"])), "in/a.yaml\n");
    let output = rollstamp(&folder, &["stamp", "in/b.yaml", "in/cm.yaml", "in/a.yaml"]);
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
    assert!(folder.path().join("in/a.yaml").is_symlink());
    assert!(is_stamped(&folder, "in/.data/web.yaml"));
}

#[test]
fn stale_files_of_killed_runs_are_cleared() {
    let folder = folder(&[("in/cm.yaml", CONFIG_MAP)]);
    let file = |name: &str, minutes: u64| {
        let path = folder.path().join("in").join(name);
        fs::write(&path, "kind: Secret\n").expect("it can be written");
        let then = std::time::SystemTime::now() - std::time::Duration::from_secs(60 * minutes);
        let file = fs::File::options().write(true).open(&path).expect("it is there");
        file.set_modified(then).expect("a time can be set");
        path
    };
    // No process has so high a number.
    let stale = file(".rollstamp-4294967295-abcdef", 11);
    let young = file(".rollstamp-4294967295-ghijkl", 1);
    let alive = file(&format!(".rollstamp-{}-abcdef", std::process::id()), 11);
    let other = file(".rollstamp-notes", 11);
    assert_eq!(rollstamp(&folder, &["check", "in"]).status.code(), Some(0));
    assert!(stale.exists(), "`check` removes nothing");
    assert_eq!(rollstamp(&folder, &["stamp", "in"]).status.code(), Some(0));
    assert!(!stale.exists());
    assert!(young.exists() && alive.exists() && other.exists());
}

#[test]
fn full_standard_error_changes_no_status() {
    let folder = folder(&[("cm.yaml", CONFIG_MAP), ("web.yaml", DEPLOYMENT)]);
    for (args, code) in [(&["check", "."][..], 1), (&["check", "nowhere"], 2), (&["stamp", "."], 0)]
    {
        let full = fs::File::options().write(true).open("/dev/full").expect("Linux has it");
        let status = Command::new(env!("CARGO_BIN_EXE_rollstamp"))
            .args(args)
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(full)
            .status();
        assert_eq!(status.expect("it runs").code(), Some(code), "{args:?}");
    }
}

#[test]
fn any_number_of_threads_ends() {
    let text = format!("{CONFIG_MAP}---\n").repeat(20_000);
    let output = run(Path::new("."), ["--no-config", "--threads", "100000"], text.as_bytes());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}

#[test]
fn a_few_open_files_are_enough_for_many_changes() {
    let folder = folder(&[("in/cm.yaml", CONFIG_MAP)]);
    for number in 0..300 {
        let text = DEPLOYMENT.replace("name: web,", &format!("name: web-{number},"));
        fs::write(folder.path().join(format!("in/{number}.yaml")), text)
            .expect("it can be written");
    }
    let script = format!("ulimit -n 32 && exec '{}' stamp in", env!("CARGO_BIN_EXE_rollstamp"));
    let output = Command::new("sh").args(["-c", &script]).current_dir(folder.path()).output();
    let output = output.expect("there is a shell");
    assert_eq!(stderr(&output), "300 workloads: 300 stamped; 300 files written\n");
    assert_eq!(fs::read_dir(folder.path().join("in")).expect("it is there").count(), 301);
}

#[test]
fn the_mode_is_kept() {
    let folder = folder(&[("cm.yaml", CONFIG_MAP), ("web.yaml", DEPLOYMENT)]);
    let mode = || fs::metadata(folder.path().join("web.yaml")).expect("it is there").mode();
    let before = mode();
    assert_eq!(rollstamp(&folder, &["stamp", "."]).status.code(), Some(0));
    assert_eq!(mode(), before);
}
