//! A resource: one KRM object in a manifest, and what identifies it.

use std::fmt;
use std::sync::Arc;

use super::Annotations;
use crate::options::Options;
use crate::source::Place;
use crate::yaml::NodeRef;

/// `apiVersion` and `kind` of a resource, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupVersionKind {
    /// The API group; empty for the core group.
    pub group: String,
    /// The version within the group.
    pub version: String,
    /// The kind.
    pub kind: String,
}

impl GroupVersionKind {
    /// Takes `api_version`, such as `apps/v1` or `v1`, apart.
    ///
    /// ```
    /// let deployment = rollstamp::GroupVersionKind::new("apps/v1", "Deployment");
    /// assert_eq!((&*deployment.group, &*deployment.version), ("apps", "v1"));
    /// ```
    pub fn new(api_version: &str, kind: &str) -> Self {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        Self { group: group.to_owned(), version: version.to_owned(), kind: kind.to_owned() }
    }

    /// The two put together again, as `apiVersion` has them.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.clone()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }
}

/// What tells a resource from all others: its kind, namespace and name.
///
/// Two versions of one API group name the same object, so the version does not count in
/// [`is_same`](Self::is_same).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceId {
    /// Group, version and kind.
    pub gvk: GroupVersionKind,
    /// `metadata.namespace`, or the namespace that a missing one means.
    pub namespace: String,
    /// `metadata.name`; empty if the manifest has none.
    pub name: String,
}

impl ResourceId {
    /// Whether the two name one object.
    pub fn is_same(&self, other: &Self) -> bool {
        self.gvk.group == other.gvk.group
            && self.gvk.kind == other.gvk.kind
            && self.namespace == other.namespace
            && self.name == other.name
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}/{}", self.gvk.kind, self.namespace, self.name)
    }
}

/// A [`ResourceId`] as it stands in the manifest: most are read, and never told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Identity<'d> {
    api_version: &'d str,
    pub(crate) kind: &'d str,
    pub(crate) namespace: &'d str,
    pub(crate) name: &'d str,
}

impl<'d> Identity<'d> {
    /// The API group; empty for the core group.
    pub(crate) fn group(self) -> &'d str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// The same, without the manifest.
    pub(crate) fn to_id(self) -> Arc<ResourceId> {
        let gvk = GroupVersionKind::new(self.api_version, self.kind);
        Arc::new(ResourceId {
            gvk,
            namespace: self.namespace.to_owned(),
            name: self.name.to_owned(),
        })
    }
}

impl fmt::Display for Identity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}/{}", self.kind, self.namespace, self.name)
    }
}

/// A resource and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Resource<'d> {
    pub(crate) id: Identity<'d>,
    pub(crate) node: NodeRef<'d>,
    /// Where `metadata.name` stands.
    name: Option<NodeRef<'d>>,
    has_namespace: bool,
    annotations: Annotations<'d>,
    /// Which source it stands in.
    pub(crate) source: usize,
    /// Which document of that source.
    pub(crate) document: usize,
}

impl<'d> Resource<'d> {
    /// Reads what identifies `node`, unless it is no resource: without `apiVersion` or `kind`.
    pub(crate) fn read(
        node: NodeRef<'d>,
        (source, document): (usize, usize),
        options: &'d Options,
    ) -> Option<Self> {
        let (api_version, kind) = (node.get("apiVersion")?.text()?, node.get("kind")?.text()?);
        let metadata = node.get("metadata");
        let annotations = Annotations::of(metadata, source, "");
        let metadata = |key| metadata?.get(key);
        let own = metadata("namespace").filter(|own| !own.is_null());
        let namespace = own.and_then(NodeRef::text).filter(|own| !own.is_empty());
        let namespace = namespace.unwrap_or(&options.namespace);
        let name = metadata("name");
        let text = name.filter(|name| !name.is_null()).and_then(NodeRef::text);
        let id = Identity { api_version, kind, namespace, name: text.unwrap_or_default() };
        let has_namespace = own.is_some();
        Some(Self { id, node, name, has_namespace, annotations, source, document })
    }

    /// `metadata.annotations`.
    pub(crate) fn annotations(&self) -> Annotations<'d> {
        self.annotations
    }

    /// Whether the manifest says which namespace it is in.
    pub(crate) fn has_namespace(&self) -> bool {
        self.has_namespace
    }

    /// Whether Helm applies it as a hook, apart from the objects that a release keeps.
    pub(crate) fn is_hook(&self) -> bool {
        self.annotations.get("helm.sh/hook").is_some()
    }

    /// Where the resource stands.
    pub(crate) fn place(&self) -> Place {
        Place::new(self.source, self.node.span())
    }

    /// Where to point to when the resource is meant: its name, or else its first byte.
    pub(crate) fn name_place(&self) -> Place {
        let name = self.name.map(NodeRef::span);
        let start = self.node.span().start;
        Place::new(self.source, name.unwrap_or(start..start))
    }
}
