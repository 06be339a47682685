//! `replicas`: how many pods a workload has. No stamp depends on it, but a build fails if there is no
//! such workload.

use super::super::error::BuildError;
use super::super::node::Node;
use super::super::step::Step;

pub(super) fn apply(step: &mut Step<'_, '_>, list: &Node) -> Result<(), BuildError> {
    const KINDS: [&str; 4] = ["Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"];
    for entry in list.items()? {
        entry.only(&["name", "count"])?;
        let name = entry.text_of("name")?.cloned().unwrap_or_default();
        let configuration = step.layer.configuration.clone();
        let is_counted = |kind: &str| {
            KINDS.contains(&kind)
                || configuration.added("replicas").iter().any(|field| field.selector.kind == kind)
        };
        let mut resources = step.layer.resources.iter();
        let is_there = resources.any(|resource| {
            let mut ids = resource.previous_ids().iter().chain([resource.id()]);
            is_counted(&resource.gvk().kind) && ids.any(|id| id.name == name)
        });
        if !is_there && !step.layer.may_lack_resources {
            let message = format!("no workload is called `{}`", name.escape_debug());
            return Err(entry.fail(message));
        }
    }
    Ok(())
}
