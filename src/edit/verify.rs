//! Proves that an edit did what it was meant to do, and nothing else.

use std::collections::BTreeMap;

use crate::variable;
use crate::yaml::{self, Content, Document, NodeId, NodeRef, Patch, ScalarStyle};

/// What has to become of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change<'a> {
    /// A pod template has the annotation with that value.
    To(&'a str),
    /// A pod template has no such annotation.
    Remove,
    /// These entries of a mapping are not what they were.
    Members(&'a [&'a str]),
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
        if self.is_plain(documents, edited) {
            return true;
        }
        let Some(after) = yaml::reread(edited) else {
            let after = yaml::parse_all(edited, false);
            return after.is_ok_and(|after| self.accepts(documents, &after));
        };
        self.accepts(documents, &after)
            || yaml::reread(original)
                .is_some_and(|before| self.accepts(&before.iter().collect::<Vec<_>>(), &after))
    }

    /// Whether there is one document, and each change is an entry more or another value: then no tree of
    /// the edited text is needed. Otherwise no.
    fn is_plain(&self, documents: &[&Document<'_>], edited: &str) -> bool {
        let [document] = documents else { return false };
        let path = ["metadata", "annotations", self.key];
        let changes = self.changes.iter();
        let patches = changes.map(|((_, node), change)| {
            let Change::To(value) = change else { return None };
            let (mut node, mut names) = (document.node(*node), &path[..]);
            while let [name, inner @ ..] = names
                && let Some((_, own)) = node.own(name)
            {
                (node, names) = (own, inner);
            }
            let is_old = names.is_empty() || node.is_null();
            let put = if is_old { Patch::Instead } else { Patch::Within };
            Some(put(node.id(), names, value))
        });
        let patches: Option<Vec<_>> = patches.collect();
        patches.is_some_and(|patches| document.is_patched(edited, &patches))
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
        match self.changes.get(&(document, before.id())) {
            Some(Change::To(value)) => {
                return self.is_changed_template(document, before, after, Some(value));
            }
            Some(Change::Remove) => {
                return self.is_changed_template(document, before, after, None);
            }
            Some(Change::Members(names)) => {
                return self.is_same_but_for(document, before, after, names);
            }
            Some(Change::Variables(variables)) => {
                return self.is_changed_container(document, before, after, variables);
            }
            None => {}
        }
        if before.tag() != after.tag() {
            return false;
        }
        match (before.content(), after.content()) {
            (Content::Scalar(old_style), Content::Scalar(new_style)) => {
                let is_plain = |style| style == ScalarStyle::Plain;
                is_plain(old_style) == is_plain(new_style)
                    && (before.text() == after.text() || before.is_null() && after.is_null())
            }
            (Content::Sequence { .. }, Content::Sequence { .. }) => {
                is_same_list(before.items(), after.items(), |old, new| {
                    self.is_same(document, old, new)
                })
            }
            (Content::Mapping { .. }, Content::Mapping { .. }) => {
                is_same_list(before.own_entries(), after.own_entries(), |old, new| {
                    self.is_same_entry(document, old, new)
                })
            }
            (Content::Alias, Content::Alias) => before.alias_ordinal() == after.alias_ordinal(),
            _ => false,
        }
    }

    fn is_same_entry(
        &self,
        document: usize,
        before: (NodeRef<'_>, NodeRef<'_>),
        after: (NodeRef<'_>, NodeRef<'_>),
    ) -> bool {
        self.is_same(document, before.0, after.0) && self.is_same(document, before.1, after.1)
    }

    /// Everything but the entries of `names` must be as it was.
    fn is_same_but_for(
        &self,
        document: usize,
        before: NodeRef<'_>,
        after: NodeRef<'_>,
        names: &[&str],
    ) -> bool {
        let others = |(key, _): &(NodeRef<'_>, NodeRef<'_>)| {
            !key.text().is_some_and(|key| names.contains(&key))
        };
        is_same_list(
            before.own_entries().filter(others),
            after.own_entries().filter(others),
            |old, new| self.is_same_entry(document, old, new),
        )
    }

    /// Everything but the variables of Reloader must be as it was, and those what they must be.
    fn is_changed_container(
        &self,
        document: usize,
        before: NodeRef<'_>,
        after: NodeRef<'_>,
        variables: &[(&str, &str)],
    ) -> bool {
        let is_reloaders = |item: &NodeRef<'_>| {
            item.get("name").and_then(NodeRef::text).is_some_and(variable::is_name)
        };
        let mut expected = variables.to_vec();
        expected.sort_unstable();
        let written = variables_of(after).filter(is_reloaders).map(|item| {
            let text = |key| item.get(key).and_then(NodeRef::text).unwrap_or_default();
            (text("name"), text("value"))
        });
        let mut written: Vec<_> = written.collect();
        written.sort_unstable();
        self.is_same_but_for(document, before, after, &["env"])
            && written == expected
            && is_same_list(
                variables_of(before).filter(|item| !is_reloaders(item)),
                variables_of(after).filter(|item| !is_reloaders(item)),
                |old, new| self.is_same(document, old, new),
            )
    }

    /// Everything but `metadata.annotations` must be as it was, and that as it was but for our
    /// key. What held only our key may have come or gone with it.
    fn is_changed_template(
        &self,
        document: usize,
        before: NodeRef<'_>,
        after: NodeRef<'_>,
        value: Option<&str>,
    ) -> bool {
        let is_same_but_for = |before: NodeRef<'_>, after: NodeRef<'_>, name: &str| {
            self.is_same_but_for(document, before, after, &[name])
        };
        let (old, new) = (before.get("metadata"), after.get("metadata"));
        let is_metadata_same = match (old, new) {
            (Some(old), Some(new)) => is_same_but_for(old, new, "annotations"),
            (Some(only), None) | (None, Some(only)) => has_only(only, "annotations"),
            (None, None) => true,
        };
        let (mut old, mut new) = (annotations(old), annotations(new));
        let key = Some(self.key);
        old.remove(&key);
        let stamp = new.remove(&key).flatten();
        is_same_but_for(before, after, "metadata")
            && is_metadata_same
            && old == new
            && stamp == value
    }
}

fn is_same_list<T>(
    before: impl Iterator<Item = T>,
    mut after: impl Iterator<Item = T>,
    is_same: impl Fn(T, T) -> bool,
) -> bool {
    before.into_iter().all(|old| after.next().is_some_and(|new| is_same(old, new)))
        && after.next().is_none()
}

/// The annotations in the metadata of a pod template.
fn annotations(metadata: Option<NodeRef<'_>>) -> BTreeMap<Option<&str>, Option<&str>> {
    let annotations = metadata.and_then(|metadata| metadata.get("annotations"));
    let entries = annotations.into_iter().flat_map(NodeRef::entries);
    entries.map(|(key, value)| (key.text(), value.text())).collect()
}

fn has_only(mapping: NodeRef<'_>, name: &str) -> bool {
    mapping.own_entries().all(|(key, _)| key.text() == Some(name))
}

fn variables_of(container: NodeRef<'_>) -> impl Iterator<Item = NodeRef<'_>> {
    container.get("env").into_iter().flat_map(NodeRef::items)
}
