//! A reference: a field of a pod template that names a config.

use std::collections::HashSet;
use std::fmt;

use crate::model::{ConfigKind, PodTemplate};
use crate::yaml::{NodeRef, Span};

/// A field of a pod template that names a config.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference<'d> {
    pub(crate) kind: ConfigKind,
    pub(crate) name: &'d str,
    pub(crate) field: Field,
    /// Where the name stands.
    pub(crate) span: Span,
}

/// The path of a reference, below the pod template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    list: &'static str,
    index: usize,
    inner: Option<(&'static str, usize)>,
    leaf: &'static str,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "spec.{}[{}]", self.list, self.index)?;
        if let Some((list, index)) = self.inner {
            write!(f, ".{list}[{index}]")?;
        }
        write!(f, ".{}", self.leaf)
    }
}

/// The references of `template`, in the order in which a stamp counts its configs: environments of
/// init containers, environments of containers, then volumes.
///
/// As for Reloader, a volume that no container mounts is none, and keys, `optional` and `subPath`
/// do not matter. Unlike there, a config that several volumes name needs only one of them mounted.
pub(crate) fn references<'d>(template: &PodTemplate<'d>) -> Vec<Reference<'d>> {
    let mut found = Vec::new();
    for list in ["initContainers", "containers"] {
        for (index, container) in template.list(list).enumerate() {
            from_environment(container, list, index, &mut found);
        }
    }
    let mounted = mounted_volumes(template);
    for (index, volume) in template.list("volumes").enumerate() {
        let name = volume.get("name").and_then(NodeRef::text);
        if name.is_some_and(|name| mounted.contains(name)) {
            from_volume(volume, index, &mut found);
        }
    }
    found
}

fn mounted_volumes<'d>(template: &PodTemplate<'d>) -> HashSet<&'d str> {
    let containers = template.list("containers").chain(template.list("initContainers"));
    let mounts = containers.filter_map(|container| container.get("volumeMounts"));
    mounts.flat_map(NodeRef::items).filter_map(|mount| mount.get("name")?.text()).collect()
}

fn from_environment<'d>(
    container: NodeRef<'d>,
    list: &'static str,
    index: usize,
    found: &mut Vec<Reference<'d>>,
) {
    let items = |field| container.get(field).into_iter().flat_map(NodeRef::items).enumerate();
    for (inner, source) in items("envFrom") {
        let field = |leaf| Field { list, index, inner: Some(("envFrom", inner)), leaf };
        found.extend(reference(source, "configMapRef", "name", field("configMapRef")));
        found.extend(reference(source, "secretRef", "name", field("secretRef")));
    }
    for (inner, variable) in items("env") {
        let field = |leaf| Field { list, index, inner: Some(("env", inner)), leaf };
        let Some(source) = variable.get("valueFrom") else { continue };
        let leaf = field("valueFrom.configMapKeyRef");
        found.extend(reference(source, "configMapKeyRef", "name", leaf));
        found.extend(reference(source, "secretKeyRef", "name", field("valueFrom.secretKeyRef")));
    }
}

fn from_volume<'d>(volume: NodeRef<'d>, index: usize, found: &mut Vec<Reference<'d>>) {
    let list = "volumes";
    let field = |leaf| Field { list, index, inner: None, leaf };
    found.extend(reference(volume, "configMap", "name", field("configMap")));
    found.extend(reference(volume, "secret", "secretName", field("secret")));
    let sources = volume.at(["projected", "sources"]).into_iter().flat_map(NodeRef::items);
    for (inner, source) in sources.enumerate() {
        let field = |leaf| Field { list, index, inner: Some(("projected.sources", inner)), leaf };
        found.extend(reference(source, "configMap", "name", field("configMap")));
        found.extend(reference(source, "secret", "name", field("secret")));
    }
}

/// The reference that `parent` makes by its `member`, whose `key` holds the name.
fn reference<'d>(
    parent: NodeRef<'d>,
    member: &str,
    key: &str,
    field: Field,
) -> Option<Reference<'d>> {
    let name = parent.at([member, key])?;
    let kind =
        if member.starts_with("configMap") { ConfigKind::ConfigMap } else { ConfigKind::Secret };
    let text = name.text().filter(|text| !text.is_empty())?;
    Some(Reference { kind, name: text, field, span: name.span() })
}
