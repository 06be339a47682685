//! `crds`: schemas of custom resources, which say where these name others.

use super::super::error::{BuildError, Touches};
use super::super::node::Node;
use super::super::step::Step;

pub(super) fn apply(step: &mut Step<'_, '_>, list: &Node) -> Result<(), BuildError> {
    for entry in list.items()? {
        let message =
            "the schemas of custom resources are not read: references in them are not known";
        step.unknown(entry, "crds", Touches::Everything, message);
    }
    Ok(())
}
