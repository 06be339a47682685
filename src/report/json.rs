//! What each workload tracks and why, for programs.

use serde::Serialize;

use super::Report;
use crate::finding::{Code, Finding, Severity};
use crate::model::{ConfigKind, Coverage, ResourceId};
use crate::plan::{ConfigPlan, ConfigSource, WorkloadPlan};
use crate::rules::Rule;
use crate::stamp::State;

/// The version of the JSON: it grows when a field changes its meaning or goes.
const SCHEMA_VERSION: u32 = 1;

/// The plans of several bundles, each known by its path, as one JSON document.
///
/// # Panics
///
/// Never: every key of the document is a string.
pub fn explain<'a>(bundles: impl IntoIterator<Item = (&'a str, &'a Report<'a>)>) -> String {
    let bundles = bundles.into_iter().map(|(path, report)| bundle(path, report)).collect();
    let document = Document { schema_version: SCHEMA_VERSION, bundles };
    let text = serde_json::to_string_pretty(&document);
    text.expect("every key of the document is a string") + "\n"
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    schema_version: u32,
    bundles: Vec<Bundle<'a>>,
}

#[derive(Serialize)]
struct Bundle<'a> {
    path: &'a str,
    workloads: Vec<Workload<'a>>,
    findings: Vec<FindingJson<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Workload<'a> {
    #[serde(flatten)]
    resource: Resource<'a>,
    file: &'a str,
    line: usize,
    opted_in: bool,
    stamp: Stamp<'a>,
    configs: Vec<Config<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Resource<'a> {
    api_version: String,
    kind: &'a str,
    namespace: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct Stamp<'a> {
    annotation: &'a str,
    state: State,
    current: Option<&'a str>,
    expected: Option<&'a str>,
}

#[derive(Serialize)]
struct Config<'a> {
    kind: ConfigKind,
    name: &'a str,
    tracked: bool,
    rule: RuleName,
    coverage: Option<Coverage>,
    source: Option<Source<'a>>,
    keys: &'a [String],
    references: Vec<&'a str>,
}

/// A rule's name, or `none`.
#[derive(Serialize)]
#[serde(untagged)]
enum RuleName {
    Rule(Rule),
    None(&'static str),
}

#[derive(Serialize)]
struct Source<'a> {
    kind: &'a str,
    file: &'a str,
    line: usize,
}

#[derive(Serialize)]
struct FindingJson<'a> {
    code: Code,
    severity: Severity,
    message: &'a str,
    help: &'a str,
    file: &'a str,
    line: usize,
    column: usize,
    field: Option<&'a str>,
    resource: Resource<'a>,
}

fn bundle<'a>(path: &'a str, report: &'a Report<'a>) -> Bundle<'a> {
    let workloads = report.plan.workloads.iter().map(|plan| workload(report, plan)).collect();
    let findings = report.plan.findings.iter().map(|one| finding(report, one)).collect();
    Bundle { path, workloads, findings }
}

fn workload<'a>(report: &'a Report<'a>, plan: &'a WorkloadPlan) -> Workload<'a> {
    let stamp = Stamp {
        annotation: &plan.stamp.annotation,
        state: plan.stamp.state,
        current: plan.stamp.current.as_deref(),
        expected: plan.stamp.expected.as_deref(),
    };
    Workload {
        resource: resource(&plan.id),
        file: report.name(&plan.place),
        line: report.line_column(&plan.place).line,
        opted_in: plan.is_opted_in,
        stamp,
        configs: plan.configs.iter().map(|plan| config(report, plan)).collect(),
    }
}

fn config<'a>(report: &'a Report<'a>, plan: &'a ConfigPlan) -> Config<'a> {
    let source = plan.source.as_ref();
    Config {
        kind: plan.kind,
        name: &plan.name,
        tracked: plan.is_tracked,
        rule: plan.rule.map_or(RuleName::None("none"), RuleName::Rule),
        coverage: source.map(|source| source.coverage),
        source: source.map(|ConfigSource { id, place, .. }| Source {
            kind: &id.gvk.kind,
            file: report.name(place),
            line: report.line_column(place).line,
        }),
        keys: source.map_or(&[], |source| &source.keys),
        references: plan.references.iter().map(|(field, _)| &**field).collect(),
    }
}

fn finding<'a>(report: &'a Report<'a>, finding: &'a Finding) -> FindingJson<'a> {
    let place = report.line_column(&finding.place);
    FindingJson {
        code: finding.code,
        severity: finding.severity(),
        message: &finding.message,
        help: &finding.help,
        file: report.name(&finding.place),
        line: place.line,
        column: place.column,
        field: finding.field.as_deref(),
        resource: resource(&finding.resource),
    }
}

fn resource(id: &ResourceId) -> Resource<'_> {
    Resource {
        api_version: id.gvk.api_version(),
        kind: &id.gvk.kind,
        namespace: &id.namespace,
        name: &id.name,
    }
}
