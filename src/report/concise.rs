//! Findings as `path:line:column: message [code]`, the form that editors and `grep` know.

use std::fmt::Write as _;

use super::Report;
use crate::yaml::LineColumn;

pub(super) fn findings(report: &Report<'_>) -> String {
    let mut text = String::new();
    for finding in &report.plan.findings {
        let LineColumn { line, column } = report.line_column(&finding.place);
        let (name, message, code) = (report.name(&finding.place), &finding.message, finding.code);
        writeln!(text, "{name}:{line}:{column}: {message} [{code}]")
            .expect("a string takes all that is written");
    }
    text
}
