//! `explain`: shows what each workload tracks, and why.

use rollstamp::report::ExplainFormat;
use rollstamp::{Finding, Goal, WorkloadPlan};

use super::args::{Common, Explain};
use super::failure::Failure;
use super::planned::{Planned, plan_all};
use super::{Outcome, output};

/// Explains every bundle.
///
/// # Errors
///
/// Returns an error if a bundle cannot be read, or holds no workload of the name that is asked
/// for, or several.
pub(super) fn run(args: &Explain, common: &Common) -> Result<Outcome, Failure> {
    let planned = plan_all(&args.paths, common, Goal::Check)?;
    if let Some(name) = &args.digest_input {
        return digest_input(name, planned);
    }
    let reports: Vec<_> = planned.iter().flat_map(Planned::reports).collect();
    output::print_all(&args.output, |format: ExplainFormat| format.render(&reports))?;
    let bundles = planned.iter().flat_map(|own| &own.bundles);
    let mut findings = bundles.flat_map(|(_, plan)| &plan.findings);
    Ok(if findings.any(Finding::is_failure) { Outcome::Failed } else { Outcome::Success })
}

fn digest_input(name: &str, planned: &[Planned]) -> Result<Outcome, Failure> {
    let bundles = planned.iter().flat_map(|own| &own.bundles);
    let workloads = bundles.flat_map(|(_, plan)| &plan.workloads);
    let named: Vec<_> = workloads.filter(|workload| is_named(workload, name)).collect();
    match *named {
        [workload] if workload.stamp.digest_input.is_empty() => Err(Failure::new(
            format!("{} must track a config of the bundle to have a digest", workload.id),
            "see `rollstamp explain`",
        )),
        [workload] => {
            output::print(&workload.stamp.digest_input)?;
            Ok(Outcome::Success)
        }
        [] => Err(Failure::new(
            format!("there must be a workload '{name}'"),
            "see `rollstamp explain` for the workloads that there are",
        )),
        _ => Err(Failure::new(
            format!("'{name}' must name one workload, but there are {}", named.len()),
            "write KIND/NAMESPACE/NAME",
        )),
    }
}

/// Whether `name` is the workload's NAME, KIND/NAME or KIND/NAMESPACE/NAME.
fn is_named(workload: &WorkloadPlan, name: &str) -> bool {
    let id = &workload.id;
    let is_kind = |kind: &str| id.gvk.kind.eq_ignore_ascii_case(kind);
    match *name.split('/').collect::<Vec<_>>() {
        [name] => id.name == name,
        [kind, name] => is_kind(kind) && id.name == name,
        [kind, namespace, name] => is_kind(kind) && id.namespace == namespace && id.name == name,
        _ => false,
    }
}
