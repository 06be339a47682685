//! Rule `auto`: the workload tracks whatever its pod template refers to.

use super::{Answer, Candidate};

/// Tracks every config that the pod template refers to, or every one of a kind.
///
/// ```yaml
/// kind: Deployment
/// metadata:
///   annotations:
///     reloader.stakater.com/auto: "true"
///     # or
///     configmap.reloader.stakater.com/auto: "true"
///     secret.reloader.stakater.com/auto: "true"
/// ```
///
/// True is whatever Go's `strconv.ParseBool` takes for it: `1`, `t`, `T`, `true`, `True`, `TRUE`.
/// With the option `autoReloadAll`, a workload where both are absent or empty tracks too.
pub(super) fn auto(candidate: &Candidate<'_>) -> Option<Answer> {
    let switches = [&candidate.switches.auto, &candidate.switches.typed_auto];
    let mut said = switches.into_iter().flatten().filter(|auto| !auto.value.is_empty()).peekable();
    let is_by_option = candidate.options.auto_reload_all && said.peek().is_none();
    let auto = said.find(|auto| auto.is_truthy());
    let is_tracked = candidate.is_referenced && (is_by_option || auto.is_some());
    is_tracked.then(|| {
        auto.map_or_else(|| Answer::by_option("autoReloadAll", true), |auto| Answer::track(auto))
    })
}
