//! `check`: shows the findings of a plan, and fails if one is an error.

use rollstamp::report::CheckFormat;
use rollstamp::{Goal, Severity};

use super::args::{Check, Common};
use super::failure::Failure;
use super::planned::{Planned, plan_all};
use super::{Outcome, closing, output};

/// Checks every bundle.
///
/// # Errors
///
/// Returns an error if a bundle cannot be read, or an output cannot be written.
pub(super) fn run(args: &Check, common: &Common) -> Result<Outcome, Failure> {
    let planned = plan_all(&args.paths, common, Goal::Check)?;
    let reports: Vec<_> = planned.iter().flat_map(Planned::reports).collect();
    output::print_all(&args.output, |format: CheckFormat| format.render(&reports))?;

    closing::of_check(planned, common);
    Ok(outcome(planned, args.exit_zero))
}

/// How the run ended.
fn outcome(planned: &[Planned], exits_zero: bool) -> Outcome {
    let plans = planned.iter().flat_map(|own| &own.bundles).map(|(_, plan)| plan);
    let errors = plans.flat_map(|plan| &plan.findings);
    let errors: Vec<_> = errors.filter(|own| own.severity == Severity::Error).collect();
    match () {
        () if exits_zero || errors.is_empty() => Outcome::Success,
        () if errors.iter().any(|error| error.is_failure()) => Outcome::Failed,
        () => Outcome::Found,
    }
}
