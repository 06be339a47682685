//! `vars`: names for values of resources, which `$(NAME)` stands for.

use super::super::error::{BuildError, Touches};
use super::super::kustomization::Kustomization;
use super::super::layer::Layer;
use super::super::node::Node;
use super::super::step::Step;

/// A variable.
#[derive(Debug)]
pub(in super::super) struct Variable {}

pub(super) fn apply(step: &mut Step<'_, '_>, list: &Node) -> Result<(), BuildError> {
    for entry in list.items()? {
        let message = "a variable is not followed";
        step.unknown(entry, "vars", Touches::Everything, message);
    }
    Ok(())
}

pub(in super::super) fn resolve(_: &mut Layer, _: &Kustomization) -> Result<(), BuildError> {
    Ok(())
}
