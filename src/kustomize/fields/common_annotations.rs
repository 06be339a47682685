//! `commonAnnotations`: annotations of every resource, and of the pod templates of known kinds.

use super::super::error::BuildError;
use super::super::node::Node;
use super::super::step::Step;
use super::labels::set_pairs;

pub(super) fn apply(step: &mut Step<'_, '_>, node: &Node) -> Result<(), BuildError> {
    let configuration = step.layer.configuration.clone();
    let fields: Vec<_> = configuration.list("commonAnnotations").collect();
    set_pairs(step, &node.pairs()?, &fields);
    Ok(())
}
