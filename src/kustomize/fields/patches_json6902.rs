//! `patchesJson6902`: what `patches` with a target says today, applied after names have changed.

use super::super::error::BuildError;
use super::super::node::Node;
use super::super::step::Step;

pub(super) fn apply(step: &mut Step<'_, '_>, list: &Node) -> Result<(), BuildError> {
    for entry in list.items()? {
        entry.only(&["path", "patch", "target", "options"])?;
        if entry.get("target").is_none() {
            return Err(entry.fail("a JSON 6902 patch must have a `target`"));
        }
        super::patches::apply_entry(step, "patchesJson6902", entry)?;
    }
    Ok(())
}
