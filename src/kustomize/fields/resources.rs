//! `resources`: files of resources, and directories with a kustomization file.

use super::super::error::{BuildError, Touches};
use super::super::files::ReadError;
use super::super::node::Node;
use super::super::remote::is_remote;
use super::super::step::{Step, unreadable};

pub(super) fn apply(step: &mut Step<'_, '_>, list: &Node) -> Result<(), BuildError> {
    list.items()?.iter().try_for_each(|entry| add(step, "resources", entry))
}

/// Adds what `entry` of the field `field` names.
pub(super) fn add(
    step: &mut Step<'_, '_>,
    field: &'static str,
    entry: &Node,
) -> Result<(), BuildError> {
    let path = entry.text()?.clone();
    if path.contains("://") {
        remote(step, field, entry);
        return Ok(());
    }
    match step.path(entry, &path) {
        Ok(directory) if step.resolver.is_directory(&directory) => {
            let base = step.resolver.kustomization(&directory)?;
            if base.is_component {
                let message = "a Component must be named by `components`, not by `resources`";
                return Err(entry.fail(message));
            }
            let base = step.resolver.layer(&directory, entry)?;
            step.merge(entry, base)
        }
        Ok(file) => match step.resolver.read(&file) {
            Ok(bytes) => {
                step.use_file(entry, &file);
                let resources = step.resolver.resources(&file, &bytes)?;
                step.add(entry, &resources)
            }
            Err(ReadError::Missing) if is_remote(&path) => {
                remote(step, field, entry);
                Ok(())
            }
            Err(error) => Err(unreadable(entry, &path, &error)),
        },
        Err(_) if is_remote(&path) => {
            remote(step, field, entry);
            Ok(())
        }
        Err(error) => Err(error),
    }
}

fn remote(step: &mut Step<'_, '_>, field: &'static str, entry: &Node) {
    let message = "a remote base is not fetched: its resources are not known";
    step.unknown(entry, field, Touches::Additions, message);
}
