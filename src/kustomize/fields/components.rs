//! `components`: kustomization files that change what this one has made so far.

use std::sync::Arc;

use super::super::error::{BuildError, Touches};
use super::super::node::Node;
use super::super::remote::is_remote;
use super::super::resource::{Origin, Resource};
use super::super::step::Step;

pub(super) fn apply(step: &mut Step<'_, '_>, list: &Node) -> Result<(), BuildError> {
    let generated = generated(step);
    for entry in list.items()? {
        add(step, entry)?;
    }
    let is_changed = |before: &Arc<Resource>| {
        let mut now = step.layer.resources.iter();
        !now.any(|now| Arc::ptr_eq(now, before))
    };
    if generated.iter().any(is_changed) {
        let message = "a component changes what a generator of this file makes: kubectl before 1.31 \
                       applies components first, and builds something else";
        step.note(list, message);
    }
    Ok(())
}

fn add(step: &mut Step<'_, '_>, entry: &Node) -> Result<(), BuildError> {
    let path = entry.text()?.clone();
    let directory = match step.path(entry, &path) {
        Ok(directory) if step.resolver.is_directory(&directory) => directory,
        _ if is_remote(&path) => {
            let message = "a remote component is not fetched: what it changes is not known";
            step.unknown(entry, "components", Touches::Everything, message);
            return Ok(());
        }
        Ok(_) => {
            let message = format!("there is no directory `{}`", path.escape_debug());
            return Err(entry.fail(message));
        }
        Err(error) => return Err(error),
    };
    let component = step.resolver.kustomization(&directory)?;
    if !component.is_component {
        let message = "what `components` names must have `kind: Component`";
        return Err(entry.fail(message));
    }
    step.resolver.run(&component, step.layer, entry)
}

/// The resources that generators of this very file have made.
fn generated(step: &Step<'_, '_>) -> Vec<Arc<Resource>> {
    let own = &step.kustomization.file;
    let resources = step.layer.resources.iter().filter(|resource| {
        let is_own =
            |origin: &Origin| matches!(origin, Origin::Generator { file, .. } if file == own);
        resource.origins().iter().any(is_own)
    });
    resources.cloned().collect()
}
