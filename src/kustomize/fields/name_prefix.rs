//! `namePrefix`: put before the name of every resource.

use std::sync::Arc;

use super::super::error::BuildError;
use super::super::node::Node;
use super::super::resource::Resource;
use super::super::step::Step;

pub(super) fn apply(step: &mut Step<'_, '_>, node: &Node) -> Result<(), BuildError> {
    let prefix = node.text()?;
    if prefix.is_empty() {
        return Ok(());
    }
    for resource in step.layer.resources_mut().filter(|resource| is_renamed(resource)) {
        let resource = Arc::make_mut(resource);
        resource.prefixes.push(prefix.clone());
        resource.remember();
        resource.rename(format!("{prefix}{}", resource.id().name).into());
    }
    Ok(())
}

/// Whether prefixes and suffixes are put around the name of `resource`.
pub(super) fn is_renamed(resource: &Resource) -> bool {
    !["APIService", "CustomResourceDefinition", "Namespace"]
        .contains(&&*resource.original_id().gvk.kind)
}
