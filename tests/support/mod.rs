//! What the tests share: the program, trees of files, stamps read by another parser.

#![allow(dead_code, reason = "each test program uses a part of this")]

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde::Deserialize;
use serde_yaml::Value;

/// The annotation that holds the stamp, unless a test says otherwise.
pub(crate) const ANNOTATION: &str = "rollstamp.dev/config-hash";

/// What the names of Reloader's variables begin with: a stamp too.
pub(crate) const VARIABLE: &str = "STAKATER_";

/// Files by their path below some folder.
pub(crate) type Tree = BTreeMap<PathBuf, Bytes>;

/// A file's bytes, shown as the text that they nearly always are.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Bytes(pub(crate) Vec<u8>);

impl Bytes {
    /// As text; what is not UTF-8 is replaced.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text().split_inclusive('\n').try_for_each(|line| write!(f, "\n    {line:?}"))
    }
}

/// Runs the program in `folder`, free of whatever the environment says about colours.
pub(crate) fn run<I: AsRef<std::ffi::OsStr>>(
    folder: &Path,
    args: impl IntoIterator<Item = I>,
    stdin: &[u8],
) -> Output {
    run_with(folder, args, stdin, None)
}

/// Runs the program in `folder`, with `variables` in its environment.
pub(crate) fn run_with<I: AsRef<std::ffi::OsStr>>(
    folder: &Path,
    args: impl IntoIterator<Item = I>,
    stdin: &[u8],
    variables: impl IntoIterator<Item = (&'static str, String)>,
) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rollstamp"))
        .args(args)
        .current_dir(folder)
        .env_remove("CLICOLOR_FORCE")
        .env("NO_COLOR", "1")
        .envs(variables)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program is built");
    let mut pipe = child.stdin.take().expect("standard input is piped");
    let stdin = stdin.to_owned();
    // The program may end before it has read everything: a closed pipe is no failure of the test.
    let writer = std::thread::spawn(move || drop(pipe.write_all(&stdin)));
    let output = child.wait_with_output().expect("the program ends");
    writer.join().expect("the writer ends");
    output
}

/// Says on standard error that a test is skipped, though the test harness keeps back what a test
/// that passes prints by the usual macros.
pub(crate) fn skip(why: &str) {
    writeln!(std::io::stderr(), "SKIPPED: {why}").expect("standard error can be written to");
}

/// What the program printed, first what was asked for, then what it had to say.
pub(crate) fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Reads every file below `folder`.
pub(crate) fn read_tree(folder: &Path) -> Tree {
    let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter();
    let files = files.map(|entry| entry.expect("the folder can be read"));
    let files = files.filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| {
            let path = entry.path().strip_prefix(folder).expect("it is below the folder");
            (path.to_owned(), Bytes(fs::read(entry.path()).expect("the file can be read")))
        })
        .collect()
}

/// Writes `tree` to `folder`, which holds nothing else afterwards.
pub(crate) fn write_tree(folder: &Path, tree: &Tree) {
    if folder.exists() {
        fs::remove_dir_all(folder).expect("the folder can be removed");
    }
    fs::create_dir_all(folder).expect("the folder can be made");
    for (path, bytes) in tree {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("it can be made");
        fs::write(path, &bytes.0).expect("the file can be written");
    }
}

/// The documents of `text` by a parser that the program does not read manifests with, merge keys
/// applied; `None` if it refuses the text.
pub(crate) fn documents(text: &str) -> Option<Vec<Value>> {
    let mut documents = Vec::new();
    for document in serde_yaml::Deserializer::from_str(text.trim_start_matches('\u{feff}')) {
        let mut value = Value::deserialize(document).ok()?;
        value.apply_merge().ok()?;
        documents.push(value);
    }
    Some(documents)
}

/// Takes every stamp, which annotation `name` holds, out of `value`, and what held nothing else.
pub(crate) fn without_stamps(value: &Value, name: &str) -> Value {
    match value {
        Value::Mapping(mapping) => {
            let mut kept = serde_yaml::Mapping::new();
            for (key, value) in mapping {
                if key.as_str() == Some(name) {
                    continue;
                }
                let value = without_stamps(value, name);
                let is_holder = matches!(key.as_str(), Some("annotations" | "metadata" | "env"));
                let is_empty = value.is_null()
                    || value.as_mapping().is_some_and(serde_yaml::Mapping::is_empty)
                    || value.as_sequence().is_some_and(Vec::is_empty);
                if !(is_holder && is_empty) {
                    kept.insert(key.clone(), value);
                }
            }
            Value::Mapping(kept)
        }
        Value::Sequence(items) => {
            let kept = items.iter().filter(|item| variable(item).is_none());
            Value::Sequence(kept.map(|item| without_stamps(item, name)).collect())
        }
        other => other.clone(),
    }
}

/// Every stamp in `documents`, by kind, namespace and name of what carries it, in that order.
pub(crate) fn stamps(documents: &[Value], name: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for document in documents {
        collect_stamps(document, name, &mut found);
    }
    found.sort();
    found
}

fn collect_stamps(value: &Value, name: &str, found: &mut Vec<(String, String)>) {
    if let Some(items) = value.get("items").and_then(Value::as_sequence) {
        for item in items {
            collect_stamps(item, name, found);
        }
        return;
    }
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or("-").to_owned();
    let metadata = |key| text(value.get("metadata").and_then(|metadata| metadata.get(key)));
    let id = format!("{} {}/{}", text(value.get("kind")), metadata("namespace"), metadata("name"));
    let mut stamps = Vec::new();
    find_annotation(value, name, &mut stamps);
    found.extend(stamps.into_iter().map(|stamp| (id.clone(), stamp)));
}

fn find_annotation(value: &Value, name: &str, found: &mut Vec<String>) {
    match value {
        Value::Mapping(mapping) => {
            for (key, value) in mapping {
                if key.as_str() == Some(name) {
                    found.push(value.as_str().unwrap_or("not a string").to_owned());
                }
                find_annotation(value, name, found);
            }
        }
        Value::Sequence(items) => {
            for item in items {
                found.extend(variable(item));
                find_annotation(item, name, found);
            }
        }
        _ => {}
    }
}

/// A variable of Reloader, with its value.
fn variable(item: &Value) -> Option<String> {
    let name = item.get("name")?.as_str()?.strip_prefix(VARIABLE)?;
    Some(format!("{name}={}", item.get("value").and_then(Value::as_str).unwrap_or("no string")))
}

/// Whether the lines that differ between `before` and `after` are lines of a stamp, or lines that
/// had to be made to hold one.
pub(crate) fn changes_only_stamps(before: &str, after: &str, name: &str) -> Result<(), String> {
    let has_variables = before.contains(VARIABLE) || after.contains(VARIABLE);
    let diff = similar::TextDiff::from_lines(before, after);
    for group in diff.ops().iter().filter(|op| op.tag() != similar::DiffTag::Equal) {
        let lines = |tag| {
            let changes = diff.iter_changes(group).filter(move |change| change.tag() == tag);
            changes.map(|change| change.value().to_owned()).collect::<Vec<_>>()
        };
        let removed = lines(similar::ChangeTag::Delete);
        let added = lines(similar::ChangeTag::Insert);
        let is_ours = |line: &String| {
            let key = line.split(':').next().unwrap_or_default();
            let word = key.trim().trim_start_matches("- ").trim_matches(['"', '\'']);
            line.contains(name)
                || line.contains(VARIABLE)
                || has_variables && matches!(word, "env" | "value")
                || matches!(word, "annotations" | "metadata")
        };
        let added_text = added.concat();
        for line in removed {
            let is_stamped = added_text.contains(name) || added_text.contains(VARIABLE);
            let is_kept = is_stamped && is_subsequence(&line, &added_text);
            if !is_kept && !is_ours(&line) {
                return Err(format!("a line was changed or removed: {line:?}"));
            }
        }
        let moved = |line: &String| before.contains(line.trim());
        if let Some(line) = added.iter().find(|line| !is_ours(line) && !moved(line)) {
            return Err(format!("a line was added: {line:?}"));
        }
    }
    Ok(())
}

/// Whether the bytes of `part` are all in `whole`, in that order: nothing of it was lost.
pub(crate) fn is_subsequence(part: &str, whole: &str) -> bool {
    let mut rest = whole.bytes();
    part.bytes().all(|byte| rest.any(|other| other == byte))
}

/// Compares what is found with what a law says.
pub(crate) fn same<T: PartialEq + fmt::Debug>(
    law: &str,
    expected: &T,
    found: &T,
) -> Result<(), libtest_mimic::Failed> {
    if expected == found {
        return Ok(());
    }
    Err(format!("{law}\nexpected: {expected:#?}\nfound:    {found:#?}").into())
}
