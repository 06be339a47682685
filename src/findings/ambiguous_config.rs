//! `ambiguous-config`: a name may mean several configs that kustomize has renamed.

use std::collections::BTreeSet;

use super::{Context, Draft, Found, Subject};
use crate::finding::Code;
use crate::model::{Ambiguous, ConfigKind, Workload};
use crate::source::Place;

pub(super) fn find(context: &Context<'_>, subject: Subject<'_, '_>, found: &mut Found<'_>) {
    let Subject { workload, plan, references, declared } = subject;
    if !plan.is_opted_in || !context.resources.has_renamed() {
        return;
    }
    for reference in references {
        let place = Place::new(workload.resource.source, reference.node.span());
        let field = reference.path(workload.template.path);
        check(context, found, workload, (reference.kind, reference.name), (place, field));
    }
    for (kind, switches) in ConfigKind::ALL.into_iter().zip(&declared.switches) {
        let Some(list) = &switches.list else { continue };
        let namespace = workload.resource.id.namespace;
        let names = list.patterns().flat_map(|own| own.among(context.resources, namespace, kind));
        for name in names.collect::<BTreeSet<_>>() {
            let field = list.annotation.field();
            let place = list.annotation.place.clone();
            check(context, found, workload, (kind, name), (place, field));
        }
    }
}

fn check(
    context: &Context<'_>,
    found: &mut Found<'_>,
    workload: &Workload<'_>,
    (kind, name): (ConfigKind, &str),
    (place, field): (Place, String),
) {
    let resolved = context.resources.resolve(&workload.resource, kind, name);
    let Err(Ambiguous { configs, others }) = resolved else { return };
    let mut names: Vec<_> = configs.iter().map(|config| format!("`{}`", config.name())).collect();
    names.extend((others > 0).then(|| format!("one of {others} more")));
    let message = format!("{kind} {name} must be one config, and may be {}", names.join(" or "));
    let help = "name one of them as it is called now: kustomize cannot tell them apart either";
    let draft = Draft::new(place, message, help).label("may mean several").field(field);
    let draft = configs
        .iter()
        .fold(draft, |draft, config| draft.context(config.resource.name_place(), "was called so"));
    found.add(Code::AmbiguousConfig, &workload.resource, draft);
}
