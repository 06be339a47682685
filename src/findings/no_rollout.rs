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

/// What a field must say for its row in [`REASONS`] to be true.
#[derive(Clone, Copy)]
enum Test {
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A number or a percentage that is not zero.
    NotZero,
}

const TRUE: Test = Test::OneOf(&["true"]);
const IN_PLACE: Test = Test::OneOf(&["InPlaceIfPossible", "InPlaceOnly", "InplaceRollingUpdate"]);
const PARTITION: &str = "its partition keeps some pods as they are";
const STAYS: &str = "its containers stay: OpenKruise changes annotations in place";

/// The fields that keep pods from being replaced when the template changes, and why, in words. The first that
/// is true counts.
const REASONS: &[(&str, Test, &str)] = &[
    (
        "spec.updateStrategy.type",
        Test::OneOf(&["OnDelete"]),
        "its pods are replaced only when somebody deletes them",
    ),
    ("spec.updateStrategy.rollingUpdate.partition", Test::NotZero, PARTITION),
    ("spec.updateStrategy.partition", Test::NotZero, PARTITION),
    ("spec.paused", TRUE, "it is paused"),
    ("spec.updateStrategy.paused", TRUE, "it is paused"),
    ("spec.updateStrategy.rollingUpdate.paused", TRUE, "it is paused"),
    ("spec.updateStrategy.type", IN_PLACE, STAYS),
    ("spec.updateStrategy.rollingUpdate.podUpdatePolicy", IN_PLACE, STAYS),
    ("spec.updateStrategy.rollingUpdate.rollingUpdateType", IN_PLACE, STAYS),
    ("spec.replicas", Test::OneOf(&["0"]), "it has no replicas"),
];

impl Test {
    fn is_true(self, node: NodeRef<'_>) -> bool {
        let text = node.text().filter(|_| !node.is_null()).unwrap_or_default();
        match self {
            Self::OneOf(words) => words.contains(&text),
            Self::NotZero => !matches!(text, "" | "0" | "0%"),
        }
    }
}

/// The field of `owner`, whose pods they are, that keeps them as they are, and why.
fn reason<'d>(owner: &Resource<'d>) -> Option<(&'static str, NodeRef<'d>, &'static str)> {
    let is_on_change =
        |trigger: NodeRef<'_>| trigger.get("type").and_then(NodeRef::text) == Some("ConfigChange");
    let triggers = owner.node.at(["spec", "triggers"]);
    let triggers = triggers.filter(|triggers| triggers.is_sequence());
    if let Some(triggers) = triggers.filter(|_| owner.id.kind == "DeploymentConfig")
        && !triggers.items().any(is_on_change)
    {
        return Some(("spec.triggers", triggers, "it has no trigger of type ConfigChange"));
    }
    REASONS.iter().find_map(|(path, test, why)| {
        let node = owner.node.at(path.split('.')).filter(|node| test.is_true(*node))?;
        Some((*path, node, *why))
    })
}

fn workload_will_not_roll(found: &mut Found<'_>, workload: &Workload<'_>, plan: &WorkloadPlan) {
    let id = &plan.id;
    let resource = &workload.resource;
    // Argo Rollouts makes the pods of a Deployment that it refers to.
    let owner = workload.rollout.as_ref().unwrap_or(resource);
    let is_unstamped = plan.stamp.expected.is_none() && plan.is_opted_in;
    let draft = if workload.is_job() && is_unstamped && !is_made_anew(resource) {
        let message = format!("{id} is not stamped: the pod template of a Job cannot be changed");
        let help = "give the Job a new name with its configs, or stamp it with `jobs: stamp` and replace it";
        Draft::new(resource.name_place(), message, help).label("stays as it is")
    } else if let Some(name) = workload.revision().filter(|_| is_unstamped) {
        let message = format!(
            "{id} is not stamped: Knative takes no other template for a revision of the same name"
        );
        let help = "remove the name, so that Knative makes one up, or change it with each config and stamp with `jobs: stamp`";
        let place = Place::new(resource.source, name.span());
        let field = format!("{}.metadata.name", plan.template_path);
        Draft::new(place, message, help).label("names the revision").field(field)
    } else if let Some((path, node, why)) = reason(owner) {
        let message = format!("the stamp does not roll the pods of {id} by itself: {why}");
        let place = Place::new(owner.source, node.span());
        Draft::new(place, message, "replace the pods by hand").label("because of this").field(path)
    } else if !workload.is_job() && is_hook(resource) {
        let message =
            format!("the stamp of {id} makes no difference: a hook is made anew each time");
        let help = "put `rollstamp.dev/allow: no-rollout` on it, or take the opt-in away";
        Draft::new(resource.name_place(), message, help).label("is a hook")
    } else {
        return;
    };
    found.add(Code::NoRollout, resource, draft);
}

/// The annotations of a hook, those that say when it is deleted, and the word for "before the next one".
const HOOKS: [(&str, &str, &str); 2] = [
    ("helm.sh/hook", "helm.sh/hook-delete-policy", "before-hook-creation"),
    ("argocd.argoproj.io/hook", "argocd.argoproj.io/hook-delete-policy", "BeforeHookCreation"),
];

fn is_hook(resource: &Resource<'_>) -> bool {
    HOOKS.into_iter().any(|(hook, ..)| resource.annotations().get(hook).is_some())
}

/// Whether `resource` is a hook that Helm or Argo CD deletes before it makes it again: they do, unless
/// its delete policy is another.
fn is_made_anew(resource: &Resource<'_>) -> bool {
    let annotations = resource.annotations();
    HOOKS.into_iter().any(|(hook, delete, before)| {
        let policy = annotations.get(delete);
        annotations.get(hook).is_some()
            && policy.is_none_or(|policy| policy.entries().any(|entry| entry == before))
    })
}
