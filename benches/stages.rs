//! The stages of the library over a bundle of `benches/gen_bundle.py`: `cargo bench --bench stages`.
//!
//! For looking where the time goes; what the whole program takes, and against what, is measured by
//! `benches/peers.sh`.

use std::process::Command;
use std::sync::LazyLock;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use rollstamp::report::{ExplainFormat, Report};
use rollstamp::{Options, Plan, Source};

/// 100 Deployments, each with its own two ConfigMaps and Secret.
static BUNDLE: LazyLock<String> = LazyLock::new(|| generate(&["-n", "100"]));
/// The same after the first run.
static STAMPED: LazyLock<String> =
    LazyLock::new(|| rollstamp::apply(&BUNDLE, &plan(&[source(&BUNDLE)]).edits[0]));
/// 20 of them between what does not matter.
static NOISE: LazyLock<String> =
    LazyLock::new(|| generate(&["--mode", "noise", "-n", "20", "--noise-mb", "20"]));

fn main() {
    divan::main();
}

#[divan::bench]
fn plan_first_run(bencher: Bencher) {
    bench_plan(bencher, &BUNDLE);
}

#[divan::bench]
fn plan_second_run(bencher: Bencher) {
    bench_plan(bencher, &STAMPED);
}

#[divan::bench]
fn plan_noise(bencher: Bencher) {
    bench_plan(bencher, &NOISE);
}

/// Puts the text together, which the program does not do: it writes the pieces.
#[divan::bench]
fn apply(bencher: Bencher) {
    let plan = plan(&[source(&BUNDLE)]);
    bencher.counter(bytes(&BUNDLE)).bench(|| rollstamp::apply(&BUNDLE, &plan.edits[0]));
}

#[divan::bench]
fn pieces(bencher: Bencher) {
    let plan = plan(&[source(&BUNDLE)]);
    bencher.bench(|| rollstamp::pieces(&BUNDLE, &plan.edits[0]).map(black_box).count());
}

#[divan::bench]
fn explain_json(bencher: Bencher) {
    let sources = [source(&BUNDLE)];
    let plan = plan(&sources);
    bencher
        .counter(bytes(&BUNDLE))
        .bench(|| ExplainFormat::Json.render(&[Report::new("-", &sources, &plan)]));
}

fn bench_plan(bencher: Bencher, text: &'static str) {
    let sources = [source(text)];
    bencher.counter(bytes(text)).bench(|| plan(black_box(&sources)));
}

fn plan(sources: &[Source<'_>]) -> Plan {
    rollstamp::plan(sources, &Options::default()).expect("the bundle can be planned")
}

fn source(text: &str) -> Source<'_> {
    Source::new("-", text)
}

fn bytes(text: &str) -> BytesCount {
    BytesCount::of_str(text)
}

/// What the generator prints, which is the same each time.
fn generate(arguments: &[&str]) -> String {
    let generator = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/gen_bundle.py");
    let output = Command::new("python3").arg(generator).args(arguments).output();
    let output = output.expect("python3 is there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("the bundle is UTF-8")
}
