//! `labels`: labels of every resource, and if the entry says so of pod templates and selectors.

use std::sync::Arc;

use super::super::error::BuildError;
use super::super::field_spec::FieldSpec;
use super::super::node::Node;
use super::super::step::Step;
use super::super::value::Value;

pub(super) fn apply(step: &mut Step<'_, '_>, list: &Node) -> Result<(), BuildError> {
    const KNOWN: [&str; 5] =
        ["pairs", "includeSelectors", "includeTemplates", "fields", "fieldSpecs"];
    let configuration = step.layer.configuration.clone();
    let metadata = FieldSpec::new("", "", "metadata/labels", true);
    for entry in list.items()? {
        entry.only(&KNOWN)?;
        let own = ["fields", "fieldSpecs"].iter().filter_map(|key| entry.get(key));
        let mut fields = Vec::new();
        for field in own {
            for field in field.items()? {
                fields.push(FieldSpec::read(field)?);
            }
        }
        let mut all: Vec<_> = fields.iter().collect();
        if entry.flag("includeSelectors")? {
            all.extend(configuration.list("commonLabels"));
        } else {
            if entry.flag("includeTemplates")? {
                all.extend(configuration.list("templateLabels"));
            }
            all.push(&metadata);
        }
        all.extend(configuration.added("labels"));
        set_pairs(step, &entry.pairs_of("pairs")?, &all);
    }
    Ok(())
}

/// Does what a builtin transformer of labels or annotations, which `field` says, does.
pub(super) fn transform(
    step: &mut Step<'_, '_>,
    root: &Node,
    field: &str,
) -> Result<(), BuildError> {
    root.only(&["apiVersion", "kind", "metadata", "fieldSpecs", field])?;
    let fields = root.get("fieldSpecs").map_or(Ok(&[][..]), Node::items)?;
    let fields: Vec<_> = fields.iter().map(FieldSpec::read).collect::<Result<_, _>>()?;
    set_pairs(step, &root.pairs_of(field)?, &fields.iter().collect::<Vec<_>>());
    Ok(())
}

/// Sets each of `pairs` in the mapping at each of `fields` of every resource.
pub(super) fn set_pairs(
    step: &mut Step<'_, '_>,
    pairs: &[(Arc<str>, Arc<str>)],
    fields: &[&FieldSpec],
) {
    if pairs.is_empty() {
        return;
    }
    let set = &mut |value: &mut Value| {
        for (key, text) in pairs {
            value.set(key, Value::string(text.clone()));
        }
    };
    for resource in step.layer.resources_mut() {
        let resource = Arc::make_mut(resource);
        let gvk = resource.gvk().clone();
        for field in fields.iter().filter(|field| field.selector.matches(&gvk)) {
            resource.change_content(|value| field.change(value, set));
        }
    }
}
