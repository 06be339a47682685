//! Wider runs over real and hostile manifests, where a corpus of them is at hand.
//!
//! The folder is that of the variable `ROLLSTAMP_CORPUS`, or `../shared/corpus`; it holds `real/`
//! and `hostile/`. Without it these tests say that they are skipped.

#![expect(clippy::disallowed_methods, reason = "tests read files")]

mod support;

use std::collections::BTreeSet;
use std::env;
use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Trial};
use rollstamp::{JobPolicy, Options, Source, State, Strategy, apply, plan, plan_strip};
use support::{
    ANNOTATION, Bytes, VARIABLE, changes_only_stamps, documents, is_subsequence, read_tree,
    without_stamps,
};

fn main() {
    let tests: [(_, _, fn(&support::Tree)); 2] = [
        ("every_real_manifest_is_stamped_and_nothing_else_in_it_moves", "real", real),
        ("no_hostile_file_is_changed_or_brings_the_program_down", "hostile", hostile),
    ];
    let trials = tests.map(|(name, folder, test)| {
        let folder = corpus().join(folder);
        let is_missing = !folder.is_dir();
        let test = move || {
            test(&read_tree(&folder));
            Ok(())
        };
        Trial::test(name, test).with_ignored_flag(is_missing)
    });
    libtest_mimic::run(&Arguments::from_args(), trials.into()).exit();
}

/// The folder of the corpus.
fn corpus() -> PathBuf {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    env::var_os("ROLLSTAMP_CORPUS").map_or(beside, PathBuf::from)
}

/// ConfigMaps and Secrets for every name that the workloads of `sources` refer to in vain.
fn missing_configs(sources: &[Source<'_>], options: &Options) -> String {
    let plan = plan(sources, options).expect("the corpus can be read");
    let mut missing = BTreeSet::new();
    for workload in &plan.workloads {
        let configs = workload.configs.iter().filter(|config| config.source.is_none());
        missing.extend(configs.map(|c| (c.kind, &workload.id.namespace, &c.name)));
    }
    let document = |(kind, namespace, name)| {
        format!(
            "---\napiVersion: v1\nkind: {kind}\nmetadata: {{name: {name:?}, namespace: {namespace:?}}}\n\
             data: {{key: dGVzdA==}}\n"
        )
    };
    missing.into_iter().map(document).collect::<Vec<_>>().concat()
}

fn real(files: &support::Tree) {
    for strategy in [Strategy::Annotations, Strategy::EnvVars] {
        let jobs = JobPolicy::Stamp;
        let options = Options { auto_reload_all: true, jobs, strategy, ..Options::default() };
        let stamped: usize = files.iter().map(|(path, bytes)| stamp(path, bytes, &options)).sum();
        assert!(stamped > 300, "only {stamped} workloads in {} files were stamped", files.len());
    }
}

/// Stamps one file, checks that nothing else moved, and gives the number of stamps.
fn stamp(path: &Path, bytes: &Bytes, options: &Options) -> usize {
    let name = path.display().to_string();
    let text = bytes.text();
    let configs = missing_configs(&[Source::new(&*name, &*text)], options);
    let bundle = |text| [Source::new(&*name, text), Source::new("configs.yaml", &*configs)];

    let before = bundle(&*text);
    let first = plan(&before, options).unwrap_or_else(|error| panic!("{error}"));
    let slow = plan(&before.clone().map(Source::slow), options);
    let slow = slow.unwrap_or_else(|error| panic!("{error}"));
    assert!(
        format!("{first:?}") == format!("{slow:?}"),
        "{name}: the lane and the parser disagree"
    );
    let missing = |workload: &&rollstamp::WorkloadPlan| workload.stamp.state == State::Missing;
    let once = apply(&text, &first.edits[0]);
    changes_only_stamps(&text, &once, ANNOTATION).unwrap_or_else(|why| panic!("{name}: {why}"));
    assert!(is_subsequence(&text.replace("null", ""), &once), "{name}");
    if let (Some(old), Some(new)) = (documents(&text), documents(&once)) {
        let plain = |values: Vec<_>| -> Vec<_> {
            values.iter().map(|value| without_stamps(value, ANNOTATION)).collect()
        };
        assert_eq!(plain(old), plain(new), "{name}");
    }

    let after = bundle(&*once);
    let second = plan(&after, options).unwrap_or_else(|error| panic!("{error}"));
    assert!(second.edits.iter().all(Vec::is_empty), "a second run over {name}");
    let strip = plan_strip(&after, options).unwrap_or_else(|error| panic!("{error}"));
    let stripped = apply(&once, &strip.edits[0]);
    assert!(![ANNOTATION, VARIABLE].iter().any(|stamp| stripped.contains(stamp)), "{name}");
    first.workloads.iter().filter(missing).count()
}

fn hostile(files: &support::Tree) {
    let scratch = tempfile::tempdir().expect("a folder can be made");
    for (path, bytes) in files {
        let output = support::run(scratch.path(), ["--no-config"], &bytes.0);
        match output.status.code() {
            Some(0) => assert_eq!(output.stdout, bytes.0, "{}", path.display()),
            Some(2) => assert!(output.stderr.starts_with(b"error"), "{}", path.display()),
            code => panic!("{}: exit status {code:?}", path.display()),
        }
    }
}
