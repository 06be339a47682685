//! A value as a build changes it: what a manifest says, without places and comments.

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
    Sequence(Vec<Self>),
    /// A mapping, in the order in which kustomize keeps its keys.
    Mapping(Vec<(Arc<str>, Self)>),
}

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
        Self::Mapping(Vec::new())
    }

    /// The value of `node`, aliases and merge keys resolved.
    pub(crate) fn of(node: NodeRef<'_>) -> Self {
        if node.is_mapping() {
            let entries = node.entries();
            let entries = entries
                .map(|(key, value)| (key.text().unwrap_or_default().into(), Self::of(value)));
            Self::Mapping(entries.collect())
        } else if node.is_sequence() {
            Self::Sequence(node.items().map(Self::of).collect())
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
    pub(crate) fn entries(&self) -> &[(Arc<str>, Self)] {
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

    /// The value of `key`, if this is a mapping that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|(name, _)| &**name == key).map(|(_, value)| value)
    }

    /// The same, to be changed.
    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        let Self::Mapping(entries) = self else { return None };
        entries.iter_mut().find(|(name, _)| &**name == key).map(|(_, value)| value)
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
        if let Self::Mapping(entries) = self {
            entries.push((key.into(), value));
        }
    }

    /// Takes `key` out, if this is a mapping that has it.
    pub(crate) fn remove(&mut self, key: &str) -> Option<Self> {
        let Self::Mapping(entries) = self else { return None };
        let index = entries.iter().position(|(name, _)| &**name == key)?;
        Some(entries.remove(index).1)
    }
}
