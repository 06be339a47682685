//! Keys that are given twice in one mapping: the last one counts, as for kubectl and Helm.

use std::collections::{HashMap, HashSet};

use super::{Content, Document, NodeId, NodeRef};
use crate::yaml::word::Word;

/// The mappings of a document that give a key twice.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Duplicates {
    mappings: Vec<NodeId>,
    /// The keys: where they stand first, and again.
    keys: Vec<(NodeId, NodeId)>,
}

impl Document<'_> {
    /// Looks for keys that are given twice, and has the last of each count.
    pub(in crate::yaml) fn find_duplicates(&mut self) {
        let doubled: Vec<_> = self.nodes().filter(NodeRef::may_give_twice).collect();
        let mut duplicates = Duplicates::default();
        let mut counting = Vec::new();
        for mapping in doubled {
            let keys = mapping.keys_given_twice();
            if keys.is_empty() {
                continue;
            }
            duplicates.mappings.push(mapping.id);
            duplicates.keys.extend(keys);
            counting.push((mapping.id, unique(mapping.own_entries().collect(), Counts::Last)));
        }
        if counting.is_empty() {
            return;
        }
        let extras = self.extras.get_or_insert_default();
        extras.duplicates = duplicates;
        for (id, entries) in counting {
            // Where there is a merge key, that has been seen to already.
            extras.merged.entry(id).or_insert(entries);
        }
    }

    /// The same document if the first of the keys that are given twice counted.
    pub(crate) fn with_first_keys(&self) -> Self {
        let mut copy = self.clone();
        let Some(extras) = &mut copy.extras else { return copy };
        for &id in &extras.duplicates.mappings {
            let entries = self.node(id).own_entries().collect();
            extras.merged.insert(id, unique(entries, Counts::First));
        }
        copy
    }
}

impl NodeRef<'_> {
    /// The keys inside of this node that a mapping gives twice: where they stand first, and again.
    pub(crate) fn duplicates(self) -> impl Iterator<Item = (Self, Self)> {
        let node = self.resolved();
        let keys = self.document.extras.as_ref().map_or(&[][..], |extras| &extras.duplicates.keys);
        let is_inside = move |id: NodeId| node.id < id && id < node.behind();
        let keys = keys.iter().filter(move |(first, _)| is_inside(*first));
        keys.map(move |&(first, again)| (Self { id: first, ..self }, Self { id: again, ..self }))
    }

    /// Whether some key is perhaps given twice: to be sure takes longer.
    fn may_give_twice(&self) -> bool {
        // Mostly keys are few, and no two have one number.
        const FEW: usize = 16;
        if !matches!(self.content(), Content::Mapping { .. }) {
            return false;
        }
        let mut before = [Word::UNCLEAR; FEW];
        let mut words = self.own_entries().map(|(key, _)| key.resolved().node().word).enumerate();
        words.any(|(index, word)| {
            let is_unsure = index >= FEW || word == Word::UNCLEAR;
            let is_before = is_unsure || before[..index].contains(&word);
            before[index % FEW] = word;
            is_before
        })
    }

    fn keys_given_twice(self) -> Vec<(NodeId, NodeId)> {
        let mut before = HashMap::new();
        let keys = self.own_entries().filter_map(|(key, _)| Some((key.text()?, key.id)));
        let again = keys.filter_map(|(text, id)| match before.entry(text) {
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert(id);
                None
            }
            std::collections::hash_map::Entry::Occupied(entry) => Some((*entry.get(), id)),
        });
        again.collect()
    }
}

/// Which of several entries of one key counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counts {
    First,
    Last,
}

/// Keys and values in turn of `entries`, one for each key.
pub(super) fn unique(mut entries: Vec<(NodeRef<'_>, NodeRef<'_>)>, counts: Counts) -> Vec<NodeId> {
    let mut names = HashSet::new();
    if counts == Counts::Last {
        entries.reverse();
    }
    entries.retain(|&(key, _)| key.text().is_none_or(|name| names.insert(name)));
    if counts == Counts::Last {
        entries.reverse();
    }
    entries.into_iter().flat_map(|(key, value)| [key.id, value.id]).collect()
}
