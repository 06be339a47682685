//! The findings: one file each for what they are about.

mod duplicate_resource;
mod stamp;

use crate::error::Problem;
use crate::finding::Finding;
use crate::model::ResourceSet;
use crate::options::Options;
use crate::plan::WorkloadPlan;

/// Finds what a user can mend, in input order.
///
/// # Errors
///
/// Returns an error, and which source it is in, if a config has content that Kubernetes would
/// refuse.
pub(crate) fn find(
    workloads: &[WorkloadPlan],
    resources: &ResourceSet<'_>,
    options: &Options,
) -> Result<Vec<Finding>, (usize, Problem)> {
    let mut findings: Vec<_> =
        workloads.iter().filter_map(|workload| stamp::find(workload, options)).collect();
    findings.extend(duplicate_resource::find(workloads, resources)?);
    findings.sort_by_key(|finding| (finding.place.clone(), finding.code));
    Ok(findings)
}
