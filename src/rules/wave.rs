//! Rule `wave`: the workload has opted in for Wave.

use std::collections::BTreeSet;

use super::{Answer, Candidate};
use crate::model::{Annotation, ConfigKind, Workload};
use crate::reference::Reference;

/// The annotation that opts a workload in.
pub(crate) const OPT_IN: &str = "wave.pusher.com/update-on-config-change";
/// The annotations that name more configs.
pub(crate) const EXTRA: [(&str, ConfigKind); 2] = [
    ("wave.pusher.com/extra-configmaps", ConfigKind::ConfigMap),
    ("wave.pusher.com/extra-secrets", ConfigKind::Secret),
];

/// What a workload's own metadata says for Wave.
#[derive(Debug, Default)]
pub(crate) struct Wave<'d> {
    pub(crate) opt_in: Option<Annotation<'d>>,
    /// The configs that it names apart from its pod template: kind, namespace and name.
    pub(crate) extra: BTreeSet<(ConfigKind, &'d str, &'d str)>,
}

impl<'d> Wave<'d> {
    /// Reads what `workload` says.
    pub(crate) fn read(workload: &Workload<'d>) -> Self {
        let own = workload.resource.annotations();
        let mut wave = Self { opt_in: own.get(OPT_IN), extra: BTreeSet::new() };
        let lists = EXTRA.into_iter().filter_map(|(key, kind)| Some((kind, own.get(key)?.value)));
        if wave.is_on() {
            let entries =
                lists.flat_map(|(kind, list)| list.split(',').map(move |own| (kind, own)));
            let namespace = workload.resource.id.namespace;
            wave.extra = entries.filter_map(|(kind, own)| extra(kind, namespace, own)).collect();
        }
        wave
    }

    /// Whether the workload has opted in.
    pub(crate) fn is_on(&self) -> bool {
        self.opt_in.as_ref().is_some_and(Annotation::is_true)
    }

    /// Whether Wave sees `reference`: volumes whether mounted or not, and no init container.
    pub(crate) fn sees(&self, reference: &Reference<'_>) -> bool {
        self.is_on()
            && reference.kind != ConfigKind::SecretProviderClass
            && !reference.field.is_of_init_container()
    }
}

/// The config that `entry` means. Entries are not trimmed, and one with two slashes is dropped, as by Wave.
fn extra<'d>(
    kind: ConfigKind,
    namespace: &'d str,
    entry: &'d str,
) -> Option<(ConfigKind, &'d str, &'d str)> {
    match entry.split_once('/') {
        None => Some((kind, namespace, entry)),
        Some((namespace, name)) => (!name.contains('/')).then_some((kind, namespace, name)),
    }
}

/// Tracks what Wave would: the configs that the pod template refers to, and those that are named.
///
/// ```yaml
/// kind: Deployment
/// metadata:
///   annotations:
///     wave.pusher.com/update-on-config-change: "true"
///     wave.pusher.com/extra-configmaps: "app-config,other-namespace/shared"
/// ```
pub(super) fn wave(candidate: &Candidate<'_>) -> Option<Answer> {
    let opt_in = candidate.wave.opt_in.as_ref().filter(|_| candidate.is_seen_by_wave)?;
    Some(Answer::track(opt_in))
}
