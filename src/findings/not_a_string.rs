//! `not-a-string`: a value that Kubernetes will not take for a string.

use super::{Context, Draft, Found, Subject};
use crate::finding::{Code, Severity};
use crate::model::{Annotations, Config, Resource};
use crate::source::Place;
use crate::yaml::{Content, NodeRef, is_old_boolean, key_as_stored, plain_type};

pub(super) fn find(context: &Context<'_>, subject: Subject<'_, '_>, found: &mut Found<'_>) {
    let Subject { workload, .. } = subject;
    let resource = &workload.resource;
    annotations(context, found, resource, resource.annotations());
    annotations(context, found, resource, workload.template_annotations());
}

/// The same for what is a config.
pub(super) fn find_in_config(context: &Context<'_>, config: &Config<'_>, found: &mut Found<'_>) {
    let resource = &config.resource;
    annotations(context, found, resource, resource.annotations());
    for field in config.fields() {
        let entries = resource.node.get(field).into_iter().flat_map(NodeRef::entries);
        for (key, value) in entries {
            let path = || format!("{field}.{}", key.text().unwrap_or_default());
            report_key(context, found, resource, (key, path));
            report_null(found, resource, (value, path));
            report(context, found, resource, (value, path));
        }
    }
}

/// A key that kubectl turns into another: `on` is `true` to it. kustomize and kpt keep the words of YAML
/// 1.1, and write them in quotes.
fn report_key(
    context: &Context<'_>,
    found: &mut Found<'_>,
    resource: &Resource<'_>,
    (key, path): (NodeRef<'_>, impl Fn() -> String),
) {
    let text = key.text().filter(|_| key.is_plain()).unwrap_or_default();
    if is_old_boolean(text) && context.resources.is_in_resource_list(resource) {
        return;
    }
    let Some(stored) = key_as_stored(text) else { return };
    let place = Place::new(resource.source, key.resolved().span());
    let message = format!("kubectl stores key `{text}` of {} as `{stored}`", resource.id);
    let draft = Draft::new(place, message, format!("put the key in quotes: \"{text}\""))
        .severity(Severity::Warning)
        .label("is not a string")
        .field(path());
    found.add(Code::NotAString, resource, draft);
}

/// A value that is null: the ways to apply it do not agree what that means.
fn report_null(
    found: &mut Found<'_>,
    resource: &Resource<'_>,
    (value, path): (NodeRef<'_>, impl Fn() -> String),
) {
    if !value.is_null() {
        return;
    }
    let field = path();
    let message = format!(
        "`{field}` is null: `kubectl apply` leaves the key out, and with `--server-side` it is empty"
    );
    let draft = Draft::new(
        Place::new(resource.source, value.resolved().span()),
        message,
        "write \"\" for an empty value, or remove the key",
    )
    .severity(Severity::Warning)
    .label("is null")
    .field(field);
    found.add(Code::NotAString, resource, draft);
}

fn annotations(
    context: &Context<'_>,
    found: &mut Found<'_>,
    resource: &Resource<'_>,
    annotations: Annotations<'_>,
) {
    for (annotation, _, value) in annotations.all() {
        report(context, found, resource, (value, || annotation.field()));
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
        Content::Sequence { .. } => Some("a list"),
        _ => Some("a mapping"),
    };
    let Some(is) = is else { return };
    let place = Place::new(resource.source, value.resolved().span());
    let field = path();
    let message = format!("`{field}` must be a string, and this is {is}");
    let help = match value.resolved().content() {
        Content::Sequence { .. } => "write one comma-separated string, as in \"first,second\"",
        Content::Mapping { .. } => "write one string: a block of lines after `|`, for example",
        Content::Scalar(_) | Content::Alias => "put it in quotes",
    };
    let draft = Draft::new(place, message, help).label("is not a string").field(field);
    found.add(Code::NotAString, resource, draft);
}
