//! `generatorOptions`: what the generators of the same file have in common; they read it themselves.

use super::super::error::BuildError;
use super::super::node::Node;
use super::super::step::Step;

pub(super) fn apply(_: &mut Step<'_, '_>, node: &Node) -> Result<(), BuildError> {
    super::generator::Options::read(node).map(drop)
}
