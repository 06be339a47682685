//! `openapi`: a schema, which says how lists of custom resources are merged.

use super::super::error::{BuildError, Touches};
use super::super::node::Node;
use super::super::step::Step;

pub(super) fn apply(step: &mut Step<'_, '_>, node: &Node) -> Result<(), BuildError> {
    node.only(&["path", "version"])?;
    if !node.is_empty() {
        let message = "the schema is not read: how patches merge lists is not known";
        step.unknown(node, "openapi", Touches::Everything, message);
    }
    Ok(())
}
