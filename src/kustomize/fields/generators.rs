//! `generators`: plugins that make resources.

use super::super::error::{BuildError, Touches};
use super::super::node::Node;
use super::super::step::Step;

pub(super) fn apply(step: &mut Step<'_, '_>, node: &Node) -> Result<(), BuildError> {
    if !node.is_empty() {
        let message = "a generator plugin is not run: what it makes is not known";
        step.unknown(node, "generators", Touches::Additions, message);
    }
    Ok(())
}
