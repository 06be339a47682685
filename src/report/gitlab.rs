//! Findings as GitLab's Code Quality report, which shows them in merge requests.

use std::borrow::Cow;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Report;
use crate::finding::{Code, Finding, Severity};

#[derive(Serialize)]
struct Issue<'a> {
    description: Cow<'a, str>,
    check_name: Code,
    /// The same from run to run while the finding is the same, wherever its line has moved.
    fingerprint: String,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
}

pub(super) fn findings(reports: &[Report<'_>]) -> String {
    let issues = reports.iter().flat_map(|report| {
        report.findings.iter().copied().map(move |finding| issue(report, finding))
    });
    let issues: Vec<_> = issues.collect();
    serde_json::to_string_pretty(&issues).expect("every key of the document is a string") + "\n"
}

fn issue<'a>(report: &'a Report<'_>, finding: &'a Finding) -> Issue<'a> {
    let path = report.name(&finding.place);
    let field = finding.field.as_deref().unwrap_or_default();
    let identity = [finding.code.name(), path, &report.subject(finding), field, &finding.message];
    let hash = Sha256::digest(identity.join("\0"));
    Issue {
        description: report.message(finding),
        check_name: finding.code,
        fingerprint: hash.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat(),
        severity: match finding.severity {
            Severity::Error => "major",
            Severity::Warning => "minor",
            Severity::Note => "info",
        },
        location: Location {
            path,
            lines: Lines { begin: report.line_column(&finding.place).line },
        },
    }
}
