//! The annotations of a resource or of a pod template.

use crate::source::Place;
use crate::yaml::NodeRef;

/// `metadata.annotations`, be it there or not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Annotations<'d> {
    node: Option<NodeRef<'d>>,
    source: usize,
    /// The path of what they belong to: empty for a resource, `spec.template` for its pod template.
    owner: &'d str,
}

impl<'d> Annotations<'d> {
    /// The annotations in `metadata`, which is that of `owner` (a path within a resource in source
    /// number `source`).
    pub(crate) fn of(metadata: Option<NodeRef<'d>>, source: usize, owner: &'d str) -> Self {
        Self { node: metadata.and_then(|metadata| metadata.get("annotations")), source, owner }
    }

    /// The annotation `key`, if it is there. Null is the empty string, as for the API server.
    pub(crate) fn get(self, key: &'d str) -> Option<Annotation<'d>> {
        let value = self.node?.get(key)?;
        Some(self.annotation(key, value))
    }

    /// All annotations, with the nodes of their keys and values.
    pub(crate) fn all(
        self,
    ) -> impl Iterator<Item = (Annotation<'d>, NodeRef<'d>, NodeRef<'d>)> + use<'d> {
        let entries = self.node.into_iter().flat_map(NodeRef::entries);
        entries
            .filter_map(move |(key, value)| Some((self.annotation(key.text()?, value), key, value)))
    }

    fn annotation(self, key: &'d str, value: NodeRef<'d>) -> Annotation<'d> {
        let text = if value.is_null() { "" } else { value.text().unwrap_or_default() };
        let Self { source, owner, .. } = self;
        Annotation { key, value: text, place: Place::new(source, value.span()), owner }
    }
}

/// One annotation and where its value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Annotation<'d> {
    pub(crate) key: &'d str,
    pub(crate) value: &'d str,
    pub(crate) place: Place,
    owner: &'d str,
}

impl<'d> Annotation<'d> {
    /// The path of its field within the resource.
    pub(crate) fn field(&self) -> String {
        let dot = if self.owner.is_empty() { "" } else { "." };
        format!("{}{dot}metadata.annotations.{}", self.owner, self.key)
    }

    /// `true` as Go's `strconv.ParseBool` reads it: Reloader's dialect for `auto`.
    pub(crate) fn is_truthy(&self) -> bool {
        matches!(self.value, "1" | "t" | "T" | "true" | "True" | "TRUE")
    }

    /// Exactly `true`: Reloader's dialect for `search`, `match` and `ignore`.
    pub(crate) fn is_true(&self) -> bool {
        self.value == "true"
    }

    /// The entries of a comma-separated list, without the white space around them.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &'d str> + use<'d> {
        self.value.split(',').map(str::trim)
    }
}
