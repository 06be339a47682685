//! Rule `listed`: the workload lists the config.

use super::{Answer, Candidate};

/// Tracks a config that the workload lists, whether its pod template refers to it or not.
///
/// ```yaml
/// kind: Deployment
/// metadata:
///   annotations:
///     configmap.reloader.stakater.com/reload: "app-config, feature-.*"
///     secret.reloader.stakater.com/reload: "app-secret"
/// ```
///
/// White space around an entry does not count. Each entry is a regular expression of Go between
/// `^` and `$`; one that does not compile is skipped.
pub(super) fn listed(candidate: &Candidate<'_>) -> Option<Answer> {
    let list = candidate.switches.list.as_ref().filter(|_| candidate.is_own_namespace)?;
    candidate.is_called(|name| list.lists(name)).then(|| Answer::track(&list.annotation))
}
