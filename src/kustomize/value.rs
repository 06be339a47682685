//! A value as a build changes it: what a manifest says, without places and comments.
//!
//! Collections are shared until they are changed, and then only those on the way to the change are
//! copied: a thousand overlays that rename the resources of one base cost a thousand names.

use std::sync::Arc;

use crate::yaml::NodeRef;

/// A node of a resource while it is built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// Null, however it is written.
    Null,
    /// Anything else that is not a collection.
    Scalar(Scalar),
    /// A list.
    Sequence(Arc<Vec<Self>>),
    /// A mapping, in the order in which kustomize keeps its keys.
    Mapping(Arc<Vec<Entry>>),
}

/// A key and its value.
pub(crate) type Entry = (Arc<str>, Value);

/// A scalar's text after YAML unescaping, and whether it is a string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scalar {
    pub(crate) text: Arc<str>,
    /// Whether it is a string whatever its text looks like: quoted, a block scalar, or tagged `!!str`.
    pub(crate) is_quoted: bool,
}

impl Value {
    /// A string.
    pub(crate) fn string(text: impl Into<Arc<str>>) -> Self {
        Self::Scalar(Scalar { text: text.into(), is_quoted: true })
    }

    /// An empty mapping.
    pub(crate) fn mapping() -> Self {
        Self::of_entries(Vec::new())
    }

    /// A mapping of `entries`, whose keys differ.
    pub(crate) fn of_entries(entries: Vec<Entry>) -> Self {
        Self::Mapping(Arc::new(entries))
    }

    /// A list of `items`.
    pub(crate) fn of_items(items: Vec<Self>) -> Self {
        Self::Sequence(Arc::new(items))
    }

    /// The value of `node`, aliases and merge keys resolved.
    pub(crate) fn of(node: NodeRef<'_>) -> Self {
        if node.is_mapping() {
            let entries = node.entries();
            let entries = entries
                .map(|(key, value)| (key.text().unwrap_or_default().into(), Self::of(value)));
            Self::of_entries(entries.collect())
        } else if node.is_sequence() {
            Self::of_items(node.items().map(Self::of).collect())
        } else if node.is_null() {
            Self::Null
        } else {
            let text = node.text().unwrap_or_default().into();
            Self::Scalar(Scalar { text, is_quoted: !node.is_plain() })
        }
    }

    /// A scalar's text.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Scalar(scalar) => Some(&scalar.text),
            _ => None,
        }
    }

    /// The entries of a mapping; none of anything else.
    pub(crate) fn entries(&self) -> &[Entry] {
        match self {
            Self::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; none of anything else.
    pub(crate) fn items(&self) -> &[Self] {
        match self {
            Self::Sequence(items) => items,
            _ => &[],
        }
    }

    /// The entries of a mapping, to be changed.
    pub(crate) fn entries_mut(&mut self) -> Option<&mut Vec<Entry>> {
        match self {
            Self::Mapping(entries) => Some(Arc::make_mut(entries)),
            _ => None,
        }
    }

    /// The items of a list, to be changed.
    pub(crate) fn items_mut(&mut self) -> Option<&mut Vec<Self>> {
        match self {
            Self::Sequence(items) => Some(Arc::make_mut(items)),
            _ => None,
        }
    }

    /// The value of `key`, if this is a mapping that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|(name, _)| &**name == key).map(|(_, value)| value)
    }

    /// The same, to be changed.
    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        self.entries_mut()?.iter_mut().find(|(name, _)| &**name == key).map(|(_, value)| value)
    }

    /// The value at the end of `path`.
    pub(crate) fn at<'p>(&self, path: impl IntoIterator<Item = &'p str>) -> Option<&Self> {
        path.into_iter().try_fold(self, Self::get)
    }

    /// Sets `key`, which comes last if it is new. A value that is no mapping becomes one.
    pub(crate) fn set(&mut self, key: &str, value: Self) {
        if let Some(old) = self.get_mut(key) {
            *old = value;
            return;
        }
        if !matches!(self, Self::Mapping(_)) {
            *self = Self::mapping();
        }
        if let Some(entries) = self.entries_mut() {
            entries.push((key.into(), value));
        }
    }

    /// Takes `key` out, if this is a mapping that has it.
    pub(crate) fn remove(&mut self, key: &str) -> Option<Self> {
        let index = self.entries().iter().position(|(name, _)| &**name == key)?;
        Some(self.entries_mut()?.remove(index).1)
    }
}
