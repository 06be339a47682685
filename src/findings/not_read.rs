//! `not-read`: annotations of Reloader or Wave stand where nothing is read from.

use std::collections::BTreeMap;

use super::{Context, Draft, Found};
use crate::finding::Code;
use crate::model::{is_workload_kind, plural_kind};
use crate::source::Place;

/// How many places are named: the first ones.
const NAMED: usize = 5;

/// Finds what carries annotations that opt in and is no workload: releases, values, custom resources, patches.
/// One finding tells of all.
pub(super) fn find(context: &Context<'_>, found: &mut Found<'_>) {
    let mut counts = BTreeMap::<_, usize>::new();
    let mut places = Vec::new();
    for other in &context.resources.others {
        let text = &context.sources[other.source].text()[other.span.clone()];
        let Some(at) = context.opt_ins.find(text) else { continue };
        *counts.entry(other.kind).or_default() += 1;
        let at = other.span.start + at;
        places.push((Place::new(other.source, at..at), other.kind));
    }
    let Some((first, _)) = places.first().cloned() else { return };
    let is_workload = |kind: &str| is_workload_kind(kind, context.options);
    let counted = |(kind, count): (Option<&str>, _)| {
        let lacks = if kind.is_some_and(is_workload) { " without a pod template" } else { "" };
        counted(kind, count) + lacks
    };
    let counts: Vec<_> = counts.into_iter().map(counted).collect();
    let message =
        format!("annotations of Reloader or Wave are not read from {}", counts.join(", "));
    let help = "render them first, as with `helm template ... | rollstamp check`, or name their pod template by the option `workloads`";
    let draft = Draft::new(first, message, help).label("is not read");
    let others = places.into_iter().skip(1).take(NAMED - 1);
    let draft =
        others.fold(draft, |draft, (place, kind)| draft.context(place, kind.unwrap_or("no kind")));
    found.push(Code::NotRead, None, draft);
}

/// `2 HelmReleases`, `1 file without a kind`.
fn counted(kind: Option<&str>, count: usize) -> String {
    match (kind, count) {
        (None, 1) => "1 manifest without a kind".to_owned(),
        (None, _) => format!("{count} manifests without a kind"),
        (Some(kind), 1) => format!("1 {kind}"),
        (Some(kind), _) => format!("{count} {}", plural_kind(kind)),
    }
}
