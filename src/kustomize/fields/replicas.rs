//! `replicas`: how many pods a workload has.

use std::sync::Arc;

use super::super::error::BuildError;
use super::super::field_spec::FieldSpec;
use super::super::node::Node;
use super::super::resource::Resource;
use super::super::step::Step;

pub(super) fn apply(step: &mut Step<'_, '_>, list: &Node) -> Result<(), BuildError> {
    const KINDS: [&str; 4] = ["Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"];
    let mut fields: Vec<_> =
        KINDS.iter().map(|kind| FieldSpec::new("", kind, "spec/replicas", true)).collect();
    fields.extend_from_slice(step.layer.configuration.added("replicas"));
    for entry in list.items()? {
        entry.only(&["name", "count"])?;
        let name = entry.text_of("name")?.cloned().unwrap_or_default();
        let count = entry.get("count").map(Node::value);
        let mut is_found = false;
        for resource in step.layer.resources_mut().filter(|resource| is_called(resource, &name)) {
            let gvk = resource.gvk().clone();
            for field in fields.iter().filter(|field| field.selector.matches(&gvk)) {
                is_found = true;
                let Some(count) = &count else { continue };
                let set = &mut |value: &mut _| *value = count.clone();
                Arc::make_mut(resource).change_content(|value| field.change(value, set));
            }
        }
        if !is_found && !step.layer.may_lack_resources {
            let message = format!("no workload is called `{}`", name.escape_debug());
            return Err(entry.fail(message));
        }
    }
    Ok(())
}

fn is_called(resource: &Resource, name: &str) -> bool {
    let mut ids = resource.previous_ids().iter().chain([resource.id()]);
    ids.any(|id| &*id.name == name)
}
