//! `explain`: shows what each workload tracks, and why.

use rollstamp::report::{ExplainFormat, Report};
use rollstamp::{Finding, Plan, WorkloadPlan, plan_check};

use super::args::{Common, Explain};
use super::bundle::Bundle;
use super::failure::Failure;
use super::{Outcome, output, plan_all};

/// Explains every bundle.
///
/// # Errors
///
/// Returns an error if a bundle cannot be read, or holds no workload of the name that is asked
/// for, or several.
pub(super) fn run(args: &Explain, common: &Common) -> Result<Outcome, Failure> {
    let planned = plan_all(&args.paths, common, plan_check)?;
    if let Some(name) = &args.digest_input {
        return digest_input(name, planned);
    }
    let reports =
        planned.iter().map(|(bundle, plan)| Report::new(&bundle.path, &bundle.sources, plan));
    let reports: Vec<_> = reports.collect();
    output::print_all(&args.output, |format: ExplainFormat| format.render(&reports))?;
    let mut findings = planned.iter().flat_map(|(_, plan)| &plan.findings);
    Ok(if findings.any(Finding::is_failure) { Outcome::Failed } else { Outcome::Success })
}

fn digest_input(name: &str, planned: &[(Bundle, Plan)]) -> Result<Outcome, Failure> {
    let workloads = planned.iter().flat_map(|(_, plan)| &plan.workloads);
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
