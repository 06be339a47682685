//! `dangling-config` and `dangling-key`: what a workload refers to is not there.

use std::collections::BTreeSet;

use super::{Context, Draft, Elsewhere, Found, Subject};
use crate::finding::Code;
use crate::model::{Config, ConfigKind, REACH, Resource, Workload};
use crate::plan::WorkloadPlan;
use crate::reference::{Reference, Seen};
use crate::source::Place;
use crate::suggest::nearest;

pub(super) fn find(context: &Context<'_>, subject: Subject<'_, '_>, found: &mut Found<'_>) {
    let Subject { workload, plan, references, .. } = subject;
    // What is not there may be in a part of the build that is not seen.
    if plan.stamp.is_open {
        return;
    }
    let resources = context.resources;
    let is_missing = |reference: &&Reference<'_>| {
        let Reference { kind, name, is_optional, .. } = **reference;
        !is_optional
            && reference.is_mounted()
            && matches!(resources.resolve(&workload.resource, kind, name), Ok(None))
            && !resources.is_made(&plan.id.namespace, kind, name)
    };
    let mut said = BTreeSet::new();
    // A workload that has not opted in is neither touched nor talked about.
    for missing in references.iter().filter(|_| plan.is_opted_in).filter(is_missing) {
        if said.insert((missing.kind, missing.name)) {
            missing_config(context, found, workload, missing);
        }
    }
    let is_needed = |reference: &&Reference<'_>| {
        plan.is_opted_in && !reference.is_optional && reference.is_mounted()
    };
    for reference in references.iter().filter(is_needed) {
        missing_keys(context, found, (workload, plan), reference);
    }
}

fn missing_config(
    context: &Context<'_>,
    found: &mut Found<'_>,
    workload: &Workload<'_>,
    reference: &Reference<'_>,
) {
    let resource = &workload.resource;
    let (kind, name) = (reference.kind, reference.name);
    let (id, namespace) = (resource.id, resource.id.namespace);
    let (message, help) = match context.elsewhere(kind, name) {
        Some(Elsewhere::Nowhere) => (
            format!("{id} refers to {kind} {name}, which has no namespace"),
            format!("give it the workload's namespace, or run with `--namespace {namespace}`"),
        ),
        Some(Elsewhere::In(other)) => (
            format!("{id} refers to {kind} {name}, which is in namespace {other}"),
            if resource.has_namespace() {
                "a pod sees only its own namespace: move one of them".to_owned()
            } else {
                format!("give the workload its namespace, or run with `--namespace {other}`")
            },
        ),
        None => (
            format!("{id} refers to {kind} {name}, which nothing in the bundle is or makes"),
            unknown_config(context, resource, kind, name),
        ),
    };
    let place = Place::new(resource.source, reference.node.span());
    let field = reference.path(workload.template.path);
    let draft = Draft::new(place, message, help).label("is not there").field(field);
    found.add(Code::DanglingConfig, resource, draft);
}

/// What to do about a config that is nowhere.
fn unknown_config(
    context: &Context<'_>,
    resource: &Resource<'_>,
    kind: ConfigKind,
    name: &str,
) -> String {
    let resources = context.resources;
    let is_meant = |name: &&str| !matches!(resources.resolve(resource, kind, name), Ok(None));
    let names = resources.names_near(resource.id.namespace, kind, name).filter(is_meant);
    nearest(name, names).map_or_else(
        || "add it, or put `rollstamp.dev/allow: dangling-config` on the workload if it is made elsewhere".to_owned(),
        |near| format!("did you mean `{near}`?"),
    )
}

fn missing_keys(
    context: &Context<'_>,
    found: &mut Found<'_>,
    (workload, plan): (&Workload<'_>, &WorkloadPlan),
    reference: &Reference<'_>,
) {
    let (kind, name) = (reference.kind, reference.name);
    let Seen::Keys(keys) = &reference.keys else { return };
    let meant = context.resources.resolve(&workload.resource, kind, name).ok().flatten();
    let (namespace, current) = (&*plan.id.namespace, meant.map_or(name, Config::name));
    // Of two manifests of one config, an overlay's patch may well have the key.
    let Some(all) = context.resources.keys(namespace, kind, current) else { return };
    for (key, node) in keys {
        let Err(at) = all.binary_search_by(|own| (**own).cmp(key)) else { continue };
        let near = &all[at.saturating_sub(REACH)..all.len().min(at + REACH)];
        let help = nearest(key, near.iter().map(|key| &**key)).map_or_else(
            || "add the key, or make the reference `optional: true`".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        let message = format!("{kind} {name} has no key `{key}`");
        let place = Place::new(workload.resource.source, node.span());
        let mut draft = Draft::new(place, message, help)
            .label("is not among its keys")
            .field(reference.path(workload.template.path));
        if let Some(config) = context.resources.config(namespace, kind, current) {
            draft = draft.context(config.resource.name_place(), "the config");
        }
        found.add(Code::DanglingKey, &workload.resource, draft);
    }
}
