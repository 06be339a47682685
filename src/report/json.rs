//! What each workload tracks and why, for programs.

use serde::Serialize;

use super::Report;
use crate::finding::{Code, Finding, Severity};
use crate::model::{ConfigKind, Coverage, ResourceId};
use crate::plan::{ConfigPlan, WorkloadPlan};
use crate::rules::Rule;
use crate::source::Place;
use crate::stamp::State;
use crate::yaml::LineColumn;

/// The version of the JSON: it grows when a field changes its meaning or goes.
const SCHEMA_VERSION: u32 = 1;

/// All that is known of several bundles.
pub(super) fn explain(reports: &[Report<'_>]) -> String {
    write(reports, |_| true)
}

/// What is wrong with several bundles.
pub(super) fn check(reports: &[Report<'_>]) -> String {
    write(reports, WorkloadPlan::is_stamp_wrong)
}

fn write(reports: &[Report<'_>], is_wanted: fn(&WorkloadPlan) -> bool) -> String {
    let bundles = reports.iter().map(|report| bundle(report, is_wanted)).collect();
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
    unmounted: Vec<Unmounted<'a>>,
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
    /// With strategy `env-vars`, what stands in its place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    variables: Vec<Variable<'a>>,
}

#[derive(Serialize)]
struct Variable<'a> {
    /// The config that it is for, unless it is left over.
    config: Option<VariableConfig<'a>>,
    container: &'a str,
    name: &'a str,
    state: State,
    current: Option<&'a str>,
    expected: Option<&'a str>,
}

#[derive(Serialize)]
struct VariableConfig<'a> {
    kind: ConfigKind,
    name: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Config<'a> {
    kind: ConfigKind,
    namespace: &'a str,
    name: &'a str,
    tracked: bool,
    rule: RuleName,
    /// The annotation that the rule read.
    because: Option<Because<'a>>,
    /// Why no rule had an answer.
    why_not: Option<&'a str>,
    coverage: Option<Coverage>,
    source: Option<Source<'a>>,
    /// What makes it, if that is in the bundle and it is not.
    producer: Option<Source<'a>>,
    keys: Vec<&'a str>,
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
struct Because<'a> {
    annotation: &'a str,
    file: &'a str,
    line: usize,
}

/// A volume that names a config and that no container mounts.
#[derive(Serialize)]
struct Unmounted<'a> {
    volume: &'a str,
    kind: ConfigKind,
    name: &'a str,
    file: &'a str,
    line: usize,
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
    /// Null if it cannot be read.
    resource: Option<Resource<'a>>,
    /// Other places that belong to it.
    related: Vec<Related<'a>>,
}

#[derive(Serialize)]
struct Related<'a> {
    message: &'a str,
    file: &'a str,
    line: usize,
    column: usize,
}

fn bundle<'a>(report: &'a Report<'_>, is_wanted: fn(&WorkloadPlan) -> bool) -> Bundle<'a> {
    let workloads = report.workloads.iter().copied().filter(|plan| is_wanted(plan));
    let workloads = workloads.map(|plan| workload(report, plan)).collect();
    let findings = report.findings.iter().copied().map(|one| finding(report, one)).collect();
    Bundle { path: report.path, workloads, findings }
}

fn workload<'a>(report: &'a Report<'_>, plan: &'a WorkloadPlan) -> Workload<'a> {
    let stamp = Stamp {
        annotation: &plan.stamp.annotation,
        state: plan.stamp.state,
        current: plan.stamp.current.as_deref(),
        expected: plan.stamp.expected.as_deref(),
        variables: plan.stamp.variables.iter().map(variable).collect(),
    };
    Workload {
        resource: resource(&plan.id),
        file: report.name(&plan.place),
        line: report.line_column(&plan.place).line,
        opted_in: plan.is_opted_in,
        stamp,
        configs: plan.configs.iter().map(|plan| config(report, plan)).collect(),
        unmounted: plan
            .unmounted
            .iter()
            .map(|(volume, kind, name, place)| Unmounted {
                volume,
                kind: *kind,
                name,
                file: report.name(place),
                line: report.line_column(place).line,
            })
            .collect(),
    }
}

fn variable(variable: &crate::stamp::Variable) -> Variable<'_> {
    let config = variable.config.as_ref();
    Variable {
        config: config.map(|(kind, name)| VariableConfig { kind: *kind, name }),
        container: &variable.container,
        name: &variable.name,
        state: variable.state,
        current: variable.current.as_deref(),
        expected: variable.expected.as_deref(),
    }
}

fn config<'a>(report: &'a Report<'_>, plan: &'a ConfigPlan) -> Config<'a> {
    let source = plan.source.as_ref();
    let place = |kind: &'a str, place: &Place| Source {
        kind,
        file: report.name(place),
        line: report.line_column(place).line,
    };
    let because = plan.because.as_ref().map(|because| Because {
        annotation: &because.annotation,
        file: report.name(&because.place),
        line: report.line_column(&because.place).line,
    });
    Config {
        kind: plan.kind,
        namespace: &plan.namespace,
        name: &plan.name,
        because,
        why_not: plan.why_not.as_deref(),
        producer: plan.producer.as_ref().map(|(id, at)| place(&id.gvk.kind, at)),
        tracked: plan.is_tracked,
        rule: plan.rule.map_or(RuleName::None("none"), RuleName::Rule),
        coverage: source.map(|source| source.coverage),
        source: source.map(|source| place(plan.kind.name(), &source.place)),
        keys: source.into_iter().flat_map(|source| &source.keys).map(|key| &**key).collect(),
        references: plan.references.iter().map(|(field, _)| &**field).collect(),
    }
}

fn finding<'a>(report: &'a Report<'_>, finding: &'a Finding) -> FindingJson<'a> {
    let place = report.line_column(&finding.place);
    FindingJson {
        code: finding.code,
        severity: finding.severity,
        message: &finding.message,
        help: &finding.help,
        file: report.name(&finding.place),
        line: place.line,
        column: place.column,
        field: finding.field.as_deref(),
        resource: finding.resource.as_deref().map(resource),
        related: finding.context.iter().map(|own| related(report, own)).collect(),
    }
}

fn related<'a>(report: &'a Report<'_>, (place, message): &'a (Place, String)) -> Related<'a> {
    let LineColumn { line, column } = report.line_column(place);
    Related { message, file: report.name(place), line, column }
}

fn resource(id: &ResourceId) -> Resource<'_> {
    Resource {
        api_version: id.gvk.api_version(),
        kind: &id.gvk.kind,
        namespace: &id.namespace,
        name: &id.name,
    }
}
