//! Findings as workflow commands of GitHub Actions, which shows them beside the lines.

use super::{Report, escape};
use crate::finding::{Finding, Severity};
use crate::yaml::LineColumn;

pub(super) fn findings(report: &Report<'_>) -> String {
    report.findings.iter().copied().map(|finding| command(report, finding)).collect()
}

fn command(report: &Report<'_>, finding: &Finding) -> String {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let LineColumn { line, column } = report.line_column(&finding.place);
    let file = property(report.name(&finding.place));
    let (message, help) = (data(&report.message(finding)), data(&finding.help));
    let code = finding.code;
    format!("::{level} file={file},line={line},col={column},title={code}::{message}%0A{help}\n")
}

/// Escapes the text of a command.
fn data(text: &str) -> String {
    escape(text).replace('%', "%25")
}

/// Escapes a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::property;

    #[test]
    fn what_ends_a_property_is_escaped() {
        assert_eq!(property("a,b:c%\nd"), "a%2Cb%3Ac%25\\nd");
    }
}
