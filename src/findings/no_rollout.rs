//! `no-rollout`: a stamp that by itself will not roll the pods.

use super::{Context, Draft, Found, Subject};
use crate::finding::Code;
use crate::model::{Resource, Workload};
use crate::plan::WorkloadPlan;
use crate::source::Place;
use crate::yaml::NodeRef;

pub(super) fn find(subject: Subject<'_, '_>, found: &mut Found<'_>) {
    if subject.plan.configs.iter().any(|config| config.is_tracked) {
        workload_will_not_roll(found, subject.workload, subject.plan);
    }
}

/// The same for bare Pods.
pub(super) fn find_pods(context: &Context<'_>, found: &mut Found<'_>) {
    for pod in &context.resources.pods {
        let mut opt_ins = context.options.annotations.opt_ins();
        if let Some(annotation) = opt_ins.find_map(|key| pod.annotations().get(key)) {
            let message = format!("{} is a bare Pod: nothing replaces it when it changes", pod.id);
            let help = "make it a Deployment";
            let field = annotation.field();
            let draft = Draft::new(annotation.place, message, help).label("rolls nothing");
            found.add(Code::NoRollout, pod, draft.field(field));
        }
    }
}

fn workload_will_not_roll(found: &mut Found<'_>, workload: &Workload<'_>, plan: &WorkloadPlan) {
    let node = workload.resource.node;
    let at = |path: &'static str| node.at(path.split('.')).map(|node| (path, node));
    let is = |found: Option<(&'static str, NodeRef<'_>)>, text: &str| {
        found.filter(|(_, node)| node.text() == Some(text)).map(|(path, node)| (path, node.span()))
    };
    let partition = at("spec.updateStrategy.rollingUpdate.partition");
    let partition = partition.filter(|(_, node)| node.text().is_some_and(|text| text != "0"));
    let reason = if let Some(place) = is(at("spec.updateStrategy.type"), "OnDelete") {
        Some((place, "its pods are replaced only when somebody deletes them"))
    } else if let Some((path, node)) = partition.filter(|(_, node)| !node.is_null()) {
        Some(((path, node.span()), "its partition keeps the pods below it as they are"))
    } else if let Some(place) = is(at("spec.paused"), "true") {
        Some((place, "it is paused"))
    } else {
        is(at("spec.replicas"), "0").map(|place| (place, "it has no replicas"))
    };
    let id = &plan.id;
    let is_kept = workload.is_job() && !is_made_anew(&workload.resource);
    if is_kept && plan.stamp.expected.is_none() && plan.is_opted_in {
        let message = format!("{id} is not stamped: the pod template of a Job cannot be changed");
        let help = "give the Job a new name with its configs, or stamp it with `jobs: stamp` and replace it";
        let draft =
            Draft::new(workload.resource.name_place(), message, help).label("stays as it is");
        found.add(Code::NoRollout, &workload.resource, draft);
    } else if let Some(((path, span), why)) = reason {
        let message = format!("the stamp does not roll the pods of {id} by itself: {why}");
        let help = "expect to do that by hand";
        let draft = Draft::new(Place::new(workload.resource.source, span), message, help);
        found.add(Code::NoRollout, &workload.resource, draft.label("because of this").field(path));
    }
}

/// Whether `resource` is a hook that Helm or Argo CD deletes before it makes it again: they do, unless
/// its delete policy is another.
fn is_made_anew(resource: &Resource<'_>) -> bool {
    const HOOKS: [(&str, &str, &str); 2] = [
        ("helm.sh/hook", "helm.sh/hook-delete-policy", "before-hook-creation"),
        ("argocd.argoproj.io/hook", "argocd.argoproj.io/hook-delete-policy", "BeforeHookCreation"),
    ];
    let annotations = resource.annotations();
    HOOKS.into_iter().any(|(hook, delete, before)| {
        let policy = annotations.get(delete);
        annotations.get(hook).is_some()
            && policy.is_none_or(|policy| policy.entries().any(|entry| entry == before))
    })
}
