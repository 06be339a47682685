//! A wrong edit is refused, and nothing is written: whatever the fault, and by every way in.

#![cfg(debug_assertions)]
#![expect(clippy::disallowed_methods, reason = "tests read and write files")]

mod support;

use std::fs;

use rollstamp::{Edit, Options, Plan, Source, apply, plan, plan_strip, run_function};
use support::{printed, run};

type Fault = fn(Vec<Edit>) -> Vec<Edit>;

/// Faults that a writer might have, each told by its name.
const FAULTS: [(&str, Fault); 8] = [
    ("writes nothing", |_| Vec::new()),
    ("takes a byte too many before", |edits| shift(edits, (-1, 0))),
    ("takes a byte too many after", |edits| shift(edits, (0, 1))),
    ("takes a whole line too many", |edits| shift(edits, (0, 29))),
    ("writes a byte too early", |edits| shift(edits, (-1, -1))),
    ("writes another value", |edits| reword(edits, |text| text.replace("sha256:", "sha256:0"))),
    ("writes another key", |edits| reword(edits, |text| text.replace("config-hash", "config"))),
    ("writes one entry more", |edits| {
        reword(edits, |text| {
            text.replacen("rollstamp.dev", "more: \"m\"\n        rollstamp.dev", 1)
        })
    }),
];

fn shift(edits: Vec<Edit>, (start, end): (isize, isize)) -> Vec<Edit> {
    let shift = |edit: Edit| {
        let [start, end] = [(edit.span.start, start), (edit.span.end, end)]
            .map(|(at, by)| at.checked_add_signed(by).expect("no edit is so near to the start"));
        Edit { span: start..end, text: edit.text }
    };
    edits.into_iter().map(shift).collect()
}

fn reword(edits: Vec<Edit>, change: fn(&str) -> String) -> Vec<Edit> {
    edits.into_iter().map(|edit| Edit { text: change(&edit.text), ..edit }).collect()
}

const BUNDLE: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {PORT: '80'}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, annotations: {reloader.stakater.com/auto: 'true'}}
spec:
  template:
    metadata:
      annotations:
        prometheus.io/scrape: 'true'
        prometheus.io/port: '80'
    spec:
      containers: [{name: web, envFrom: [{configMapRef: {name: settings}}]}]
";

type PlanFn = fn(&[Source<'_>], &Options) -> Result<Plan, rollstamp::Error>;

fn refuses(plan: PlanFn, text: &str, fault: Fault) -> bool {
    let sources = [Source::new("-", text).with_fault(fault)];
    let refused = plan(&sources, &Options::default());
    refused.is_err_and(|error| error.message().starts_with("the edit would change more"))
}

#[test]
fn every_fault_is_refused() {
    for (name, fault) in FAULTS {
        assert!(refuses(plan, BUNDLE, fault), "a writer that {name}");
    }
    let sources = [Source::new("-", BUNDLE)];
    let planned = plan(&sources, &Options::default()).expect("it can be stamped");
    let stamped = apply(BUNDLE, &planned.edits[0]);
    // The others concern only what is written, or remove the same line from one end to the other.
    for (name, fault) in &FAULTS[..4] {
        assert!(refuses(plan_strip, &stamped, *fault), "a writer that {name}");
    }
}

#[test]
fn a_function_whose_results_are_written_wrongly_fails() {
    let list = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: 1\n";
    assert!(run_function(&Source::new("-", list), |_| Ok(())).is_ok());
    let spoiled = Source::new("-", list).with_fault(|edits| shift(edits, (-9, 0)));
    let output = run_function(&spoiled, |_| Ok(())).expect("it can be read").expect("it is a list");
    assert!(output.has_failed && output.text == list, "{output:?}");
    assert!(output.messages.contains("the results would change more"), "{output:?}");
}

#[test]
fn the_program_writes_nothing_and_ends_with_2() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("app.yaml");
    fs::write(&file, BUNDLE).expect("it can be written");
    let args = ["stamp", "--spoil", "."];
    let output = run(folder.path(), args, b"");
    assert_eq!(output.status.code(), Some(2), "{}", printed(&output));
    assert_eq!(fs::read_to_string(&file).expect("it is there"), BUNDLE);

    for args in [&["--spoil"][..], &["stamp", "--spoil"], &["stamp", "--spoil", "--diff"]] {
        let output = run(folder.path(), args, BUNDLE.as_bytes());
        assert_eq!(output.status.code(), Some(2), "{}", printed(&output));
        assert_eq!(output.stdout, b"", "{args:?}");
    }

    assert_eq!(run(folder.path(), ["stamp", "."], b"").status.code(), Some(0));
    let stamped = fs::read_to_string(&file).expect("it is there");
    assert_eq!(run(folder.path(), ["strip", "--spoil", "."], b"").status.code(), Some(2));
    assert_eq!(fs::read_to_string(&file).expect("it is there"), stamped);
}
