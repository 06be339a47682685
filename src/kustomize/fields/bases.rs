//! `bases`: what `resources` names today.

use super::super::error::BuildError;
use super::super::node::Node;
use super::super::step::Step;

pub(super) fn apply(step: &mut Step<'_, '_>, list: &Node) -> Result<(), BuildError> {
    list.items()?.iter().try_for_each(|entry| super::resources::add(step, "bases", entry))
}
