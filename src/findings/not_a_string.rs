//! `not-a-string`: a value that Kubernetes will not take for a string.

use super::{Context, Draft, Found};
use crate::finding::Code;
use crate::model::{Annotations, Resource};
use crate::source::Place;
use crate::yaml::{NodeRef, plain_type};

pub(super) fn find(context: &Context<'_>, found: &mut Found<'_>) {
    for (workload, _) in context.workloads() {
        let resource = &workload.resource;
        annotations(found, resource, resource.annotations(), "");
        annotations(found, resource, workload.template_annotations(), &workload.template.path);
    }
    for config in &context.resources.configs {
        let resource = &config.resource;
        annotations(found, resource, resource.annotations(), "");
        for field in config.fields() {
            let entries = resource.node.get(field).into_iter().flat_map(NodeRef::entries);
            for (key, value) in entries {
                report(
                    found,
                    resource,
                    value,
                    &format!("{field}.{}", key.text().unwrap_or_default()),
                );
            }
        }
    }
}

fn annotations(
    found: &mut Found<'_>,
    resource: &Resource<'_>,
    annotations: Annotations<'_>,
    path: &str,
) {
    let dot = if path.is_empty() { "" } else { "." };
    for (annotation, _, value) in annotations.all() {
        report(
            found,
            resource,
            value,
            &format!("{path}{dot}metadata.annotations.{}", annotation.key),
        );
    }
}

fn report(found: &mut Found<'_>, resource: &Resource<'_>, value: NodeRef<'_>, field: &str) {
    let is = match value.text() {
        None => Some("a collection"),
        Some(text) if value.is_plain() => plain_type(text),
        Some(_) => None,
    };
    let Some(is) = is else { return };
    let place = Place::new(resource.source, value.resolved().span());
    let message = format!("`{field}` must be a string, and this is {is}");
    let draft =
        Draft::new(place, message, "put it in quotes").label("is not a string").field(field);
    found.add(Code::NotAString, resource, draft);
}
