//! Rule `listed`: the workload lists the config by name.

use super::{Answer, Candidate};

/// Tracks a config that the workload lists, whether its pod template refers to it or not.
///
/// ```yaml
/// kind: Deployment
/// metadata:
///   annotations:
///     configmap.reloader.stakater.com/reload: "app-config, feature-flags"
///     secret.reloader.stakater.com/reload: "app-secret"
/// ```
///
/// White space around an entry does not count.
pub(super) fn listed(candidate: &Candidate<'_>) -> Option<Answer> {
    let list = candidate.switches.list.as_ref()?;
    list.entries().any(|entry| entry == candidate.name).then(|| Answer::track(Some(list)))
}
