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
    if let Some(option) = ignoring_option(candidate) {
        return Some(Answer::by_option(option, false));
    }
    let ignore =
        candidate.config?.resource.annotations().get(&candidate.options.annotations.ignore)?;
    ignore.is_true().then(|| Answer::skip(&ignore))
}

/// The option that leaves the workload or the config out, if one does.
fn ignoring_option(candidate: &Candidate<'_>) -> Option<&'static str> {
    let mut kinds = candidate.options.resources_to_ignore.iter();
    let is_kind_ignored = kinds.any(|resources| resources.kind() == candidate.kind);
    candidate
        .workload_ignored_by
        .or_else(|| is_kind_ignored.then_some("resourcesToIgnore"))
        .or_else(|| ignoring_namespace_option(candidate))
        .or_else(|| (!has_labels(candidate)).then_some("resourceLabelSelector"))
}

/// The option that leaves the namespace out: it names others, or this one to be ignored, or does not match its
/// labels. What is not in the bundle has only the label that every Namespace gets from the API server.
fn ignoring_namespace_option(candidate: &Candidate<'_>) -> Option<&'static str> {
    let options = candidate.options;
    let is_in = |names: &[String]| names.iter().any(|name| name == candidate.namespace);
    if !options.namespaces.is_empty() {
        return (!is_in(&options.namespaces)).then_some("namespaces");
    }
    if is_in(&options.namespaces_to_ignore) {
        return Some("namespacesToIgnore");
    }
    let labels = candidate.resources.namespace_labels(candidate.namespace);
    let label = |key: &str| {
        let own = labels.and_then(|labels| labels.get(key)).and_then(NodeRef::text);
        own.or_else(|| (key == "kubernetes.io/metadata.name").then_some(candidate.namespace))
    };
    (!options.namespace_selector.matches(label)).then_some("namespaceSelector")
}

fn has_labels(candidate: &Candidate<'_>) -> bool {
    let selector = &candidate.options.resource_label_selector;
    let Some(config) = candidate.config.filter(|_| !selector.is_empty()) else { return true };
    let labels = config.resource.node.at(["metadata", "labels"]);
    selector.matches(|key| labels.and_then(|labels| labels.get(key)).and_then(NodeRef::text))
}
