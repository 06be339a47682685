//! `generators`: plugins that make resources.

use super::super::error::{BuildError, Touches};
use super::super::node::Node;
use super::super::step::Step;

pub(super) fn apply(step: &mut Step<'_, '_>, list: &Node) -> Result<(), BuildError> {
    for entry in list.items()? {
        let message = "a generator plugin is not run: what it makes is not known";
        step.unknown(entry, "generators", Touches::Additions, message);
    }
    Ok(())
}
