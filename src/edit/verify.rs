//! Proves that an edit did what it was meant to do, and nothing else.

use std::collections::BTreeMap;

use super::results::is_no_result;
use super::transformers::{TRANSFORMERS, is_transformer};
use crate::variable;
use crate::yaml::{self, Content, Document, NodeId, NodeRef, ScalarStyle, plain_type};

/// What has to become of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change<'a> {
    /// A pod template has the annotation with that value.
    To(&'a str),
    /// A pod template has no such annotation.
    Remove,
    /// A `ResourceList` has `items`, whatever happens, and these results, each in JSON, before its own.
    Results(&'a [String]),
    /// The `transformers` of a kustomization file list this file last, or not at all.
    Transformer { file: &'a str, is_listed: bool },
    /// A container has these variables, and no other of Reloader's: names and values.
    Variables(Vec<(&'a str, &'a str)>),
}

/// What must have become of pod templates and containers: by document and node.
pub(crate) type Changes<'a> = BTreeMap<(usize, NodeId), Change<'a>>;

/// Compares documents before and after an edit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Judge<'a> {
    /// The annotation that may differ.
    pub(crate) key: &'a str,
    /// What differs, and where.
    pub(crate) changes: &'a Changes<'a>,
}

impl Judge<'_> {
    /// Whether `edited`, the text that `documents` became, has the changes and no others.
    ///
    /// A second parser reads it. Where the two parsers read the original differently, the second
    /// compares with its own reading; where it refuses the text, the first one judges.
    pub(crate) fn approves(
        &self,
        documents: &[&Document<'_>],
        original: &str,
        edited: &str,
    ) -> bool {
        let Some(after) = yaml::reread(edited) else {
            let after = yaml::parse_all(edited, false);
            return after.is_ok_and(|after| self.accepts(documents, &after));
        };
        self.accepts(documents, &after)
            || yaml::reread(original)
                .is_some_and(|before| self.accepts(&before.iter().collect::<Vec<_>>(), &after))
    }

    fn accepts(&self, before: &[&Document<'_>], after: &[Document<'_>]) -> bool {
        let before = before.iter().enumerate().map(|(index, document)| (index, document.root()));
        let after = after.iter().map(Document::root);
        let is_empty = |root: &Option<NodeRef<'_>>| root.is_none_or(NodeRef::is_null);
        let mut before = before.filter(|(_, root)| !is_empty(root));
        let mut after = after.filter(|root| !is_empty(root));
        loop {
            match (before.next(), after.next()) {
                (None, None) => return true,
                (Some((index, Some(before))), Some(Some(after))) => {
                    if !self.is_same(index, before, after) {
                        return false;
                    }
                }
                _ => return false,
            }
        }
    }

    fn is_same(&self, document: usize, before: NodeRef<'_>, after: NodeRef<'_>) -> bool {
        before.tag() == after.tag()
            && match self.changes.get(&(document, before.id())) {
                Some(change) => self.is_changed(document, (before, after), change),
                None => self.is_unchanged(document, before, after),
            }
    }

    fn is_unchanged(&self, document: usize, before: NodeRef<'_>, after: NodeRef<'_>) -> bool {
        match (before.content(), after.content()) {
            (Content::Scalar(old_style), Content::Scalar(new_style)) => {
                let is_plain = |style| style == ScalarStyle::Plain;
                is_plain(old_style) == is_plain(new_style)
                    && (before.text() == after.text() || before.is_null() && after.is_null())
            }
            (Content::Sequence { .. }, Content::Sequence { .. }) => {
                self.are_same(document, before.items(), after.items())
            }
            (Content::Mapping { .. }, Content::Mapping { .. }) => {
                self.is_same_but_for(document, (before, after), &[])
            }
            (Content::Alias, Content::Alias) => before.alias_ordinal() == after.alias_ordinal(),
            _ => false,
        }
    }

    fn is_changed(&self, document: usize, pair: Pair<'_, '_>, change: &Change<'_>) -> bool {
        let path = ["metadata", "annotations", self.key];
        match change {
            Change::To(value) => self.is_changed_at(document, pair, &path, Some(value)),
            Change::Remove => self.is_changed_at(document, pair, &path, None),
            Change::Results(results) => self.has_results(document, pair, results),
            Change::Variables(variables) => self.has_variables(document, pair, variables),
            Change::Transformer { file, is_listed } => {
                self.has_transformer(document, pair, file, *is_listed)
            }
        }
    }

    fn are_same<'b, 'a>(
        &self,
        document: usize,
        before: impl Iterator<Item = NodeRef<'b>>,
        mut after: impl Iterator<Item = NodeRef<'a>>,
    ) -> bool {
        before
            .into_iter()
            .all(|old| after.next().is_some_and(|new| self.is_same(document, old, new)))
            && after.next().is_none()
    }

    /// Whether the entries of two mappings are the same, in the same order, but for those of `names`.
    fn is_same_but_for(
        &self,
        document: usize,
        (before, after): Pair<'_, '_>,
        names: &[&str],
    ) -> bool {
        let are_mappings = [before.content(), after.content()]
            .iter()
            .all(|content| matches!(content, Content::Mapping { .. }));
        are_mappings && self.are_same(document, others(before, names), others(after, names))
    }

    /// Whether the mapping `after` is `before` but for the end of `path`, where `value` stands now, or
    /// nothing. What holds nothing else may have come or gone with it.
    fn is_changed_at(
        &self,
        document: usize,
        (before, after): Pair<'_, '_>,
        path: &[&str],
        value: Option<&str>,
    ) -> bool {
        let Some((name, inner)) = path.split_first() else { return false };
        let (Some(old), Some(new)) = (Entry::of(before, name), Entry::of(after, name)) else {
            return false;
        };
        self.is_same_but_for(document, (before, after), &[name])
            && match (old, new) {
                (Entry::None, Entry::None) => value.is_none(),
                (Entry::None, Entry::Own(key, new)) => {
                    is_string(key) && value.is_some_and(|value| is_new(new, inner, value))
                }
                (Entry::Own(_, old), Entry::None) => value.is_none() && has_only(old, inner),
                (Entry::Own(old_key, old), Entry::Own(new_key, new)) => {
                    self.is_same(document, old_key, new_key)
                        && self.is_changed_value(document, (old, new), inner, value)
                }
            }
    }

    /// The same for the value of an entry that was there, and still is.
    fn is_changed_value(
        &self,
        document: usize,
        (old, new): Pair<'_, '_>,
        inner: &[&str],
        value: Option<&str>,
    ) -> bool {
        let is_new = value.is_some_and(|value| is_new(new, inner, value));
        if inner.is_empty() || old.is_null() {
            is_new
        } else if new.is_null() {
            // A comment stays where all else has gone.
            value.is_none() && has_only(old, inner)
        } else if old.is_alias() {
            value.is_some_and(|value| is_merged(old, new, inner, value))
        } else {
            old.tag() == new.tag() && self.is_changed_at(document, (old, new), inner, value)
        }
    }

    /// Everything but the variables of Reloader must be as it was, and those what they must be.
    fn has_variables(
        &self,
        document: usize,
        (before, after): Pair<'_, '_>,
        variables: &[(&str, &str)],
    ) -> bool {
        let (Some(old), Some(new)) = (List::of(before, "env"), List::of(after, "env")) else {
            return false;
        };
        let mut expected: Vec<_> = variables.iter().map(|pair| Some(*pair)).collect();
        let mut written: Vec<_> = new.items().filter(is_reloaders).map(variable).collect();
        expected.sort_unstable();
        written.sort_unstable();
        self.is_same_but_for(document, (before, after), &["env"])
            && written == expected
            && self.are_same(
                document,
                old.items().filter(|item| !is_reloaders(item)),
                new.items().filter(|item| !is_reloaders(item)),
            )
    }

    /// Everything but the `transformers` must be as it was, and those too but for `file`.
    fn has_transformer(
        &self,
        document: usize,
        (before, after): Pair<'_, '_>,
        file: &str,
        is_listed: bool,
    ) -> bool {
        let lists = (List::of(before, TRANSFORMERS), List::of(after, TRANSFORMERS));
        let (Some(old), Some(new)) = lists else { return false };
        let is_file = |item: &NodeRef<'_>| is_transformer(*item, file);
        let last = new.items().last().filter(is_file);
        self.is_same_but_for(document, (before, after), &[TRANSFORMERS])
            && new.items().filter(is_file).count() == usize::from(is_listed)
            && last.is_none_or(is_string)
            && last.is_some() == is_listed
            && self.are_same(
                document,
                old.items().filter(|item| !is_file(item)),
                new.items().filter(|item| !is_file(item)),
            )
    }

    /// Everything but the results must be as it was, and those be joined by the new ones.
    fn has_results(&self, document: usize, pair: Pair<'_, '_>, results: &[String]) -> bool {
        let (before, after) = pair;
        let items = |node| Entry::of(node, "items");
        let has_items = match (items(before), items(after)) {
            (Some(Entry::Own(_, old)), Some(Entry::Own(_, new))) if !old.is_null() => {
                self.is_same(document, old, new)
            }
            (Some(_), Some(Entry::Own(_, new))) => {
                new.is_sequence() && new.items().next().is_none()
            }
            _ => false,
        };
        let old = match Entry::of(before, "results") {
            Some(Entry::Own(_, old)) if is_no_result(old) => Some(List(None)),
            _ => List::of(before, "results"),
        };
        let lists = (old, List::of(after, "results"));
        let (Some(old), Some(new)) = lists else { return false };
        let mut written = new.items();
        has_items
            && self.is_same_but_for(document, pair, &["items", "results"])
            && results.iter().all(|json| written.next().is_some_and(|node| is_json(node, json)))
            && self.are_same(document, old.items(), written)
    }
}

/// A node before an edit and after it.
type Pair<'b, 'a> = (NodeRef<'b>, NodeRef<'a>);

/// The keys and values in turn of the entries written in `mapping`, but for those of `names`.
fn others<'d>(mapping: NodeRef<'d>, names: &[&str]) -> impl Iterator<Item = NodeRef<'d>> {
    let is_other = move |(key, _): &(NodeRef<'_>, NodeRef<'_>)| {
        !key.text().is_some_and(|key| names.contains(&key))
    };
    mapping.own_entries().filter(is_other).flat_map(|(key, value)| [key, value])
}

/// The one entry of some name that is written in a mapping.
enum Entry<'d> {
    None,
    Own(NodeRef<'d>, NodeRef<'d>),
}

impl<'d> Entry<'d> {
    /// The entry of `name`. None if it is given twice or comes by a merge key: then an edit cannot be told
    /// to do what it must.
    fn of(mapping: NodeRef<'d>, name: &str) -> Option<Self> {
        let mut own = mapping.own_entries().filter(|(key, _)| key.text() == Some(name));
        match (own.next(), own.next()) {
            (None, _) => mapping.get(name).is_none().then_some(Self::None),
            (Some((key, value)), None) => Some(Self::Own(key, value)),
            (Some(_), Some(_)) => None,
        }
    }
}

/// A list that may be null or missing.
#[derive(Clone, Copy)]
struct List<'d>(Option<NodeRef<'d>>);

impl<'d> List<'d> {
    /// The list `name` of `mapping`; none if there is something else.
    fn of(mapping: NodeRef<'d>, name: &str) -> Option<Self> {
        match Entry::of(mapping, name)? {
            Entry::None => Some(Self(None)),
            Entry::Own(_, value) if value.is_null() => Some(Self(None)),
            Entry::Own(_, value) => value.is_sequence().then_some(Self(Some(value))),
        }
    }

    fn items(self) -> impl Iterator<Item = NodeRef<'d>> {
        self.0.into_iter().flat_map(NodeRef::items)
    }
}

/// Whether `node` is a string for every reader: in quotes, or a plain word that means nothing else.
fn is_string(node: NodeRef<'_>) -> bool {
    let is_word = || !node.is_null() && node.text().is_some_and(|text| plain_type(text).is_none());
    match node.content() {
        Content::Scalar(ScalarStyle::Plain) => node.tag().is_none() && is_word(),
        Content::Scalar(_) => node.tag().is_none_or(|tag| tag == "tag:yaml.org,2002:str"),
        _ => false,
    }
}

/// Whether `node` holds `value` at the end of `path`, and nothing else.
fn is_new(node: NodeRef<'_>, path: &[&str], value: &str) -> bool {
    match path.split_first() {
        None => is_string(node) && node.text() == Some(value),
        Some((name, inner)) => {
            let mut entries = node.own_entries();
            let (entry, None) = (entries.next(), entries.next()) else { return false };
            entry.is_some_and(|(key, new)| {
                is_string(key) && key.text() == Some(name) && is_new(new, inner, value)
            })
        }
    }
}

/// Whether `new` merges what the alias `old` stands for, and has `value` at the end of `path` besides.
fn is_merged(old: NodeRef<'_>, new: NodeRef<'_>, path: &[&str], value: &str) -> bool {
    let entries: Vec<_> = new.own_entries().collect();
    let ([name], [(merge, alias), (key, own)]) = (path, &*entries) else { return false };
    new.tag().is_none()
        && merge.text() == Some("<<")
        && merge.is_plain()
        && alias.alias_ordinal().is_some_and(|ordinal| old.alias_ordinal() == Some(ordinal))
        && is_string(*key)
        && key.text() == Some(name)
        && is_new(*own, &[], value)
}

/// Whether `node` holds something at the end of `path`, and nothing else.
fn has_only(node: NodeRef<'_>, path: &[&str]) -> bool {
    let Some((name, inner)) = path.split_first() else { return true };
    node.own_entries().all(|(key, value)| key.text() == Some(name) && has_only(value, inner))
}

fn is_reloaders(item: &NodeRef<'_>) -> bool {
    item.get("name").and_then(NodeRef::text).is_some_and(variable::is_name)
}

/// The name and value of a variable that has nothing else.
fn variable(item: NodeRef<'_>) -> Option<(&str, &str)> {
    let mut entries: Vec<_> = item.own_entries().collect();
    entries.sort_unstable_by_key(|(key, _)| key.text());
    let [(name_key, name), (value_key, value)] = &*entries else { return None };
    let is_variable = name_key.text() == Some("name") && value_key.text() == Some("value");
    let are_strings = [name_key, name, value_key, value].into_iter().all(|node| is_string(*node));
    (is_variable && are_strings).then_some((name.text()?, value.text()?))
}

/// Whether `node` is what `json` says.
fn is_json(node: NodeRef<'_>, json: &str) -> bool {
    let Ok(documents) = yaml::parse_all(json, false) else { return false };
    let [document] = &*documents else { return false };
    let judge = Judge { key: "", changes: &Changes::new() };
    document.root().is_some_and(|root| judge.is_same(0, root, node))
}

#[cfg(test)]
mod tests;
