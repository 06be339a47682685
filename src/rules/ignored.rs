//! Rule `ignored`: the config opts out, or the options leave its kind out.

use super::{Answer, Candidate};

/// Tracks nothing that carries the annotation below, and nothing of a kind that the option
/// `resourcesToIgnore` names.
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
    if ignored.iter().any(|resources| resources.kind() == candidate.kind) {
        return Some(Answer::skip(None));
    }
    let annotations = candidate.config?.resource.annotations();
    let ignore = annotations.get("reloader.stakater.com/ignore")?;
    ignore.is_true().then(|| Answer::skip(Some(&ignore)))
}
