//! Every output format of `check` and `explain`: snapshots for the eye, and what can be proved by the
//! format's own rules.

#![expect(clippy::disallowed_methods, reason = "tests read and write files")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use support::{Bytes, Tree, run, write_tree};
use tempfile::TempDir;

/// A bundle with an error, a warning, a note, a Secret, a missing config and one that is made.
const BUNDLE: &str = r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  annotations: {reloader.stakater.com/match: "true"}
data:
  PORT: "80"
---
apiVersion: v1
kind: Secret
metadata: {name: token}
stringData: {token: hunter2}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: database}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: default
  annotations:
    reloader.stakater.com/auto: "true"
    reloader.stakater.com/serach: "true"
spec:
  template:
    spec:
      containers:
        - name: web
          envFrom:
            - configMapRef: {name: settings}
            - secretRef: {name: token}
            - secretRef: {name: database}
            - configMapRef: {name: gone}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: "agent|<1>"}
spec:
  template:
    spec:
      containers:
        - name: agent
          envFrom: [{configMapRef: {name: settings}}]
"#;

fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let bytes = Bytes(BUNDLE.as_bytes().to_vec());
    write_tree(&folder.path().join("apps"), &Tree::from([(PathBuf::from("größe 1.yaml"), bytes)]));
    folder
}

fn output(command: &str, format: &str) -> String {
    let output = run(folder().path(), [command, "apps", "-q", "--output", format], b"");
    let text = String::from_utf8(output.stdout).expect("it is text");
    assert!(!text.contains("hunter2"), "a Secret's value is printed");
    text
}

#[test]
fn findings_in_every_format() {
    for format in ["text", "concise", "json", "sarif", "junit", "github", "gitlab"] {
        let shown = match format {
            // The documentation of every code is in docs/findings.md already.
            "sarif" => results(&output("check", "sarif")),
            _ => output("check", format),
        };
        insta::assert_snapshot!(format!("check-{format}"), shown);
    }
}

fn results(sarif: &str) -> String {
    let sarif: Value = serde_json::from_str(sarif).expect("it is JSON");
    serde_json::to_string_pretty(&sarif["runs"][0]["results"]).expect("it is JSON")
}

#[test]
fn explanations_in_every_format() {
    for format in ["text", "json", "mermaid", "dot", "markdown"] {
        insta::assert_snapshot!(format!("explain-{format}"), output("explain", format));
    }
}

/// A file of a package that this one is built with.
fn file_of(package: &str, file: &str) -> PathBuf {
    let metadata = Command::new(env!("CARGO"))
        // Not offline: it wants the packages for other platforms, too, which no build has fetched.
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&metadata.stdout).expect("it is JSON");
    let packages = metadata["packages"].as_array().expect("there are packages");
    let package = packages.iter().find(|own| own["name"] == package).expect("it is a dependency");
    let manifest = package["manifest_path"].as_str().expect("it has a manifest");
    Path::new(manifest).with_file_name(file)
}

#[test]
fn sarif_is_valid_against_its_schema() {
    let schema = fs::read(file_of("serde-sarif", "src/schema.json")).expect("the schema is there");
    let mut schema: Value = serde_json::from_slice(&schema).expect("the schema is JSON");
    // This pattern has a bracket that nothing opens; we write no language.
    for holder in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][holder]["properties"]["language"];
        language.as_object_mut().expect("it is there").remove("pattern");
    }
    let validator = jsonschema::validator_for(&schema).expect("the schema is valid");
    let sarif: Value = serde_json::from_str(&output("check", "sarif")).expect("it is JSON");
    let errors: Vec<_> = validator.iter_errors(&sarif).map(|error| error.to_string()).collect();
    assert_eq!(errors, [""; 0]);

    let rules = sarif["runs"][0]["tool"]["driver"]["rules"].as_array().expect("there are rules");
    assert_eq!(rules.len(), rollstamp::Code::ALL.len());
    for rule in rules {
        let help = rule["help"]["markdown"].as_str().expect("there is help");
        assert!(help.len() > 200, "{}", rule["id"]);
    }
}

#[test]
fn junit_is_xml_that_its_own_reader_takes() {
    let report = quick_junit::Report::deserialize_from_str(&output("check", "junit"));
    let report = report.expect("it is JUnit XML");
    assert_eq!((report.test_suites.len(), report.failures), (1, 1));
}

#[test]
fn fingerprints_do_not_follow_the_lines() {
    let fingerprints = |text: &str| {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let bytes = Bytes(text.as_bytes().to_vec());
        write_tree(&folder.path().join("apps"), &Tree::from([(PathBuf::from("a.yaml"), bytes)]));
        let output = run(folder.path(), ["check", "apps", "-q", "--output", "gitlab"], b"");
        let issues: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
        let issues = issues.as_array().expect("it is a list").clone();
        issues.into_iter().map(|issue| issue["fingerprint"].clone()).collect::<Vec<_>>()
    };
    let before = fingerprints(BUNDLE);
    assert!(before.len() > 3);
    assert_eq!(before, fingerprints(&format!("# moved\n\n{BUNDLE}")));
}

#[test]
fn several_outputs_go_where_they_are_told_to() {
    let folder = folder();
    let args = [
        "check",
        "apps",
        "--output",
        "concise",
        "--output",
        "sarif=a.sarif",
        "--output=json=b.json",
    ];
    let output = run(folder.path(), args, b"");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("apps/größe 1.yaml:"));
    for (file, key) in [("a.sarif", "runs"), ("b.json", "bundles")] {
        let text = fs::read_to_string(folder.path().join(file)).expect("it is written");
        let value: Value = serde_json::from_str(&text).expect("it is JSON");
        assert!(value[key].is_array(), "{file}");
    }
    for wrong in ["tap", "json=", "=a"] {
        let output = run(folder.path(), ["check", "apps", "--output", wrong], b"");
        assert_eq!(output.status.code(), Some(2), "{wrong}");
    }
}

/// Names that would forge a command of GitHub Actions, set a terminal's title, or turn the direction of writing.
const HOSTILE: &str = r#"apiVersion: v1
kind: ConfigMap
metadata: {name: "cm\n::error file=main.go::config|<b>\e[2J\u009b\u202e\u2028::warning::"}
data: {k: v}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: "web\n::error file=main.go,line=1::forged`|<img src=x>\e]0;title\a\u009b2J\u202e"
  annotations:
    reloader.stakater.com/auto: "true"
    "reloader.stakater.com/x\n::error::key\e[1m": "\n::error::value\e[1m"
    configmap.reloader.stakater.com/reload: "\n::error::listed\e[1m,a["
spec:
  template:
    spec:
      volumes: [{name: "v\n::error::volume\e[1m", configMap: {name: "unmounted\n::error::\e[1m"}}]
      containers:
        - name: "c\n::error::container\e[1m"
          envFrom: [{configMapRef: {name: "gone\n::error::\e[1m"}}]
          env:
            - name: A
              valueFrom:
                configMapKeyRef:
                  name: "cm\n::error file=main.go::config|<b>\e[2J\u009b\u202e\u2028::warning::"
                  key: "missing\n::error::\e[1m"
"#;

/// Whether no line of `text` was begun by a name, and no character that a terminal obeys was let through.
fn is_tame(text: &str) -> bool {
    // Three colons come before the place of another snippet, and a help comes after a message.
    let is_forged = |line: &str| {
        let line = line.trim_start();
        line.starts_with("::") && !line.starts_with("::: ") && !line.contains("%0A")
    };
    let acts = |c: char| {
        c.is_control() && c != '\n' && c != '\t'
            || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    !text.split(['\n', '\r']).any(is_forged) && !text.contains(acts)
}

#[test]
fn nothing_in_the_input_acts_on_what_shows_it() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = |text: &str| Bytes(text.as_bytes().to_vec());
    let path = |name: &str| PathBuf::from(name);
    let tree = Tree::from([
        (path("apps/\n::error::file\u{1b}[1m/a.yaml"), file(HOSTILE)),
        (path("apps/\n::error::broken\u{1b}[1m.yaml"), file("kind: Deployment\na: [\n")),
        (path("good/\n::error::good\u{1b}[1m.yaml"), file(&BUNDLE.replace("gone", "settings"))),
        (path("config\n::error::\u{1b}[1m.yaml"), file("kind: \"Nope\\n::error::\\e\"\n")),
    ]);
    write_tree(folder.path(), &tree);
    let check = ["text", "concise", "json", "sarif", "junit", "github", "gitlab"];
    let explain = ["text", "json", "mermaid", "dot", "markdown"];
    let mut runs = vec![
        vec!["stamp", "apps", "-v"],
        vec!["stamp", "good", "--diff", "-v"],
        vec!["stamp", "good", "--list", "-v"],
        vec!["explain", "apps", "--digest-input", "web\n::error::\u{1b}[1m"],
        vec!["check", "good", "--config", "config\n::error::\u{1b}[1m.yaml"],
        vec!["check", "good", "--exclude", "\n::error::\u{1b}[1m"],
        vec!["check", "missing\n::error::\u{1b}[1m"],
    ];
    runs.extend(check.map(|format| vec!["check", "apps", "--color=always", "--output", format]));
    runs.extend(explain.map(|format| vec!["explain", "apps", "-v", "--output", format]));
    for args in runs {
        let output = run(folder.path(), &args, b"");
        let colours = |bytes: &[u8]| {
            anstream::adapter::strip_str(&String::from_utf8_lossy(bytes)).to_string()
        };
        let is_coloured = args.contains(&"--color=always");
        for bytes in [&output.stdout, &output.stderr] {
            let plain = String::from_utf8_lossy(bytes).into_owned();
            let text = if is_coloured { colours(bytes) } else { plain };
            assert!(is_tame(&text), "{args:?}: {text:?}");
        }
    }
    let output = run(folder.path(), [""; 0], HOSTILE.as_bytes());
    assert!(is_tame(&String::from_utf8_lossy(&output.stderr)), "{output:?}");
}
