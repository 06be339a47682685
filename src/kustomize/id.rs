//! What names a resource.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::cluster_scoped::is_cluster_scoped;
use super::value::Value;

/// A group, a version and a kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Gvk {
    pub(crate) group: Arc<str>,
    pub(crate) version: Arc<str>,
    pub(crate) kind: Arc<str>,
}

impl Gvk {
    /// The kind `kind` of `api_version`.
    pub(super) fn new(api_version: &str, kind: &str) -> Self {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        Self { group: group.into(), version: version.into(), kind: kind.into() }
    }

    /// Whether its objects have no namespace.
    pub(super) fn is_cluster_scoped(&self) -> bool {
        is_cluster_scoped(&self.group, &self.kind)
    }
}

/// What names a resource: two of them are equal if a build must not have both.
#[derive(Debug, Clone)]
pub(crate) struct Id {
    pub(crate) gvk: Arc<Gvk>,
    /// Empty if there is none.
    pub(crate) namespace: Arc<str>,
    pub(crate) name: Arc<str>,
}

/// The namespace of what has none.
const DEFAULT: &str = "default";

impl Id {
    /// What `value` says, as far as it says it.
    pub(super) fn of(value: &Value) -> Self {
        let text = |path: &[&str]| {
            value.at(path.iter().copied()).and_then(Value::text).unwrap_or_default()
        };
        let gvk = Gvk::new(text(&["apiVersion"]), text(&["kind"]));
        let namespace = text(&["metadata", "namespace"]).into();
        Self { gvk: gvk.into(), namespace, name: text(&["metadata", "name"]).into() }
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
