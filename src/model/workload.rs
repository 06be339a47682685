//! A workload: a resource with a pod template. Which kinds are, and where they carry it.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Annotations, PodTemplate, Resource};
use crate::options::{JobPolicy, Options};

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
    /// The plurals of all kinds that there are, in lower case, each once and in order.
    pub(crate) fn plurals(options: &Options) -> impl Iterator<Item = String> {
        let known = WORKLOAD_KINDS.iter().map(|known| known.1);
        let own = options.workloads.iter().map(|own| &*own.kind);
        known.chain(own).map(plural).collect::<BTreeSet<_>>().into_iter()
    }
}

/// The plural of a kind, as the API names its resource: `cronjobs`, `proxies`, `ingresses`.
fn plural(kind: &str) -> String {
    let kind = kind.to_lowercase();
    let stem = kind.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u']));
    match stem {
        Some(stem) => format!("{stem}ies"),
        None if ["s", "x", "z", "ch", "sh"].iter().any(|end| kind.ends_with(end)) => kind + "es",
        None => kind + "s",
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
];

/// A workload whose pod template is in the manifest.
///
/// A patch without a template, and an Argo Rollout that leaves its template to another
/// workload, are none.
#[derive(Debug, Clone)]
pub(crate) struct Workload<'d> {
    pub(crate) resource: Resource<'d>,
    pub(crate) template: PodTemplate<'d>,
}

impl<'d> Workload<'d> {
    /// Reads `resource` as a workload, if it is one.
    pub(crate) fn read(resource: &Resource<'d>, options: &'d Options) -> Option<Self> {
        let path = template_path(resource.id.group(), resource.id.kind, options)?;
        // An Argo Rollout may leave its template to another workload.
        if resource.node.at(["spec", "workloadRef"]).is_some() {
            return None;
        }
        let node = resource.node.at(path.split('.'))?;
        let annotations = Annotations::of(node.get("metadata"), resource.source, path);
        let template = PodTemplate { node, annotations, path };
        node.is_mapping().then(|| Self { resource: resource.clone(), template })
    }

    /// The annotations of the pod template.
    pub(crate) fn template_annotations(&self) -> Annotations<'d> {
        self.template.annotations
    }

    /// Whether an option says that the workload tracks nothing.
    pub(crate) fn is_ignored(&self, options: &Options) -> bool {
        let is_own = |ignored: &String| *ignored == plural(self.resource.id.kind);
        self.is_job() && options.jobs == JobPolicy::Ignore
            || options.ignored_workload_types.iter().any(is_own)
    }

    /// Whether a stamp may be written: a Job's pod template is immutable once created.
    pub(crate) fn is_stampable(&self, options: &Options) -> bool {
        !self.is_ignored(options) && (!self.is_job() || options.jobs == JobPolicy::Stamp)
    }

    /// Whether the workload is a Job.
    pub(crate) fn is_job(&self) -> bool {
        self.resource.id.kind == "Job" && self.resource.id.group() == "batch"
    }
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
