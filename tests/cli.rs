//! Arguments, exit statuses, streams and files: what a folder of fixtures cannot say.

#![expect(clippy::disallowed_methods, reason = "tests read and write files")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use sha2::{Digest, Sha256};
use support::{Bytes, Tree, printed, read_tree, run, write_tree};
use tempfile::TempDir;

const CONFIG_MAP: &str = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  PORT: \"80\"
";

const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations:
    reloader.stakater.com/auto: \"true\"
spec:
  template:
    spec:
      containers:
        - name: web
          envFrom: [{configMapRef: {name: settings}}]
";

const BROKEN: &str = "kind: Deployment\nspec: [\n";

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

#[test]
fn help_is_what_it_was() {
    let here = Path::new(".");
    insta::assert_snapshot!("help", printed(&run(here, ["--help"], b"")));
    insta::assert_snapshot!("help-short", printed(&run(here, ["-h"], b"")));
    for command in ["stamp", "check", "explain", "strip"] {
        let help = printed(&run(here, [command, "--help"], b""));
        insta::assert_snapshot!(format!("help-{command}"), help);
    }
}

#[test]
fn alone_at_a_terminal_it_prints_short_help_and_fails() {
    let program = format!("'{}'", env!("CARGO_BIN_EXE_rollstamp"));
    let script = Command::new("script")
        .args(["--quiet", "--return", "--command", &program, "/dev/null"])
        .stdin(Stdio::null())
        .output();
    let Ok(output) = script else {
        support::skip("`script` of util-linux is not on this machine");
        return;
    };
    assert_eq!(output.status.code(), Some(2), "{}", printed(&output));
    assert!(printed(&output).contains("Write nothing; fail if"), "{}", printed(&output));
}

#[test]
fn empty_input_is_an_error_unless_it_is_expected() {
    let here = Path::new(".");
    for command in [&[][..], &["check"], &["stamp", "-"], &["explain"], &["strip"]] {
        for input in [&b""[..], b"\n", b"\xef\xbb\xbf\r\n"] {
            let output = run(here, command, input);
            assert_eq!((output.status.code(), stdout(&output)), (Some(2), String::new()));
            assert!(stderr(&output).contains("nothing on standard input"), "{}", stderr(&output));
            let output = run(here, [command, &["--allow-empty"]].concat(), input);
            assert_eq!(output.status.code(), Some(0), "{command:?}: {}", stderr(&output));
        }
    }
    assert_eq!(run(here, ["check"], b"---\n# nothing to deploy\n").status.code(), Some(0));
}

#[test]
fn a_closed_pipe_is_success() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rollstamp"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program is built");
    drop(child.stdout.take());
    let text = format!("{CONFIG_MAP}---\n").repeat(10_000);
    std::io::Write::write_all(&mut child.stdin.take().expect("piped"), text.as_bytes())
        .expect("all of standard input is read before anything is written");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()));
}

#[test]
fn bad_usage_ends_with_2() {
    let folder = folder(&[]);
    for args in [
        &["--nonsense"][..],
        &["nonsense"],
        &["check", "missing.yaml"],
        &["stamp", ".", "--exclude", "["],
        &["check", ".", "--annotation", "not a key"],
        &["check", ".", "--jobs", "maybe"],
        &["check", ".", "--resources-to-ignore", "pods"],
        &["check", ".", "--config", "missing.yaml"],
        &["explain", ".", "-q", "--digest-input", "web"],
    ] {
        let output = rollstamp(&folder, args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(stderr(&output).starts_with("error: "), "{args:?}: {}", stderr(&output));
        assert_eq!(stdout(&output), "", "{args:?}");
    }
}

#[test]
fn an_error_in_one_bundle_keeps_all_from_being_written() {
    let folder =
        folder(&[("a/cm.yaml", CONFIG_MAP), ("a/web.yaml", DEPLOYMENT), ("b/broken.yaml", BROKEN)]);
    let before = read_tree(folder.path());
    let output = rollstamp(&folder, &["stamp", "a", "b"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("b/broken.yaml:2:7"), "{}", stderr(&output));
    assert_eq!(read_tree(folder.path()), before);
}

#[test]
fn only_a_file_that_was_come_upon_can_be_left_out() {
    let folder = folder(&[("in/broken.yaml", BROKEN), ("in/config.yaml", CONFIG_MAP)]);
    let helps = |output: Output| printed(&output).contains("--exclude");
    assert!(helps(rollstamp(&folder, &["check", "in"])));
    assert!(helps(rollstamp(&folder, &["check", "--skip-invalid", "in"])));
    assert!(!helps(rollstamp(&folder, &["check", "in/broken.yaml"])));
    assert!(!helps(run(folder.path(), ["check"], BROKEN.as_bytes())));

    fs::write(folder.path().join("in/broken.yaml"), b"a: \xe9\n").expect("it can be written");
    assert!(helps(rollstamp(&folder, &["check", "in"])));
    assert!(!helps(rollstamp(&folder, &["check", "in/broken.yaml"])));
    assert!(!helps(run(folder.path(), ["check"], b"a: \xe9\n")));
}

#[test]
fn bundles_do_not_see_each_others_configs() {
    let folder = folder(&[("a/cm.yaml", CONFIG_MAP), ("b/web.yaml", DEPLOYMENT)]);
    let check = |paths: &[&str]| rollstamp(&folder, &[&["check"], paths].concat()).status.code();
    assert_eq!(check(&["."]), Some(1));
    assert_eq!(check(&["a", "b"]), Some(0));
}

#[test]
fn only_files_that_change_are_replaced_and_they_keep_their_mode() {
    let folder = folder(&[("cm.yaml", CONFIG_MAP), ("web.yaml", DEPLOYMENT)]);
    let path = |name: &str| folder.path().join(name);
    let identity = |name: &str| {
        let metadata = fs::metadata(path(name)).expect("it is there");
        (metadata.modified().expect("it has a time"), inode(&metadata))
    };
    set_mode(&path("web.yaml"), 0o640);
    let config_map = identity("cm.yaml");

    let output = rollstamp(&folder, &["stamp", "."]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), String::new()));
    assert_eq!(mode(&path("web.yaml")), 0o640);
    assert_eq!(identity("cm.yaml"), config_map);

    let deployment = identity("web.yaml");
    let output = rollstamp(&folder, &["stamp", "."]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), String::new()));
    assert_eq!(identity("web.yaml"), deployment);
    assert_eq!(read_tree(folder.path()).len(), 2, "nothing is left behind");
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it can be set");
}

#[cfg(unix)]
fn inode(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(unix)]
#[test]
fn links_are_followed_inside_the_tree_only_and_stay_links() {
    use std::os::unix::fs::symlink;
    let folder = folder(&[
        ("outside.yaml", BROKEN),
        ("tree/cm.yaml", CONFIG_MAP),
        ("tree/..2026/web.yaml", DEPLOYMENT),
    ]);
    let link = |target: &str, name: &str| {
        symlink(target, folder.path().join("tree").join(name)).expect("a link can be made");
    };
    link("../outside.yaml", "outside.yaml");
    link("cm.yaml", "again.yaml");
    link("missing.yaml", "broken.yaml");
    link("..2026/web.yaml", "web.yaml");
    link(".", "round");

    let args = ["stamp", "tree", "--list"];
    assert_eq!(stdout(&rollstamp(&folder, &args)), "tree/web.yaml\n");
    let output = rollstamp(&folder, &["stamp", "tree"]);
    assert!(stderr(&output).contains("\nleft out: 1 link"), "{}", stderr(&output));
    let web = folder.path().join("tree/web.yaml");
    assert!(web.is_symlink());
    assert!(fs::read_to_string(web).expect("it is there").contains("config-hash"));
}

#[test]
fn diff_shows_the_changes_and_writes_nothing() {
    let folder = folder(&[("cm.yaml", CONFIG_MAP), ("web.yaml", DEPLOYMENT)]);
    let before = read_tree(folder.path());
    let output = rollstamp(&folder, &["stamp", ".", "--diff"]);
    assert_eq!(output.status.code(), Some(0));
    insta::assert_snapshot!(stdout(&output), @r#"
    --- a/web.yaml
    +++ b/web.yaml
    @@ -6,6 +6,9 @@
         reloader.stakater.com/auto: "true"
     spec:
       template:
    +    metadata:
    +      annotations:
    +        rollstamp.dev/config-hash: "sha256:c3b2ed2e5cc7089bcadb2781babae44f10e74f33a35720c0ca4680d7b5757472"
         spec:
           containers:
             - name: web
    "#);
    assert_eq!(read_tree(folder.path()), before);
}

#[test]
fn the_digest_input_is_what_the_stamp_is_the_hash_of() {
    let folder = folder(&[("cm.yaml", CONFIG_MAP), ("web.yaml", DEPLOYMENT)]);
    let expected = stdout(&rollstamp(&folder, &["stamp", ".", "--diff"]));
    for name in ["web", "deployment/web", "Deployment/default/web"] {
        let output = rollstamp(&folder, &["explain", ".", "--digest-input", name]);
        let digest = Sha256::digest(&output.stdout);
        let hex: Vec<_> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(expected.contains(&format!("\"sha256:{}\"", hex.concat())), "{name}");
    }
    let output = rollstamp(&folder, &["explain", ".", "--digest-input", "Job/web"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn standard_input_goes_by_the_name_that_it_is_given() {
    let text = format!("{CONFIG_MAP}---\n{DEPLOYMENT}");
    let args = ["check", "-", "--stdin-filename", "rendered.yaml", "--output", "concise"];
    let output = run(Path::new("."), args, text.as_bytes());
    insta::assert_snapshot!(stdout(&output), @"rendered.yaml:11:9: error: Deployment default/web has no stamp for the configs that it tracks [missing-stamp]");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn the_nearest_configuration_counts_unless_told_otherwise() {
    let configuration =
        "apiVersion: rollstamp.dev/v1\nkind: Rollstamp\nspec:\n  annotation: a.b/c\n";
    let folder = folder(&[
        (".rollstamp.yaml", configuration),
        ("apps/cm.yaml", CONFIG_MAP),
        ("apps/web.yaml", DEPLOYMENT),
        ("other.yaml", &configuration.replace("a.b/c", "d.e/f")),
        ("wrong.yaml", &configuration.replace("annotation:", "anotation:")),
    ]);
    let diff = |args: &[&str]| {
        let output = rollstamp(&folder, &[&["stamp", "apps", "--diff"], args].concat());
        stdout(&output) + &stderr(&output)
    };
    assert!(diff(&[]).contains("a.b/c: \"sha256:"));
    assert!(diff(&["--no-config"]).contains("rollstamp.dev/config-hash: \"sha256:"));
    assert!(diff(&["--config", "other.yaml"]).contains("d.e/f: \"sha256:"));
    assert!(diff(&["--annotation", "g.h/i"]).contains("g.h/i: \"sha256:"));
    insta::assert_snapshot!(diff(&["--config", "wrong.yaml"]), @r"
    error: unknown field `anotation` in `spec`
     --> wrong.yaml:4:3
      |
    4 |   anotation: a.b/c
      |   ^^^^^^^^^
      |
      = help: did you mean `annotation`?
    ");
}

#[test]
fn colours_are_for_terminals_or_on_request() {
    let folder = folder(&[("cm.yaml", CONFIG_MAP), ("web.yaml", DEPLOYMENT)]);
    assert!(!stdout(&rollstamp(&folder, &["check", "."])).contains('\x1b'));
    assert!(stdout(&rollstamp(&folder, &["check", ".", "--color", "always"])).contains('\x1b'));
}

#[test]
fn completions_and_the_manual_are_made_from_the_parser() {
    for (args, word) in [
        (&["completions", "bash"][..], "complete -F _rollstamp"),
        (&["completions", "zsh"], "#compdef rollstamp"),
        (&["completions", "fish"], "complete -c rollstamp"),
        // Values are completed, too.
        (&["completions", "bash"], "text concise json sarif junit github gitlab"),
        (&["completions", "bash"], "missing-stamp stale-stamp"),
        (&["man"], ".TH rollstamp 1"),
    ] {
        let output = run(Path::new("."), args, b"");
        assert!(stdout(&output).contains(word), "{args:?}");
    }
}

#[test]
fn the_files_are_counted() {
    let files = [("in/config.yaml", CONFIG_MAP), ("in/web.yaml", DEPLOYMENT)];
    let folder = folder(&files);
    let counted = || stderr(&rollstamp(&folder, &["stamp", "in"]));
    assert_eq!(counted(), "1 workload: 1 stamped; 1 file written\n");
    assert_eq!(counted(), "1 workload: 1 stamped; 0 files written\n");
}

#[test]
fn quiet_says_nothing_but_what_was_asked_for() {
    let folder = folder(&[("cm.yaml", CONFIG_MAP), ("web.yaml", DEPLOYMENT)]);
    assert_eq!(stderr(&rollstamp(&folder, &["check", ".", "-q"])), "");
}

#[test]
fn flags_that_no_help_shows_are_suggested_nowhere() {
    let here = Path::new(".");
    let mut shown = vec![stdout(&run(here, ["man"], b""))];
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        shown.push(stdout(&run(here, ["completions", shell], b"")));
    }
    for flag in ["format", "slo", "spoi", "log-levl", "enable-h"] {
        shown.push(stderr(&run(here, ["check", &format!("--{flag}")], b"")));
    }
    for hidden in ["log-format", "log-level", "slow", "spoil", "enable-ha", "is-Argo-Rollouts"] {
        assert!(!shown.iter().any(|text| text.contains(hidden)), "{hidden}");
    }
}

#[test]
fn the_manual_page_has_every_command_and_option_and_cites_no_other_page() {
    let here = Path::new(".");
    let page = stdout(&run(here, ["man"], b"")).replace("\\-", "-");
    let mut words: Vec<String> = Vec::new();
    for command in ["stamp", "check", "explain", "strip", "findings", "completions", "man"] {
        words.push(format!(".SH \"ROLLSTAMP {}\"", command.to_uppercase()));
        let help = stdout(&run(here, ["help", command], b""));
        let options = help.split_whitespace().filter(|word| word.starts_with("--"));
        words.extend(
            options.map(|word| word.split([',', '.', '[']).next().unwrap_or(word).to_owned()),
        );
    }
    for word in words {
        assert!(page.contains(&word), "{word}");
    }
    assert!(!page.contains("rollstamp-"), "it cites a page that does not exist");
    assert!(page.contains(".SH \"EXIT STATUS\"") && page.contains(".rollstamp.yaml"));
}

#[test]
fn short_help_fits_on_a_screen() {
    for args in [&["-h"][..], &["stamp", "-h"], &["check", "-h"], &["explain", "-h"]] {
        let help = stdout(&run(Path::new("."), args, b""));
        assert!(help.lines().count() <= 40, "{args:?}: {}", help.lines().count());
    }
}

#[test]
fn list_and_diff_write_nothing() {
    let folder = folder(&[("cm.yaml", CONFIG_MAP), ("web.yaml", DEPLOYMENT)]);
    let before = read_tree(folder.path());
    for (command, flag) in [("stamp", "--list"), ("stamp", "--diff"), ("strip", "--list")] {
        let output = rollstamp(&folder, &[command, ".", flag]);
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(read_tree(folder.path()), before, "{command} {flag}");
    }
}

#[test]
fn errors_can_be_allowed_or_only_reported() {
    let folder = folder(&[("cm.yaml", CONFIG_MAP), ("web.yaml", DEPLOYMENT)]);
    let output = rollstamp(&folder, &["check", ".", "--exit-zero"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).contains("missing-stamp"));

    let output = rollstamp(&folder, &["check", ".", "--allow", "missing-stamp"]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), String::new()));
    assert!(stderr(&output).ends_with("and not reported: 1 missing-stamp\n"));
    assert_eq!(rollstamp(&folder, &["check", ".", "--allow", "nope"]).status.code(), Some(2));
}

#[test]
fn explain_shows_who_has_opted_in_or_who_is_asked_for() {
    let other =
        DEPLOYMENT.replace("name: web\n", "name: worker\n").replace("    reloader", "    x");
    let other = other.replacen("metadata:\n", "metadata:\n  namespace: jobs\n", 1);
    let folder = folder(&[("web.yaml", DEPLOYMENT), ("worker.yaml", &other)]);
    let shown = |args: &[&str]| {
        let output = stdout(&rollstamp(&folder, &[&["explain", "."], args].concat()));
        ["default/web", "jobs/worker"].map(|name| output.contains(name))
    };
    assert_eq!(shown(&[]), [true, false]);
    assert_eq!(shown(&["--all"]), [true, true]);
    for name in ["worker", "w*er", "jobs/worker", "deployment/worker", "Deployment/jobs/*"] {
        assert_eq!(shown(&["--workload", name]), [false, true], "{name}");
    }
    assert_eq!(shown(&["--workload", "web", "--workload", "jobs/*"]), [true, true]);
    let output = rollstamp(&folder, &["explain", ".", "--workload", "nope"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).starts_with("error: no workload is called 'nope'"));
    let output = rollstamp(&folder, &["explain", "."]);
    assert!(stderr(&output).starts_with("2 workloads: 1 not opted in, 1 tracks only configs that"));
}

#[test]
fn stamp_and_the_filter_tell_of_warnings() {
    let typo = DEPLOYMENT.replace(
        "spec:\n  template",
        "    reloader.stakater.com/serach: \"true\"\nspec:\n  template",
    );
    let folder = folder(&[("my apps/cm.yaml", CONFIG_MAP), ("my apps/web.yaml", &typo)]);
    let output = rollstamp(&folder, &["stamp", "my apps"]);
    let expected =
        "1 workload: 1 stamped; 1 file written; 1 warning: run `rollstamp check 'my apps'`\n";
    assert_eq!(stderr(&output), expected);
    let output = run(folder.path(), [""; 0], format!("{CONFIG_MAP}---\n{typo}").as_bytes());
    assert_eq!(stderr(&output), "1 warning: pipe the same into `rollstamp check`\n");
    let output = run(folder.path(), [""; 0], format!("{CONFIG_MAP}---\n{DEPLOYMENT}").as_bytes());
    assert_eq!(stderr(&output), "", "a filter with nothing to tell is silent");
}

/// Every command in a help line of a fixture, with the folder of the fixture.
fn helpful_commands() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let entries = walkdir::WalkDir::new(root).sort_by_file_name().into_iter();
    let paths = entries.map(|entry| entry.expect("fixtures can be read").into_path());
    let mut commands = BTreeMap::new();
    for path in paths.filter(|path| path.ends_with("check.txt")) {
        let text = fs::read_to_string(&path).expect("it is text");
        let folder = path.parent().expect("it is in a folder");
        for command in
            text.split('`').skip(1).step_by(2).filter(|own| own.starts_with("rollstamp "))
        {
            commands.entry(command.to_owned()).or_insert_with(|| folder.to_owned());
        }
    }
    commands.into_iter().map(|(command, folder)| (folder, command)).collect()
}

#[test]
fn commands_in_help_work_as_they_stand() {
    let commands = helpful_commands();
    assert!(commands.iter().any(|(_, command)| command == "rollstamp stamp in"));
    for (folder, command) in commands {
        let scratch = tempfile::tempdir().expect("a folder can be made");
        write_tree(&scratch.path().join("in"), &read_tree(&folder.join("in")));
        let output = run(scratch.path(), command.split(' ').skip(1), b"");
        let said = stderr(&output);
        assert!(!said.contains("Usage: ") && !said.contains("try '--help'"), "{command}: {said}");
        assert!(!said.contains("cannot read"), "{command}: {said}");
    }
}
