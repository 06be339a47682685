//! `duplicate-resource`: two resources of one identity disagree.

use std::collections::{BTreeMap, BTreeSet};

use crate::digest::ConfigDigest;
use crate::error::Problem;
use crate::finding::{Code, Finding};
use crate::model::{Config, ResourceId, ResourceSet};
use crate::plan::WorkloadPlan;
use crate::source::Place;

/// The resources that are in the bundle twice, with contents that lead to two different stamps.
///
/// Copies are harmless, and so is a patch of a workload beside its base: a manifest without
/// annotations of its own tracks nothing.
///
/// # Errors
///
/// Returns an error if one of the copies has content that Kubernetes would refuse.
pub(super) fn find(
    workloads: &[WorkloadPlan],
    resources: &ResourceSet<'_>,
) -> Result<Vec<Finding>, (usize, Problem)> {
    let mut findings = duplicate_workloads(workloads);
    let tracked = tracked_configs(workloads);
    for configs in resources.duplicate_configs() {
        let [first, others @ ..] = &*configs else { continue };
        if !tracked.contains(&(first.kind, &first.resource.id.namespace, first.name())) {
            continue;
        }
        for other in others {
            if digest(first)? != digest(other)? {
                let (first, other) = (&first.resource, &other.resource);
                findings.push(finding(&other.id, first.name_place(), other.name_place()));
            }
        }
    }
    Ok(findings)
}

fn digest<'c>(config: &'c Config<'_>) -> Result<&'c ConfigDigest, (usize, Problem)> {
    ConfigDigest::of(config).map_err(|problem| (config.resource.source, problem.clone()))
}

fn tracked_configs(workloads: &[WorkloadPlan]) -> BTreeSet<(crate::ConfigKind, &String, &str)> {
    let tracked = workloads.iter().flat_map(|workload| {
        let configs = workload.configs.iter().filter(|config| config.is_tracked);
        configs.map(|config| (config.kind, &workload.id.namespace, &*config.name))
    });
    tracked.collect()
}

fn duplicate_workloads(workloads: &[WorkloadPlan]) -> Vec<Finding> {
    let stamped = workloads.iter().filter(|workload| workload.stamp.expected.is_some());
    let mut firsts = BTreeMap::new();
    let mut findings = Vec::new();
    for workload in stamped.filter(|workload| !workload.id.name.is_empty()) {
        let id = &workload.id;
        let identity = (&id.gvk.group, &id.gvk.kind, &id.namespace, &id.name);
        let first: &WorkloadPlan = firsts.entry(identity).or_insert(workload);
        if first.stamp.expected != workload.stamp.expected {
            findings.push(finding(id, first.name_place.clone(), workload.name_place.clone()));
        }
    }
    findings
}

fn finding(id: &ResourceId, first: Place, second: Place) -> Finding {
    Finding {
        code: Code::DuplicateResource,
        message: format!("{id} must not be in a bundle twice with different contents"),
        help: "leave one of them out with `--exclude`, or run on each overlay by itself".to_owned(),
        place: second,
        label: "second of that name".to_owned(),
        context: vec![(first, "first of that name".to_owned())],
        field: Some("metadata.name".to_owned()),
        resource: id.clone(),
    }
}
