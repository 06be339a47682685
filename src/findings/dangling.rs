//! `dangling-config` and `dangling-key`: what a workload refers to is not there.

use std::collections::BTreeSet;

use super::{Context, Draft, Found, Subject};
use crate::finding::Code;
use crate::model::{Config, Workload};
use crate::plan::WorkloadPlan;
use crate::reference::{Reference, Seen};
use crate::source::Place;
use crate::suggest::nearest;

pub(super) fn find(context: &Context<'_>, subject: Subject<'_, '_>, found: &mut Found<'_>) {
    let Subject { workload, plan, references, .. } = subject;
    let resources = context.resources;
    let is_missing = |reference: &&Reference<'_>| {
        let Reference { kind, name, is_optional, .. } = **reference;
        !is_optional
            && reference.is_mounted()
            && matches!(resources.resolve(&workload.resource, kind, name), Ok(None))
            && resources.producer(&plan.id.namespace, kind, name).is_none()
    };
    let mut said = BTreeSet::new();
    // A workload that has not opted in is neither touched nor talked about.
    for missing in references.iter().filter(|_| plan.is_opted_in).filter(is_missing) {
        if said.insert((missing.kind, missing.name)) {
            missing_config(context, found, workload, missing);
        }
    }
    for reference in references.iter().filter(|reference| !reference.is_optional) {
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
    let message =
        format!("{kind} {name} must be in the bundle to be part of the stamp of {}", resource.id);
    let namespace = resource.id.namespace;
    let resources = context.resources;
    let is_meant = |name: &&str| !matches!(resources.resolve(resource, kind, name), Ok(None));
    let near = nearest(name, resources.names_in(namespace, kind).filter(is_meant));
    let elsewhere = context.namespace_of(kind, name).filter(|_| !resource.has_namespace());
    let mut homeless = resources.configs(&context.options.namespace, kind, name);
    let help = if homeless.any(|config| !config.resource.has_namespace()) {
        format!(
            "{kind} {name} is there without a namespace: give it one, or run with `--namespace {namespace}`"
        )
    } else if let Some(other) = elsewhere {
        format!(
            "{kind} {name} is in namespace {other}: run with `--namespace {other}`, or give the workload its namespace"
        )
    } else if let Some(near) = near {
        format!("did you mean `{near}`?")
    } else {
        "add it, or say that it is made elsewhere by `rollstamp.dev/allow: dangling-config` on the workload"
            .to_owned()
    };
    let place = Place::new(resource.source, reference.node.span());
    let field = reference.path(workload.template.path);
    found.add(
        Code::DanglingConfig,
        resource,
        Draft::new(place, message, help).label("is not there").field(field),
    );
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
    let configs =
        context.resources.configs(&plan.id.namespace, kind, meant.map_or(name, Config::name));
    for (key, node) in keys {
        // Of two manifests of one config, an overlay's patch may well have the key.
        if configs.clone().next().is_none() || configs.clone().any(|config| config.has_key(key)) {
            continue;
        }
        let all = configs.clone().flat_map(Config::keys);
        let help = nearest(key, all).map_or_else(
            || "add the key, or make the reference `optional: true`".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        let message = format!("{kind} {name} must have the key `{key}`");
        let place = Place::new(workload.resource.source, node.span());
        let mut draft = Draft::new(place, message, help)
            .label("is not among its keys")
            .field(reference.path(workload.template.path));
        for config in configs.clone().take(1) {
            draft = draft.context(config.resource.name_place(), "the config");
        }
        found.add(Code::DanglingKey, &workload.resource, draft);
    }
}
