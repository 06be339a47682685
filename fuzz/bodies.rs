//! What each fuzz target does with its bytes: it panics if a law is broken. `tests/replay.rs` runs the same
//! over the seeds and the regressions.

use std::collections::BTreeMap;

use rollstamp::report::{CheckFormat, ExplainFormat, Report};
use rollstamp::{
    Options, Plan, Source, Strategy, apply, plan, plan_check, plan_strip, run_function,
};
use serde::Deserialize;
use serde_yaml::Value;

/// What each target does, by its name.
const BODIES: [(&str, Body); 4] =
    [("filter", filter), ("digests", digests), ("functions", functions), ("patterns", patterns)];

type Body = fn(&str);

/// Does what the target of that name does.
pub(crate) fn run(name: &str, text: &str) {
    let body = BODIES.iter().find(|(own, _)| *own == name);
    body.expect("every target has a body").1(text);
}

/// Longer inputs only make it slow.
const MOST: usize = 16 << 10;

/// A bundle through everything that the program does with one: the lane for plain text and the parser make
/// the same of it; a second run changes nothing; `strip` takes back what `stamp` did; libyaml reads the
/// result as it reads the input; every report can be made.
fn filter(text: &str) {
    if text.len() > MOST {
        return;
    }
    for strategy in [Strategy::Annotations, Strategy::EnvVars] {
        let options = Options { strategy, auto_reload_all: true, ..Options::default() };
        let sources = [Source::new("-", text)];
        let first = proved(plan(&sources, &options));
        let slow = proved(plan(&[Source::new("-", text).slow()], &options));
        assert_eq!(first.edits, slow.edits, "the lane and the parser differ");
        assert_eq!(first.findings, slow.findings, "the lane and the parser differ");
        assert_eq!(stamps(&first), stamps(&slow), "the lane and the parser differ");

        let stamped = apply(text, &first.edits[0]);
        let second = proved(plan(&[Source::new("-", &*stamped)], &options));
        assert_eq!(second.edits[0], [], "a second run must change nothing\n{stamped}");
        assert_eq!(stamps(&first), stamps(&second), "a stamp must not depend on stamps");

        let stripped = strip(&stamped, &options);
        assert_eq!(strip(&stripped, &options), stripped, "a second strip must change nothing");
        if let Some(before) = documents(text) {
            let after = documents(&stamped).expect("libyaml reads what it could read before");
            let without = |all: &[Value]| all.iter().map(without_stamps).collect::<Vec<_>>();
            assert_eq!(without(&before), without(&after), "only stamps may change\n{stamped}");
            let after = documents(&stripped).expect("libyaml reads what it could read before");
            assert_eq!(without(&before), without(&after), "only stamps may go\n{stripped}");
        }
        let check = proved(plan_check(&sources, &options));
        let reports = [Report::new("-", &sources, &check)];
        for (_, format) in CheckFormat::ALL {
            format.render(&reports);
        }
        for (_, format) in ExplainFormat::ALL {
            format.render(&reports);
        }
    }
}

/// The plan, which must not be refused: an edit that changes too much is a bug, even if the proof finds it.
fn proved(plan: Result<Plan, rollstamp::Error>) -> Plan {
    plan.unwrap_or_else(|error| panic!("{error}"))
}

/// The stamp of each workload, as it must be.
fn stamps(plan: &Plan) -> Vec<(String, &str, Vec<&Option<String>>)> {
    let stamp = |workload: &'_ rollstamp::WorkloadPlan| workload.id.to_string();
    let workloads = plan.workloads.iter();
    workloads
        .map(|own| {
            let variables = own.stamp.variables.iter().filter(|own| own.config.is_some());
            let variables = variables.map(|own| &own.expected).collect();
            (stamp(own), &*own.stamp.digest_input, variables)
        })
        .collect()
}

fn strip(text: &str, options: &Options) -> String {
    apply(text, &proved(plan_strip(&[Source::new("-", text)], options)).edits[0])
}

/// What libyaml makes of `text`; `None` if it refuses it.
fn documents(text: &str) -> Option<Vec<Value>> {
    let documents = serde_yaml::Deserializer::from_str(text.trim_start_matches('\u{feff}'));
    let read = |document| {
        let mut value = Value::deserialize(document).ok()?;
        value.apply_merge().ok()?;
        Some(value)
    };
    documents.map(read).collect()
}

/// `value` without stamps, and without what may hold nothing else.
fn without_stamps(value: &Value) -> Value {
    match value {
        Value::Mapping(mapping) => {
            let is_stamp = |key: &Value| key.as_str() == Some("rollstamp.dev/config-hash");
            let entries = mapping.iter().filter(|(key, _)| !is_stamp(key));
            let entries = entries.map(|(key, value)| (key.clone(), without_stamps(value)));
            let is_holder =
                |key: &Value| matches!(key.as_str(), Some("annotations" | "metadata" | "env"));
            let is_empty = |value: &Value| match value {
                Value::Null => true,
                Value::Mapping(mapping) => mapping.is_empty(),
                Value::Sequence(items) => items.is_empty(),
                _ => false,
            };
            Value::Mapping(
                entries.filter(|(key, value)| !(is_holder(key) && is_empty(value))).collect(),
            )
        }
        Value::Sequence(items) => {
            let name = |item: &Value| item.get("name").and_then(Value::as_str).map(str::to_owned);
            let is_stamp =
                |item: &Value| name(item).is_some_and(|own| own.starts_with("STAKATER_"));
            let kept = items.iter().filter(|item| !is_stamp(item));
            Value::Sequence(kept.map(without_stamps).collect())
        }
        other => other.clone(),
    }
}

/// What follows `data:` in a ConfigMap: what the stamp is made of is what libyaml reads.
fn digests(text: &str) {
    const WORKLOAD: &str = "\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  \
        template: {spec: {containers: [{name: web, envFrom: [{configMapRef: {name: settings}}]}]}}\n";
    const HEAD: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata:";
    if text.len() > MOST {
        return;
    }
    let options = Options { auto_reload_all: true, ..Options::default() };
    let bundle = format!("{HEAD}{text}{WORKLOAD}");
    let plan = proved(plan(&[Source::new("-", &*bundle)], &options));
    let [own, workload] = &*documents(&bundle).unwrap_or_default() else { return };
    let is_plain = workload.get("kind").and_then(Value::as_str) == Some("Deployment")
        && own.as_mapping().is_some_and(|own| own.len() == 4);
    let Some(expected) = entries(own).filter(|_| is_plain && plan.findings.is_empty()) else {
        return;
    };
    let Some(workload) = plan.workloads.first() else { return };
    let config = workload.configs[0].source.as_ref().expect("the config is in the bundle");
    let keys: Vec<_> = config.keys.iter().map(|key| &**key).collect();
    assert_eq!(keys, expected.keys().map(|key| &**key).collect::<Vec<_>>(), "other keys");
    // A second config whose values are what libyaml read, written in the plainest way, has the same stamp.
    let json = serde_json::to_string(&expected).expect("it is a mapping of strings");
    let bundle = format!("{HEAD} {json}{WORKLOAD}");
    let other = proved(rollstamp::plan(&[Source::new("-", bundle)], &options));
    let inputs = [&plan, &other].map(|plan| &plan.workloads[0].stamp.digest_input);
    assert_eq!(inputs[0], inputs[1], "other values: {expected:?}");
}

/// The entries of `data` that are all strings, as libyaml reads them.
fn entries(config: &Value) -> Option<BTreeMap<String, String>> {
    let data = config.get("data")?.as_mapping()?;
    let string = |value: &Value| value.as_str().map(str::to_owned);
    data.iter().map(|(key, value)| Some((string(key)?, string(value)?))).collect()
}

/// A `ResourceList` through the function: what comes out goes in again, and nothing changes.
fn functions(text: &str) {
    if text.len() > MOST {
        return;
    }
    let run = |text: &str| run_function(&Source::new("-", text), |_| Ok(()));
    let Ok(Some(first)) = run(text) else { return };
    let Ok(Some(second)) = run(&first.text) else {
        panic!("its own output is refused\n{}", first.text)
    };
    assert_eq!(first.has_failed, second.has_failed, "a second run ends in another way");
    if documents(text).is_some() {
        documents(&first.text).expect("libyaml reads what it could read before");
    }
}

/// An entry of a list, and on each line that follows a name: what one expression says of names, others
/// that mean the same say too.
fn patterns(text: &str) {
    if text.len() > 1 << 10 || text.contains([',', '\0', '\r']) {
        return;
    }
    let mut lines = text.lines();
    let entry = lines.next().unwrap_or_default().trim();
    let is_name = |name: &&str| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-.".contains(c))
    };
    let names: Vec<_> = lines.filter(is_name).take(8).collect();
    let Some(matched) = matched(entry, &names) else {
        assert!(!entry.chars().all(char::is_alphanumeric), "a name is refused");
        return;
    };
    // An expression in a group means no less than without: `^a|b$` is `^a` or `b$`.
    if let Some(grouped) = self::matched(&format!("({entry})"), &names) {
        assert!(
            grouped.iter().all(|name| matched.contains(name)),
            "{entry}: {grouped:?}, {matched:?}"
        );
    }
    // Every name matches itself, however it is quoted.
    for name in &names {
        let quoted = name.replace('.', "\\.");
        for own in [
            format!("\\Q{name}\\E"),
            format!("(?:{quoted})"),
            format!(
                "[{}]{}",
                &name[..1],
                quoted[name.starts_with('.').into()..].get(1..).unwrap_or_default()
            ),
        ] {
            if own.starts_with("[-") || own.starts_with("[.") {
                continue;
            }
            let expected = names.iter().filter(|other| *other == name).copied().collect::<Vec<_>>();
            assert_eq!(self::matched(&own, &names), Some(expected), "{own}");
        }
    }
}

/// Which of `names` a list of one `entry` tracks; `None` if the entry is no expression that Go takes.
fn matched<'n>(entry: &str, names: &[&'n str]) -> Option<Vec<&'n str>> {
    let config = |name: &&str| {
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: \"{name}\"}}\n---\n")
    };
    let list = serde_json::to_string(entry).expect("it is a string");
    let workload = format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  annotations:\n    \
         configmap.reloader.stakater.com/reload: {list}\nspec: {{template: {{spec: {{containers: [{{name: web}}]}}}}}}\n"
    );
    let bundle = names.iter().map(config).collect::<String>() + &workload;
    let plan = proved(plan(&[Source::new("-", bundle)], &Options::default()));
    let is_invalid = plan.findings.iter().any(|own| own.code == rollstamp::Code::InvalidPattern);
    let tracked = &plan.workloads.first()?.configs;
    let is_tracked = |name: &&&str| tracked.iter().any(|own| own.is_tracked && own.name == **name);
    (!is_invalid).then(|| names.iter().filter(is_tracked).copied().collect())
}
