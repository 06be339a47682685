//! `check`: shows the findings of a plan, and fails if one is an error.

use rollstamp::{Severity, plan, report::Report};

use super::args::{Check, CheckFormat, Common};
use super::failure::Failure;
use super::{Outcome, count, output, plan_all};

/// Checks every bundle.
///
/// # Errors
///
/// Returns an error if a bundle cannot be read.
pub(super) fn run(args: &Check, common: &Common) -> Result<Outcome, Failure> {
    let planned = plan_all(&args.paths, common, plan)?;
    for (bundle, plan) in &planned {
        let report = Report::new(&bundle.sources, plan);
        output::print(&match args.output {
            CheckFormat::Text => report.text(),
            CheckFormat::Concise => report.concise(),
        })?;
    }
    let findings = planned.iter().flat_map(|(_, plan)| &plan.findings);
    let errors = findings.filter(|finding| finding.severity() == Severity::Error).count();
    if !common.quiet && args.output == CheckFormat::Text {
        let workloads = planned.iter().map(|(_, plan)| plan.workloads.len()).sum();
        let (workloads, errors) = (count(workloads, "workload"), count(errors, "error"));
        anstream::eprintln!("checked {workloads}: {errors}");
    }
    Ok(if errors == 0 { Outcome::Success } else { Outcome::Found })
}
