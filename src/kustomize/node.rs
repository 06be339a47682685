//! A kustomization file's own tree, which knows where every value stands.

use std::sync::Arc;

use super::error::BuildError;
use super::value::{Scalar, Value};
use crate::yaml::{NodeRef, Span, plain_type};

/// A value of a kustomization file. Of a key that is given twice, the last value counts.
#[derive(Debug, Clone)]
pub(super) struct Node {
    file: Arc<str>,
    pub(super) span: Span,
    content: Content,
}

/// Keys and their texts.
pub(super) type Pairs = Vec<(Arc<str>, Arc<str>)>;

#[derive(Debug, Clone)]
enum Content {
    Null,
    Scalar(Scalar),
    List(Vec<Node>),
    Map(Vec<(Arc<str>, Node)>),
}

impl Node {
    /// The tree of `node`, a node of `file`; nothing if it has more than `left` nodes.
    pub(super) fn read(file: &Arc<str>, node: NodeRef<'_>, left: &mut usize) -> Option<Self> {
        *left = left.checked_sub(1)?;
        let content = if node.is_mapping() {
            let mut entries: Vec<(Arc<str>, Self)> = Vec::new();
            for (key, value) in node.entries() {
                let name = key.text().unwrap_or_default();
                entries.retain(|(known, _)| &**known != name);
                entries.push((name.into(), Self::read(file, value, left)?));
            }
            Content::Map(entries)
        } else if node.is_sequence() {
            let items = node.items().map(|item| Self::read(file, item, left));
            Content::List(items.collect::<Option<_>>()?)
        } else if node.is_null() {
            Content::Null
        } else {
            let text = node.text().unwrap_or_default().into();
            Content::Scalar(Scalar { text, is_quoted: !node.is_plain() })
        };
        Some(Self { file: file.clone(), span: node.span(), content })
    }

    /// The error that `message` says, here.
    pub(super) fn fail(&self, message: impl Into<String>) -> BuildError {
        BuildError::at(&self.file, self.span.clone(), message)
    }

    /// The value of the field `key`, unless it is null. As in Go, case makes no difference.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        let Content::Map(entries) = &self.content else { return None };
        let is_own = |(name, _): &&(Arc<str>, Self)| name.eq_ignore_ascii_case(key);
        let value = entries.iter().rev().find(is_own).map(|(_, value)| value);
        value.filter(|value| !value.is_null())
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self.content, Content::Null)
    }

    /// Whether it is what an absent field is too.
    pub(super) fn is_empty(&self) -> bool {
        match &self.content {
            Content::Null => true,
            Content::Scalar(scalar) => scalar.text.is_empty(),
            Content::List(items) => items.is_empty(),
            Content::Map(entries) => entries.is_empty(),
        }
    }

    /// The entries of a mapping, none of null.
    ///
    /// # Errors
    ///
    /// Returns an error if it is anything else.
    pub(super) fn entries(&self) -> Result<&[(Arc<str>, Self)], BuildError> {
        match &self.content {
            Content::Map(entries) => Ok(entries),
            Content::Null => Ok(&[]),
            _ => Err(self.fail("this must be a mapping")),
        }
    }

    /// The items of a list, none of null.
    ///
    /// # Errors
    ///
    /// Returns an error if it is anything else.
    pub(super) fn items(&self) -> Result<&[Self], BuildError> {
        match &self.content {
            Content::List(items) => Ok(items),
            Content::Null => Ok(&[]),
            _ => Err(self.fail("this must be a list")),
        }
    }

    /// A string, as YAML 1.1 has it.
    ///
    /// # Errors
    ///
    /// Returns an error if it is anything else: without quotes `n` is a boolean, and `1` a number.
    pub(super) fn text(&self) -> Result<&Arc<str>, BuildError> {
        let Content::Scalar(scalar) = &self.content else {
            return Err(self.fail("this must be a string"));
        };
        match plain_type(&scalar.text).filter(|_| !scalar.is_quoted) {
            Some(other) => {
                let message = format!("this must be a string, but `{}` is {other}", scalar.text);
                Err(self.fail(message).with_help("put it in quotes"))
            }
            None => Ok(&scalar.text),
        }
    }

    /// The string of `key`, if there is one.
    ///
    /// # Errors
    ///
    /// Returns an error if the value is not a string.
    pub(super) fn text_of(&self, key: &str) -> Result<Option<&Arc<str>>, BuildError> {
        self.get(key).map(Self::text).transpose()
    }

    /// The strings of the list `key`, none if there is no such list.
    ///
    /// # Errors
    ///
    /// Returns an error if it is not a list of strings.
    pub(super) fn texts_of(&self, key: &str) -> Result<Vec<(&Self, &Arc<str>)>, BuildError> {
        let items = self.get(key).map_or(Ok(&[][..]), Self::items)?;
        items.iter().map(|item| Ok((item, item.text()?))).collect()
    }

    /// The mapping of strings to strings at `key`, empty if there is none.
    ///
    /// # Errors
    ///
    /// Returns an error if it is anything else.
    pub(super) fn pairs_of(&self, key: &str) -> Result<Pairs, BuildError> {
        self.get(key).map_or(Ok(Vec::new()), Self::pairs)
    }

    /// A mapping of strings to strings.
    ///
    /// # Errors
    ///
    /// Returns an error if it is anything else.
    pub(super) fn pairs(&self) -> Result<Pairs, BuildError> {
        let pair = |(key, value): &(Arc<str>, Self)| {
            let text = if value.is_null() { "".into() } else { value.text()?.clone() };
            Ok((key.clone(), text))
        };
        self.entries()?.iter().map(pair).collect()
    }

    /// Whether `key` is true.
    ///
    /// # Errors
    ///
    /// Returns an error if it is not a boolean.
    pub(super) fn flag(&self, key: &str) -> Result<bool, BuildError> {
        let Some(node) = self.get(key) else { return Ok(false) };
        let wrong = || node.fail("this must be `true` or `false`");
        let Content::Scalar(scalar) = &node.content else { return Err(wrong()) };
        match &*scalar.text.to_ascii_lowercase() {
            _ if scalar.is_quoted => Err(wrong()),
            "true" | "yes" | "on" | "y" => Ok(true),
            "false" | "no" | "off" | "n" => Ok(false),
            _ => Err(wrong()),
        }
    }

    /// Checks that this is a mapping with no keys but `known`.
    ///
    /// # Errors
    ///
    /// Returns an error that names the first other key, as kustomize does.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), BuildError> {
        let mut entries = self.entries()?.iter();
        let is_known = |key: &str| known.iter().any(|known| known.eq_ignore_ascii_case(key));
        match entries.find(|(key, _)| !is_known(key)) {
            Some((key, value)) => {
                Err(value.fail(format!("unknown field `{}`", key.escape_debug())))
            }
            None => Ok(()),
        }
    }

    /// The value, its words for booleans being those of YAML 1.1.
    pub(super) fn value(&self) -> Value {
        match &self.content {
            Content::Null => Value::Null,
            Content::Scalar(scalar) => Value::Scalar(scalar.clone()).in_old_yaml(),
            Content::List(items) => Value::of_items(items.iter().map(Self::value).collect()),
            Content::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| (key.clone(), value.value()));
                Value::of_entries(entries.collect())
            }
        }
    }
}
