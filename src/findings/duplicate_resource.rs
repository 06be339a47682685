//! `duplicate-resource`: two resources of one identity disagree.

use std::collections::HashMap;

use super::{Context, Draft, Found};
use crate::digest::ConfigDigest;
use crate::finding::Code;
use crate::model::{Config, Resource};
use crate::plan::WorkloadPlan;

/// Finds the resources that are in the bundle twice, with contents that lead to two different stamps.
///
/// Copies are harmless, and so is a patch of a workload beside its base: a manifest without
/// annotations of its own tracks nothing.
/// Copies whose content Kubernetes would refuse are not compared.
pub(super) fn find(
    context: &Context<'_>,
    plans: &[WorkloadPlan],
    is_tracked: impl Fn(&Config<'_>) -> bool,
    found: &mut Found<'_>,
) {
    duplicate_workloads(context, plans, found);
    for configs in context.resources.duplicate_configs() {
        let [first, others @ ..] = &*configs else { continue };
        if !is_tracked(first) {
            continue;
        }
        for other in others {
            let digests = (ConfigDigest::of(first), ConfigDigest::of(other));
            if let (Ok(one), Ok(two)) = digests
                && one != two
            {
                report(context, found, &first.resource, &other.resource);
            }
        }
    }
}

fn duplicate_workloads(context: &Context<'_>, plans: &[WorkloadPlan], found: &mut Found<'_>) {
    let mut firsts = HashMap::with_capacity(plans.len());
    for (workload, plan) in context.resources.workloads.iter().zip(plans) {
        let id = &plan.id;
        if plan.stamp.expected.is_none() || id.name.is_empty() || workload.resource.is_hook() {
            continue;
        }
        let identity = (&id.gvk.group, &id.gvk.kind, &id.namespace, &id.name);
        let (first, first_plan) = firsts.entry(identity).or_insert((workload, plan));
        if first_plan.stamp.expected != plan.stamp.expected {
            report(context, found, &first.resource, &workload.resource);
        }
    }
}

fn report(
    context: &Context<'_>,
    found: &mut Found<'_>,
    first: &Resource<'_>,
    second: &Resource<'_>,
) {
    let message = format!("{} must not be in a bundle twice with different contents", second.id);
    // Whoever runs a function has no such option.
    let help = if context.resources.is_in_resource_list(second) {
        "leave one of them out"
    } else {
        "leave one of them out with `--exclude`, or run on each overlay by itself"
    };
    let draft = Draft::new(second.name_place(), message, help)
        .label("second of that name")
        .context(first.name_place(), "first of that name")
        .field("metadata.name");
    found.add(Code::DuplicateResource, second, draft);
}
