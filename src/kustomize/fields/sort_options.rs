//! `sortOptions`: the order of the output. No stamp depends on it.

use super::super::error::BuildError;
use super::super::node::Node;
use super::super::step::Step;

pub(super) fn apply(_: &mut Step<'_, '_>, node: &Node) -> Result<(), BuildError> {
    node.only(&["order", "legacySortOptions"])
}
