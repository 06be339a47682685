//! `replacements`: copies a value from one resource into others.

use super::super::error::{BuildError, Touches};
use super::super::node::Node;
use super::super::step::Step;

pub(super) fn apply(step: &mut Step<'_, '_>, list: &Node) -> Result<(), BuildError> {
    for entry in list.items()? {
        let message = "a replacement is not followed";
        step.unknown(entry, "replacements", Touches::Everything, message);
    }
    Ok(())
}
