//! A value as a build changes it: what a manifest says, without places and comments.
//!
//! Collections are shared until they are changed, and then only those on the way to the change are
//! copied: a thousand overlays that rename the resources of one base cost a thousand names.

use std::sync::Arc;

use crate::yaml::{NodeRef, is_old_boolean};

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

    /// A scalar without quotes.
    pub(crate) fn plain(text: impl Into<Arc<str>>) -> Self {
        Self::Scalar(Scalar { text: text.into(), is_quoted: false })
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
    #[cfg(test)]
    pub(crate) fn of(node: NodeRef<'_>) -> Self {
        Self::of_at_most(node, &mut usize::MAX.clone()).expect("a test's value is small")
    }

    /// The same, if it has no more nodes than `left`, which are counted down: aliases can make a short
    /// text stand for a long one.
    pub(crate) fn of_at_most(node: NodeRef<'_>, left: &mut usize) -> Option<Self> {
        *left = left.checked_sub(1)?;
        Some(if node.is_mapping() {
            let entries = node.entries().map(|(key, value)| {
                Some((key.text().unwrap_or_default().into(), Self::of_at_most(value, left)?))
            });
            Self::of_entries(entries.collect::<Option<_>>()?)
        } else if node.is_sequence() {
            let items = node.items().map(|item| Self::of_at_most(item, left));
            Self::of_items(items.collect::<Option<_>>()?)
        } else if node.is_null() {
            Self::Null
        } else {
            let text = node.text().unwrap_or_default().into();
            Self::Scalar(Scalar { text, is_quoted: !node.is_plain() })
        })
    }

    /// The value as YAML 1.1 has it, in which `y`, `no` and the like are booleans.
    pub(crate) fn in_old_yaml(self) -> Self {
        match self {
            Self::Scalar(Scalar { text, is_quoted: false }) if is_old_boolean(&text) => {
                let is_true = matches!(text.to_ascii_lowercase().as_str(), "y" | "yes" | "on");
                let text = if is_true { "true" } else { "false" };
                Self::Scalar(Scalar { text: text.into(), is_quoted: false })
            }
            Self::Sequence(items) => {
                Self::of_items(items.iter().cloned().map(Self::in_old_yaml).collect())
            }
            Self::Mapping(entries) => {
                let entries = entries.iter().cloned();
                Self::of_entries(entries.map(|(key, value)| (key, value.in_old_yaml())).collect())
            }
            other => other,
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
        // What is not there must not be copied.
        let index = self.entries().iter().position(|(name, _)| &**name == key)?;
        self.entries_mut().map(|entries| &mut entries[index].1)
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
