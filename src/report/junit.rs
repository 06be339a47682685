//! Findings as `JUnit` XML: a test case for each workload, and one for each other resource that has
//! findings.

use std::collections::{BTreeMap, HashMap};

use quick_junit::{NonSuccessKind, Report as Xml, TestCase, TestCaseStatus, TestSuite};

use super::{Report, concise, escape};
use crate::finding::{Finding, Severity};
use crate::model::ResourceId;
use crate::source::Place;

pub(super) fn findings(reports: &[Report<'_>]) -> String {
    let mut xml = Xml::new("rollstamp");
    xml.add_test_suites(reports.iter().map(suite));
    xml.to_string().expect("a string takes all that is written")
}

fn suite(report: &Report<'_>) -> TestSuite {
    let workloads = report.workloads.iter().copied();
    let workloads: HashMap<_, _> = workloads.map(|plan| (&plan.id, &plan.name_place)).collect();
    let mut cases: BTreeMap<(&Place, Option<&ResourceId>), Vec<&Finding>> = BTreeMap::new();
    for workload in report.workloads.iter().copied() {
        cases.entry((workloads[&workload.id], Some(&*workload.id))).or_default();
    }
    for finding in report.findings.iter().copied() {
        let place = finding
            .resource
            .as_ref()
            .and_then(|id| workloads.get(id).copied())
            .unwrap_or(&finding.place);
        cases.entry((place, finding.resource.as_deref())).or_default().push(finding);
    }
    let mut suite = TestSuite::new(escape(report.path).into_owned());
    suite.add_test_cases(
        cases.into_iter().map(|((place, id), found)| case(report, place, id, &found)),
    );
    suite
}

fn case(
    report: &Report<'_>,
    place: &Place,
    id: Option<&ResourceId>,
    found: &[&Finding],
) -> TestCase {
    let describe = |finding: &&Finding| {
        format!("{}\n{}\n", concise::line(report, finding), escape(&finding.help))
    };
    let (errors, others): (Vec<&Finding>, Vec<_>) =
        found.iter().partition(|finding| finding.severity == Severity::Error);
    let mut status = TestCaseStatus::success();
    if let Some(first) = errors.first() {
        status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_type(first.code.name()).set_message(escape(&first.message).into_owned());
        status.set_description(errors.iter().map(describe).collect::<Vec<_>>().join("\n"));
    }
    let name = id.map_or_else(|| report.name(place).to_owned(), ToString::to_string);
    let mut case = TestCase::new(escape(&name).into_owned(), status);
    case.set_classname(escape(report.name(place)).into_owned());
    if !others.is_empty() {
        case.set_system_out(others.iter().map(describe).collect::<Vec<_>>().join("\n"));
    }
    case
}
