//! `vars`: names for values of resources, which `$(NAME)` stands for.

use super::super::error::{BuildError, Touches};
use super::super::node::Node;
use super::super::step::Step;

pub(super) fn apply(step: &mut Step<'_, '_>, list: &Node) -> Result<(), BuildError> {
    for entry in list.items()? {
        let message = "a variable is not followed";
        step.unknown(entry, "vars", Touches::Everything, message);
    }
    Ok(())
}
