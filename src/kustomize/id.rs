//! What names a resource.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::cluster_scoped::is_cluster_scoped;
use super::order::Rank;
use super::value::Value;

/// A group, a version and a kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Gvk {
    pub(crate) group: Arc<str>,
    pub(crate) version: Arc<str>,
    pub(crate) kind: Arc<str>,
    is_cluster_scoped: bool,
    rank: Rank,
}

impl Gvk {
    /// The kind `kind` of `api_version`.
    pub(super) fn new(api_version: &str, kind: &str) -> Self {
        let (group, version) = split(api_version);
        Self::of_parts(group, version, kind)
    }

    /// The kind `kind` of that group and version.
    pub(super) fn of_parts(group: &str, version: &str, kind: &str) -> Self {
        Self {
            group: group.into(),
            version: version.into(),
            kind: kind.into(),
            is_cluster_scoped: is_cluster_scoped(group, kind),
            rank: Rank::of(group, version, kind),
        }
    }

    /// The same group and version, but `kind`.
    pub(super) fn with_kind(&self, kind: &Arc<str>) -> Self {
        Self::of_parts(&self.group, &self.version, kind)
    }

    /// Where it comes in the order of the output.
    pub(super) fn rank(&self) -> &Rank {
        &self.rank
    }

    /// Whether its objects have no namespace.
    pub(super) fn is_cluster_scoped(&self) -> bool {
        self.is_cluster_scoped
    }
}

/// The group and the version of an `apiVersion`.
fn split(api_version: &str) -> (&str, &str) {
    api_version.split_once('/').unwrap_or(("", api_version))
}

/// What names a resource: two of them are equal if a build must not have both.
#[derive(Debug, Clone)]
pub(crate) struct Id {
    pub(crate) gvk: Arc<Gvk>,
    /// Empty if there is none.
    pub(crate) namespace: Arc<str>,
    pub(crate) name: Arc<str>,
}

/// The `apiVersion`, kind, namespace and name of a resource.
fn parts(value: &Value) -> [&str; 4] {
    fn text(value: Option<&Value>) -> &str {
        value.and_then(Value::text).unwrap_or_default()
    }
    let metadata = value.get("metadata");
    let own = |key| text(metadata.and_then(|metadata| metadata.get(key)));
    [text(value.get("apiVersion")), text(value.get("kind")), own("namespace"), own("name")]
}

/// The namespace of what has none.
const DEFAULT: &str = "default";

impl Id {
    /// What `value` says, as far as it says it.
    pub(super) fn of(value: &Value) -> Self {
        let [api_version, kind, namespace, name] = parts(value);
        let gvk = Gvk::new(api_version, kind).into();
        Self { gvk, namespace: namespace.into(), name: name.into() }
    }

    /// Whether this is what `value` says.
    pub(super) fn is_of(&self, value: &Value) -> bool {
        let [api_version, kind, namespace, name] = parts(value);
        let own = (&*self.gvk.group, &*self.gvk.version);
        own == split(api_version)
            && *self.gvk.kind == *kind
            && *self.namespace == *namespace
            && *self.name == *name
    }

    /// The namespace as kustomize compares it: no namespace counts as `default`, and a kind without
    /// namespaces has one of its own.
    pub(super) fn effective_namespace(&self) -> &str {
        if self.gvk.is_cluster_scoped() {
            "_non_namespaceable_"
        } else if self.namespace.is_empty() {
            DEFAULT
        } else {
            &self.namespace
        }
    }
}

impl PartialEq for Id {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && self.gvk == other.gvk
            && self.effective_namespace() == other.effective_namespace()
    }
}

impl Eq for Id {}

impl Hash for Id {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
        self.gvk.kind.hash(state);
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let namespace = if self.namespace.is_empty() { "" } else { "/" };
        write!(f, "{} {}{namespace}{}", self.gvk.kind, self.namespace, self.name)
    }
}
