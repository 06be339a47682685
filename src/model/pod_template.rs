//! A pod template: the part of a workload that makes its pods, and that takes the stamp.

use super::Annotations;
use crate::yaml::NodeRef;

/// `PodTemplateSpec` of the Kubernetes API, in its manifest.
#[derive(Debug, Clone)]
pub(crate) struct PodTemplate<'d> {
    pub(crate) node: NodeRef<'d>,
    pub(crate) annotations: Annotations<'d>,
    /// The path from the workload to the template, with dots.
    pub(crate) path: &'d str,
}

impl<'d> PodTemplate<'d> {
    /// A list of the pod's spec: `containers`, `initContainers` or `volumes`.
    pub(crate) fn list(&self, field: &str) -> impl Iterator<Item = NodeRef<'d>> + use<'d> {
        self.node.at(["spec", field]).into_iter().flat_map(NodeRef::items)
    }
}
