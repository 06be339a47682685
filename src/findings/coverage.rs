//! `spec-coverage` and `placeholder`: what a stamp cannot see.

use super::{Context, Draft, Found};
use crate::finding::Code;
use crate::model::{Config, Coverage};
use crate::source::Place;

/// Finds what the stamp does not see of `config`, which is tracked.
pub(super) fn find(context: &Context<'_>, config: &Config<'_>, found: &mut Found<'_>) {
    spec_coverage(found, config);
    placeholder(context, found, config);
}

fn spec_coverage(found: &mut Found<'_>, config: &Config<'_>) {
    if config.coverage() != Coverage::Spec {
        return;
    }
    let message =
        format!("the stamp sees the spec of {}, not the content behind it", config.resource.id);
    let help = "keep a controller in the cluster if the content rotates without a commit";
    let draft =
        Draft::new(config.resource.name_place(), message, help).label("rotation cannot be seen");
    found.add(Code::SpecCoverage, &config.resource, draft);
}

fn placeholder(context: &Context<'_>, found: &mut Found<'_>, config: &Config<'_>) {
    let source = context.sources[config.resource.source].name();
    let Some((key, replacer)) = context.resources.placeholder(config, source) else { return };
    let (id, name, replacer) =
        (config.resource.id, key.text().unwrap_or_default(), replacer.name());
    let message = format!(
        "{replacer} fills in `{name}` of {id} later: the stamp sees the placeholder, not the value"
    );
    let help = "stamp the output of that step instead, if the values change without a commit";
    let draft = Draft::new(Place::new(config.resource.source, key.span()), message, help);
    found.add(Code::Placeholder, &config.resource, draft.label("is filled in later").field(name));
}
