//! `validators`: plugins that look at the result.

use super::super::error::{BuildError, Touches};
use super::super::node::Node;
use super::super::step::Step;

pub(super) fn apply(step: &mut Step<'_, '_>, list: &Node) -> Result<(), BuildError> {
    for entry in list.items()? {
        let message = "a validator plugin is not run: it may refuse the build";
        step.unknown(entry, "validators", Touches::Nothing, message);
    }
    Ok(())
}
