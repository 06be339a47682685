//! `buildMetadata`: annotations and labels that say what kustomize did. No stamp depends on them.

use super::super::error::BuildError;
use super::super::node::Node;
use super::super::step::Step;

pub(super) fn apply(_: &mut Step<'_, '_>, node: &Node) -> Result<(), BuildError> {
    const KNOWN: [&str; 3] = ["originAnnotations", "transformerAnnotations", "managedByLabel"];
    for entry in node.items()? {
        let option = entry.text()?;
        if !KNOWN.contains(&&**option) {
            return Err(entry.fail(format!("unknown option `{}`", option.escape_debug())));
        }
    }
    Ok(())
}
