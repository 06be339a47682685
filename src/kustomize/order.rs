//! The order in which `kubectl kustomize` prints resources.

use std::cmp::Ordering;
use std::sync::Arc;

use super::id::Id;
use super::resource::Resource;

/// The kinds that come first, in order.
const FIRST: [&str; 22] = [
    "Namespace",
    "ResourceQuota",
    "StorageClass",
    "CustomResourceDefinition",
    "ServiceAccount",
    "PodSecurityPolicy",
    "Role",
    "ClusterRole",
    "RoleBinding",
    "ClusterRoleBinding",
    "ConfigMap",
    "Secret",
    "Endpoints",
    "Service",
    "LimitRange",
    "PriorityClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Deployment",
    "StatefulSet",
    "CronJob",
    "PodDisruptionBudget",
];

/// The kinds that come last.
const LAST: [&str; 2] = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];

/// Where a kind comes in the order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Rank(usize, Arc<str>);

impl Rank {
    /// The rank of a kind.
    pub(super) fn of(group: &str, version: &str, kind: &str) -> Self {
        let place = |kinds: &[&str]| kinds.iter().position(|known| *known == kind);
        let rank = match (place(&FIRST), place(&LAST)) {
            (Some(place), _) => place,
            (None, None) => FIRST.len(),
            (None, Some(place)) => FIRST.len() + 1 + place,
        };
        Self(rank, format!("{}_{}_{kind}", or(group, "~G"), or(version, "~V")).into())
    }
}

/// Sorts `resources`: what others need comes first.
pub(super) fn sort(resources: &mut [Arc<Resource>]) {
    resources.sort_by(|one, other| compare(one.id(), other.id()));
}

/// By kind, then as texts `NAMESPACE|NAME`.
fn compare(one: &Id, other: &Id) -> Ordering {
    let text = |id: &Id| format!("{}|{}", or(&id.namespace, "~X"), id.name);
    let by_name = || {
        if one.namespace == other.namespace {
            one.name.cmp(&other.name)
        } else {
            text(one).cmp(&text(other))
        }
    };
    one.gvk.rank().cmp(other.gvk.rank()).then_with(by_name)
}

/// `text`, or what kustomize sorts by if there is none.
fn or<'t>(text: &'t str, nothing: &'t str) -> &'t str {
    if text.is_empty() { nothing } else { text }
}
