//! A workload: a resource with a pod template. Which kinds are, and where they carry it.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Annotations, PodTemplate, Resource};
use crate::options::{JobPolicy, Options};
use crate::yaml::NodeRef;

/// A kind of workload, and the path to its pod template.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WorkloadKind {
    /// The API group; empty for the core group.
    pub group: String,
    /// The kind.
    pub kind: String,
    /// The path to the pod template, with dots: `spec.template`.
    pub template: String,
}

impl WorkloadKind {
    /// Checks that it can match anything, and that none of `others` nor a known kind is the same.
    ///
    /// # Errors
    ///
    /// Returns which of its fields is wrong, and what is wrong with it.
    pub(crate) fn validate(&self, others: &[Self]) -> Result<(), (&'static str, String)> {
        let Self { group, kind, template } = self;
        let is_alphanumeric = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric());
        if group.contains('/') {
            let (group, version) = group.split_once('/').unwrap_or_default();
            return Err((
                "group",
                format!("must not have the version: write `{group}`, not `{group}/{version}`"),
            ));
        }
        if !group.is_empty() && !group.contains('.') && is_version(group) {
            return Err(("group", format!("must be an API group, and `{group}` is a version")));
        }
        if group
            .chars()
            .any(|c| !(c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c)))
        {
            return Err((
                "group",
                format!("must be an API group such as `example.com`, not `{group}`"),
            ));
        }
        if !kind.starts_with(|c: char| c.is_ascii_uppercase()) || !is_alphanumeric(kind) {
            return Err((
                "kind",
                format!("must be a kind as manifests have it, such as `Deployment`, not `{kind}`"),
            ));
        }
        if !template.split('.').all(|field| !field.is_empty() && is_alphanumeric(field)) {
            return Err((
                "template",
                format!(
                    "must be a path of fields with dots, such as `spec.template`, not `{template}`"
                ),
            ));
        }
        if WORKLOAD_KINDS.iter().any(|known| known.0 == group && known.1 == kind) {
            return Err((
                "kind",
                format!("must not be `{kind}`, which is known without being told"),
            ));
        }
        if others.iter().any(|other| other.group == *group && other.kind == *kind) {
            return Err(("kind", format!("must not be `{kind}` a second time")));
        }
        Ok(())
    }

    /// The plurals of all kinds that there are, in lower case, each once and in order.
    pub(crate) fn plurals(options: &Options) -> impl Iterator<Item = String> {
        let known = WORKLOAD_KINDS.iter().map(|known| known.1);
        let own = options.workloads.iter().map(|own| &*own.kind);
        known.chain(own).map(plural).collect::<BTreeSet<_>>().into_iter()
    }
}

/// Whether `text` is the version of an API: `v1`, `v2beta1`.
fn is_version(text: &str) -> bool {
    let rest = text.strip_prefix('v').unwrap_or_default();
    rest.starts_with(|c: char| c.is_ascii_digit())
}

/// The plural of a kind, as the API names its resource: `cronjobs`, `proxies`, `ingresses`.
fn plural(kind: &str) -> String {
    plural_kind(&kind.to_lowercase())
}

/// The plural of a word.
pub(crate) fn plural_kind(kind: &str) -> String {
    let stem = kind.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u']));
    match stem {
        Some(stem) => format!("{stem}ies"),
        None if ["s", "x", "z", "ch", "sh"].iter().any(|end| kind.ends_with(end)) => {
            format!("{kind}es")
        }
        None => format!("{kind}s"),
    }
}

/// The kinds of workloads that are known without being told.
const WORKLOAD_KINDS: &[(&str, &str, &str)] = &[
    ("apps", "Deployment", "spec.template"),
    ("apps", "StatefulSet", "spec.template"),
    ("apps", "DaemonSet", "spec.template"),
    ("extensions", "Deployment", "spec.template"),
    ("extensions", "StatefulSet", "spec.template"),
    ("extensions", "DaemonSet", "spec.template"),
    ("argoproj.io", "Rollout", "spec.template"),
    ("apps.openshift.io", "DeploymentConfig", "spec.template"),
    ("", "DeploymentConfig", "spec.template"),
    ("batch", "CronJob", "spec.jobTemplate.spec.template"),
    ("batch", "Job", "spec.template"),
    ("serving.knative.dev", "Service", "spec.template"),
    ("apps.kruise.io", "CloneSet", "spec.template"),
    ("apps.kruise.io", "StatefulSet", "spec.template"),
    ("apps.kruise.io", "DaemonSet", "spec.template"),
    ("grafana.integreatly.org", "Grafana", "spec.deployment.spec.template"),
];

/// A workload whose pod template is in the manifest.
///
/// A patch without a template is none, nor an Argo Rollout that leaves its template to another workload:
/// that is the place for the stamp then.
#[derive(Debug, Clone)]
pub(crate) struct Workload<'d> {
    pub(crate) resource: Resource<'d>,
    pub(crate) template: PodTemplate<'d>,
    /// The Argo Rollout that uses the template by its `workloadRef`.
    pub(crate) rollout: Option<Resource<'d>>,
}

impl<'d> Workload<'d> {
    /// Reads `resource` as a workload, if it is one.
    pub(crate) fn read(resource: &Resource<'d>, options: &'d Options) -> Option<Self> {
        let path = template_path(resource.id.group(), resource.id.kind, options)?;
        if workload_ref(resource).is_some() {
            return None;
        }
        let node = resource.node.at(path.split('.'))?;
        let annotations = Annotations::of(node.get("metadata"), resource.source, path);
        let template = PodTemplate { node, annotations, path };
        node.is_mapping().then(|| Self { resource: resource.clone(), template, rollout: None })
    }

    /// The annotations that may say what it tracks, but for those of the pod template: an Argo Rollout's
    /// count for the workload that it refers to.
    pub(crate) fn annotations(&self) -> impl Iterator<Item = Annotations<'d>> {
        let rollout = self.rollout.as_ref().map(Resource::annotations);
        rollout.into_iter().chain([self.resource.annotations()])
    }

    /// The annotations of the pod template.
    pub(crate) fn template_annotations(&self) -> Annotations<'d> {
        self.template.annotations
    }

    /// The option that says that the workload tracks nothing, if one does.
    pub(crate) fn ignored_by(&self, options: &Options) -> Option<&'static str> {
        let is_own = |ignored: &String| *ignored == plural(self.resource.id.kind);
        if self.is_immutable() && options.jobs == JobPolicy::Ignore {
            return Some("jobs");
        }
        options.ignored_workload_types.iter().any(is_own).then_some("ignoredWorkloadTypes")
    }

    /// Whether a stamp may be written: not to a pod template that is immutable.
    pub(crate) fn is_stampable(&self, options: &Options) -> bool {
        self.ignored_by(options).is_none()
            && (!self.is_immutable() || options.jobs == JobPolicy::Stamp)
    }

    /// Whether the pod template cannot be changed once it is applied: a Job's, and that of a Knative Service
    /// whose revision has a name.
    fn is_immutable(&self) -> bool {
        self.is_job() || self.revision().is_some()
    }

    /// Whether the options name its kind.
    pub(crate) fn is_of_own_kind(&self, options: &Options) -> bool {
        let (group, kind) = (self.resource.id.group(), self.resource.id.kind);
        options.workloads.iter().any(|own| own.group == group && own.kind == kind)
    }

    /// The name of the revision of a Knative Service, if the template gives it one.
    pub(crate) fn revision(&self) -> Option<NodeRef<'d>> {
        let name = self.template.node.at(["metadata", "name"]).filter(|name| !name.is_null());
        name.filter(|_| self.resource.id.group() == "serving.knative.dev")
    }

    /// Whether the workload is a Job.
    pub(crate) fn is_job(&self) -> bool {
        self.resource.id.kind == "Job" && self.resource.id.group() == "batch"
    }
}

/// The kind and name of the workload that an Argo Rollout leaves its pod template to.
pub(super) fn workload_ref<'d>(resource: &Resource<'d>) -> Option<(&'d str, &'d str)> {
    let reference = resource.node.at(["spec", "workloadRef"])?;
    let text = |key: &str| reference.get(key).and_then(NodeRef::text).unwrap_or_default();
    (resource.id.group() == "argoproj.io" && reference.is_mapping())
        .then(|| (text("kind"), text("name")))
}

/// Whether a resource of `kind` may be a workload.
pub(crate) fn is_workload_kind(kind: &str, options: &Options) -> bool {
    WORKLOAD_KINDS.iter().any(|known| known.1 == kind)
        || options.workloads.iter().any(|own| own.kind == kind)
}

fn template_path<'o>(group: &str, kind: &str, options: &'o Options) -> Option<&'o str> {
    let own = options.workloads.iter().find(|own| own.group == group && own.kind == kind);
    own.map(|own| &*own.template).or_else(|| {
        let known = WORKLOAD_KINDS.iter().find(|known| known.0 == group && known.1 == kind);
        known.map(|known| known.2)
    })
}
