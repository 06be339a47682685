//! `secretGenerator`: Secrets made of files, literals and environment files.

use super::super::error::BuildError;
use super::super::node::Node;
use super::super::step::Step;
use super::generator::{self, Kind};

pub(super) fn apply(step: &mut Step<'_, '_>, list: &Node) -> Result<(), BuildError> {
    list.items()?.iter().try_for_each(|entry| generator::generate(step, entry, Kind::Secret))
}
