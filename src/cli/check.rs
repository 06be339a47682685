//! `check`: shows the findings of a plan, and fails if one is an error.

use rollstamp::report::CheckFormat;
use rollstamp::{Finding, Goal, Severity};

use super::args::{Check, Common};
use super::failure::Failure;
use super::planned::{Planned, plan_all};
use super::say::say;
use super::{Outcome, count, output};

/// Checks every bundle.
///
/// # Errors
///
/// Returns an error if a bundle cannot be read, or an output cannot be written.
pub(super) fn run(args: &Check, common: &Common) -> Result<Outcome, Failure> {
    let planned = plan_all(&args.paths, common, Goal::Check)?;
    let reports: Vec<_> = planned.iter().flat_map(Planned::reports).collect();
    output::print_all(&args.output, |format: CheckFormat| format.render(&reports))?;

    let plans = || planned.iter().flat_map(|own| &own.bundles).map(|(_, plan)| plan);
    let findings = || plans().flat_map(|plan| &plan.findings);
    let of = |severity| findings().filter(|finding| finding.severity == severity).count();
    let errors = of(Severity::Error);
    let is_text =
        args.output.is_empty() || args.output.iter().any(|own| own.format == CheckFormat::Text);
    if !common.quiet && is_text {
        let workloads = plans().map(|plan| plan.workloads.len()).sum();
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
