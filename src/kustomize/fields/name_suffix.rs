//! `nameSuffix`: put behind the name of every resource.

use std::sync::Arc;

use super::super::error::BuildError;
use super::super::node::Node;
use super::super::step::Step;
use super::name_prefix::is_renamed;

pub(super) fn apply(step: &mut Step<'_, '_>, node: &Node) -> Result<(), BuildError> {
    let suffix = node.text()?;
    if suffix.is_empty() {
        return Ok(());
    }
    for resource in step.layer.resources_mut().filter(|resource| is_renamed(resource)) {
        let resource = Arc::make_mut(resource);
        resource.suffixes.push(suffix.clone());
        resource.remember();
        resource.rename(format!("{}{suffix}", resource.id().name).into());
    }
    Ok(())
}
