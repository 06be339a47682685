//! Findings as `path:line:column: severity: message [code]`, the form that editors and `grep` know.

use super::{Report, escape};
use crate::finding::Finding;

pub(super) fn findings(report: &Report<'_>) -> String {
    report.findings.iter().copied().map(|finding| line(report, finding) + "\n").collect()
}

/// The line of one finding, without its end.
pub(super) fn line(report: &Report<'_>, finding: &Finding) -> String {
    let Finding { severity, code, .. } = finding;
    let (place, message) = (report.path_line_column(&finding.place), report.message(finding));
    escape(&format!("{place}: {severity}: {message} [{code}]")).into_owned()
}
