//! `not-a-string`: a value that Kubernetes will not take for a string.

use super::{Context, Draft, Found, Subject};
use crate::finding::Code;
use crate::model::{Annotations, Config, Resource};
use crate::source::Place;
use crate::yaml::{Content, NodeRef, is_old_boolean, plain_type};

pub(super) fn find(context: &Context<'_>, subject: Subject<'_, '_>, found: &mut Found<'_>) {
    let Subject { workload, .. } = subject;
    let resource = &workload.resource;
    annotations(context, found, resource, resource.annotations(), "");
    annotations(context, found, resource, workload.template_annotations(), workload.template.path);
}

/// The same for what is a config.
pub(super) fn find_in_config(context: &Context<'_>, config: &Config<'_>, found: &mut Found<'_>) {
    let resource = &config.resource;
    annotations(context, found, resource, resource.annotations(), "");
    for field in config.fields() {
        let entries = resource.node.get(field).into_iter().flat_map(NodeRef::entries);
        for (key, value) in entries {
            let path = || format!("{field}.{}", key.text().unwrap_or_default());
            report(context, found, resource, (value, path));
        }
    }
}

fn annotations(
    context: &Context<'_>,
    found: &mut Found<'_>,
    resource: &Resource<'_>,
    annotations: Annotations<'_>,
    path: &str,
) {
    let dot = if path.is_empty() { "" } else { "." };
    for (annotation, _, value) in annotations.all() {
        let path = || format!("{path}{dot}metadata.annotations.{}", annotation.key);
        report(context, found, resource, (value, path));
    }
}

fn report(
    context: &Context<'_>,
    found: &mut Found<'_>,
    resource: &Resource<'_>,
    (value, path): (NodeRef<'_>, impl Fn() -> String),
) {
    let is = match value.resolved().content() {
        Content::Scalar(_) if value.is_plain() => {
            let text = value.text().unwrap_or_default();
            let is_string = is_old_boolean(text) && context.resources.is_in_resource_list(resource);
            plain_type(text).filter(|_| !is_string)
        }
        Content::Scalar(_) => None,
        _ => Some("a collection"),
    };
    let Some(is) = is else { return };
    let place = Place::new(resource.source, value.resolved().span());
    let field = path();
    let message = format!("`{field}` must be a string, and this is {is}");
    let draft =
        Draft::new(place, message, "put it in quotes").label("is not a string").field(field);
    found.add(Code::NotAString, resource, draft);
}
