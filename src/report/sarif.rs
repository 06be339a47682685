//! Findings as SARIF 2.1.0, with the documentation of each code.

use serde_sarif::sarif::{
    ArtifactLocation, Location, Message, MultiformatMessageString, PhysicalLocation, Region,
    ReportingConfiguration, ReportingDescriptor, Result as SarifResult, ResultLevel, Run, Sarif,
    Tool, ToolComponent,
};

use super::Report;
use crate::finding::{Code, Finding, Severity};
use crate::source::Place;

pub(super) fn findings(reports: &[Report<'_>]) -> String {
    let driver = ToolComponent::builder()
        .name("rollstamp")
        .version(env!("CARGO_PKG_VERSION"))
        .rules(Code::ALL.map(rule).to_vec())
        .build();
    let results = reports.iter().flat_map(|report| {
        report.findings.iter().copied().map(move |finding| result(report, finding))
    });
    let run = Run::builder()
        .tool(Tool::builder().driver(driver).build())
        .column_kind("unicodeCodePoints")
        .results(results.collect::<Vec<_>>())
        .build();
    let sarif = Sarif::builder()
        .schema("https://json.schemastore.org/sarif-2.1.0.json".to_owned())
        .version("2.1.0")
        .runs(vec![run])
        .build();
    serde_json::to_string_pretty(&sarif).expect("every key of the document is a string") + "\n"
}

fn rule(code: Code) -> ReportingDescriptor {
    let text = |text: &str| MultiformatMessageString::builder().text(text).build();
    let help = MultiformatMessageString::builder()
        .text(code.documentation())
        .markdown(code.documentation())
        .build();
    ReportingDescriptor::builder()
        .id(code.name())
        .short_description(text(code.summary()))
        .full_description(text(code.summary()))
        .help(help)
        .default_configuration(
            ReportingConfiguration::builder()
                .level(serde_json::to_value(level(code.severity())).unwrap_or_default())
                .build(),
        )
        .build()
}

fn level(severity: Severity) -> ResultLevel {
    match severity {
        Severity::Error => ResultLevel::Error,
        Severity::Warning => ResultLevel::Warning,
        Severity::Note => ResultLevel::Note,
    }
}

fn result(report: &Report<'_>, finding: &Finding) -> SarifResult {
    let index = Code::ALL.iter().position(|code| *code == finding.code).unwrap_or_default();
    let related = finding.context.iter().map(|(place, label)| location(report, place, Some(label)));
    SarifResult::builder()
        .rule_id(finding.code.name())
        .rule_index(i64::try_from(index).unwrap_or_default())
        .level(level(finding.severity))
        .message(message(&format!("{}; {}", finding.message, finding.help)))
        .locations(vec![location(report, &finding.place, None)])
        .related_locations(related.collect::<Vec<_>>())
        .build()
}

fn location(report: &Report<'_>, place: &Place, label: Option<&str>) -> Location {
    let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let (start, end) = (report.line_column(place), report.end(place));
    let region = Region::builder()
        .start_line(number(start.line))
        .start_column(number(start.column))
        .end_line(number(end.line))
        .end_column(number(end.column))
        .build();
    let artifact = ArtifactLocation::builder().uri(uri(report.name(place))).build();
    let physical = PhysicalLocation::builder().artifact_location(artifact).region(region).build();
    let location = Location::builder().physical_location(physical);
    match label {
        Some(label) => location.message(message(label)).build(),
        None => location.build(),
    }
}

fn message(text: &str) -> Message {
    Message::builder().text(text.to_owned()).build()
}

/// A path as a relative reference of RFC 3986.
fn uri(path: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let escape = |byte: u8| {
        if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    path.bytes().map(escape).collect::<Vec<_>>().concat()
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_become_references() {
        assert_eq!(uri("apps/größe 1.yaml"), "apps/gr%C3%B6%C3%9Fe%201.yaml");
    }
}
