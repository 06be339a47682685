//! `check`: shows the findings of a plan, and fails if one is an error.

use rollstamp::report::{CheckFormat, Report};
use rollstamp::{Finding, Severity, plan_check};

use super::args::{Check, Common};
use super::failure::Failure;
use super::say::say;
use super::{Outcome, count, output, plan_all};

/// Checks every bundle.
///
/// # Errors
///
/// Returns an error if a bundle cannot be read, or an output cannot be written.
pub(super) fn run(args: &Check, common: &Common) -> Result<Outcome, Failure> {
    let planned = plan_all(&args.paths, common, plan_check)?;
    let reports =
        planned.iter().map(|(bundle, plan)| Report::new(&bundle.path, &bundle.sources, plan));
    let reports: Vec<_> = reports.collect();
    output::print_all(&args.output, |format: CheckFormat| format.render(&reports))?;

    let findings = || planned.iter().flat_map(|(_, plan)| &plan.findings);
    let of = |severity| findings().filter(|finding| finding.severity == severity).count();
    let errors = of(Severity::Error);
    let is_text =
        args.output.is_empty() || args.output.iter().any(|own| own.format == CheckFormat::Text);
    if !common.quiet && is_text {
        let workloads = planned.iter().map(|(_, plan)| plan.workloads.len()).sum();
        let (warnings, notes) = (of(Severity::Warning), of(Severity::Note));
        let counts = [(errors, "error"), (warnings, "warning"), (notes, "note")];
        let found: Vec<_> = { counts.iter() }
            .filter(|(number, noun)| *number > 0 || *noun == "error")
            .map(|(number, noun)| count(*number, noun))
            .collect();
        say!("checked {}: {}", count(workloads, "workload"), found.join(", "));
    }
    Ok(match errors {
        _ if findings().any(Finding::is_failure) => Outcome::Failed,
        0 => Outcome::Success,
        _ => Outcome::Found,
    })
}
