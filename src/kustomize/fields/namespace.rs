//! `namespace`: moves every resource.

use std::sync::Arc;

use super::super::error::BuildError;
use super::super::node::Node;
use super::super::step::Step;
use super::super::value::Value;

pub(super) fn apply(step: &mut Step<'_, '_>, node: &Node) -> Result<(), BuildError> {
    let namespace = node.text()?;
    if namespace.is_empty() {
        return Ok(());
    }
    let configuration = step.layer.configuration.clone();
    for resource in step.layer.resources_mut() {
        let resource = Arc::make_mut(resource);
        resource.remember();
        if &*resource.gvk().kind == "Namespace" && resource.gvk().group.is_empty() {
            resource.rename(namespace.clone());
        } else if !resource.gvk().is_cluster_scoped() {
            resource.move_to(namespace.clone());
        }
        let gvk = resource.gvk().clone();
        for field in configuration.added("namespace") {
            if field.selector.matches(&gvk) {
                let set = &mut |value: &mut Value| *value = Value::string(namespace.clone());
                resource.change(|value| field.change(value, set));
            }
        }
    }
    match step.layer.duplicate() {
        Some(id) => Err(node.fail(format!("in that namespace there would be two of {id}"))),
        None => Ok(()),
    }
}
