//! Rule `search`: the workload searches for configs that match.

use super::{Answer, Candidate};

/// Tracks a config that the pod template refers to, if the workload searches and the config
/// matches.
///
/// ```yaml
/// kind: Deployment
/// metadata:
///   annotations:
///     reloader.stakater.com/search: "true"
/// ---
/// kind: ConfigMap
/// metadata:
///   annotations:
///     reloader.stakater.com/match: "true"
/// ```
///
/// Both must be exactly `true`.
pub(super) fn search(candidate: &Candidate<'_>) -> Option<Answer> {
    let search = candidate.switches.search.as_ref().filter(|search| search.is_true())?;
    let annotations = candidate.config?.resource.annotations();
    let is_match = annotations.get(&candidate.options.annotations.r#match)?.is_true();
    (is_match && candidate.is_referenced).then(|| Answer::track(search))
}
