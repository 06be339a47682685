//! Rule `excluded`: the workload excludes the config by name.

use super::{Answer, Candidate};

/// Tracks no config that the workload's own metadata excludes.
///
/// ```yaml
/// kind: Deployment
/// metadata:
///   annotations:
///     configmaps.exclude.reloader.stakater.com/reload: "noisy, other"
/// ```
///
/// The entries are names, not patterns, and the plural in the key is Reloader's.
pub(super) fn excluded(candidate: &Candidate<'_>) -> Option<Answer> {
    let exclude = candidate.switches.exclude.as_ref().filter(|_| candidate.is_own_namespace)?;
    let is_excluded = candidate.is_called(|name| exclude.names.contains(name));
    is_excluded.then(|| Answer::skip(&exclude.annotation))
}
