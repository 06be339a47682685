//! The order in which `kubectl kustomize` prints resources.

use std::sync::Arc;

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

/// Sorts `resources`: what others need comes first.
pub(super) fn sort(resources: &mut [Arc<Resource>]) {
    resources.sort_by_cached_key(|resource| {
        let id = resource.id();
        let kind = &*id.gvk.kind;
        let place = |kinds: &[&str]| kinds.iter().position(|known| *known == kind);
        let rank = match (place(&FIRST), place(&LAST)) {
            (Some(place), _) => place,
            (None, None) => FIRST.len(),
            (None, Some(place)) => FIRST.len() + 1 + place,
        };
        let gvk = format!("{}_{}_{kind}", or(&id.gvk.group, "~G"), or(&id.gvk.version, "~V"));
        (rank, gvk, format!("{}|{}", or(&id.namespace, "~X"), id.name))
    });
}

/// `text`, or what kustomize sorts by if there is none.
fn or<'t>(text: &'t str, nothing: &'t str) -> &'t str {
    if text.is_empty() { nothing } else { text }
}
