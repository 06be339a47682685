//! `patchesStrategicMerge`: files and inline texts that hold parts of the resources they change.

use super::super::error::BuildError;
use super::super::node::Node;
use super::super::patch::strategic::{self, Allowed};
use super::super::step::Step;
use super::patches::{Body, Text, Work};

pub(super) fn apply(step: &mut Step<'_, '_>, list: &Node) -> Result<(), BuildError> {
    for entry in list.items()? {
        let text = entry.text()?.clone();
        let text = if text.contains('\n') { Text::Inline(text) } else { Text::File(text) };
        let Body::Merge(patches) = text.read(step, entry)? else {
            return Err(entry.fail("a strategic merge patch must be a part of a resource"));
        };
        let allowed = Allowed { name_change: false, kind_change: false };
        let work = Work { field: "patchesStrategicMerge", entry, allowed };
        for patch in &patches {
            work.merge_named(step, &strategic::with_texts(patch))?;
        }
    }
    Ok(())
}
