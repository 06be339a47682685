//! Rule `ignored`: the config opts out, or an option leaves it out.

use super::{Answer, Candidate};
use crate::yaml::NodeRef;

/// Tracks nothing that carries the annotation below, and nothing that an option leaves out:
/// `ignoredWorkloadTypes`, `resourcesToIgnore`, `namespaces`, `namespacesToIgnore`, the selectors.
///
/// ```yaml
/// kind: ConfigMap
/// metadata:
///   annotations:
///     reloader.stakater.com/ignore: "true"
/// ```
///
/// On a workload the annotation means nothing.
pub(super) fn ignored(candidate: &Candidate<'_>) -> Option<Answer> {
    let ignored = &candidate.options.resources_to_ignore;
    let is_left_out = candidate.is_workload_ignored
        || ignored.iter().any(|resources| resources.kind() == candidate.kind)
        || !is_watched(candidate)
        || !has_labels(candidate);
    if is_left_out {
        return Some(Answer::skip(None));
    }
    let ignore =
        candidate.config?.resource.annotations().get(&candidate.options.annotations.ignore)?;
    ignore.is_true().then(|| Answer::skip(Some(&ignore)))
}

/// Whether the namespace is watched: named, or neither to be ignored nor left out by its labels. What
/// is not in the bundle has only the label that every Namespace gets from the API server.
fn is_watched(candidate: &Candidate<'_>) -> bool {
    let options = candidate.options;
    let is_in = |names: &[String]| names.iter().any(|name| name == candidate.namespace);
    if !options.namespaces.is_empty() {
        return is_in(&options.namespaces);
    }
    let labels = candidate.resources.namespace_labels(candidate.namespace);
    let label = |key: &str| {
        let own = labels.and_then(|labels| labels.get(key)).and_then(NodeRef::text);
        own.or_else(|| (key == "kubernetes.io/metadata.name").then_some(candidate.namespace))
    };
    !is_in(&options.namespaces_to_ignore) && options.namespace_selector.matches(label)
}

fn has_labels(candidate: &Candidate<'_>) -> bool {
    let selector = &candidate.options.resource_label_selector;
    let Some(config) = candidate.config.filter(|_| !selector.is_empty()) else { return true };
    let labels = config.resource.node.at(["metadata", "labels"]);
    selector.matches(|key| labels.and_then(|labels| labels.get(key)).and_then(NodeRef::text))
}
