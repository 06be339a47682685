//! `match-without-search` and `search-without-match`: the other half is nowhere in the bundle.

use super::{Context, Draft, Found};
use crate::finding::Code;
use crate::model::{Annotation, Config, ConfigKind, Workload};
use crate::rules::Switches;

pub(super) fn find(context: &Context<'_>, found: &mut Found<'_>) {
    let names = &context.options.annotations;
    let searches: Vec<_> = context
        .resources
        .workloads
        .iter()
        .filter(|workload| {
            let mut places = workload.annotations().chain([workload.template_annotations()]);
            places.any(|annotations| annotations.get(&names.search).is_some())
        })
        .filter_map(|workload| {
            let kinds = ConfigKind::ALL.into_iter();
            let search = { kinds }.find_map(|kind| Switches::read(workload, kind, names).search);
            Some((workload, search.filter(Annotation::is_true)?))
        })
        .collect();
    let matches: Vec<_> = context
        .resources
        .configs
        .iter()
        .filter_map(|config| {
            let annotation = config.resource.annotations().get(&names.r#match);
            Some((config, annotation.filter(Annotation::is_true)?))
        })
        .collect();
    if matches.is_empty() {
        for search in &searches {
            search_without_match(context, found, search);
        }
    }
    if searches.is_empty() {
        for own in &matches {
            match_without_search(context, found, own);
        }
    }
}

fn search_without_match(
    context: &Context<'_>,
    found: &mut Found<'_>,
    (workload, annotation): &(&Workload<'_>, Annotation<'_>),
) {
    let other = &context.options.annotations.r#match;
    let message = format!("{} searches, and no config of the bundle matches", workload.resource.id);
    let help = format!("put `{other}: \"true\"` on the configs that it is to track");
    let draft = Draft::new(annotation.place.clone(), message, help).label("finds nothing");
    found.add(Code::SearchWithoutMatch, &workload.resource, draft.field(annotation.field()));
}

fn match_without_search(
    context: &Context<'_>,
    found: &mut Found<'_>,
    (config, annotation): &(&Config<'_>, Annotation<'_>),
) {
    let other = &context.options.annotations.search;
    let message = format!("{} matches, and no workload of the bundle searches", config.resource.id);
    let help = format!("put `{other}: \"true\"` on the workloads that are to track it");
    let draft =
        Draft::new(annotation.place.clone(), message, help).label("is looked for by nobody");
    found.add(Code::MatchWithoutSearch, &config.resource, draft.field(annotation.field()));
}
