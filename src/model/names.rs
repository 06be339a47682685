//! Things by kind, namespace and name, in the order of the names.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::ops::Bound;

use super::ConfigKind;

/// Things by kind, namespace and name.
#[derive(Debug)]
pub(super) struct Names<'d, V>(BTreeMap<ConfigKind, BTreeMap<&'d str, BTreeMap<&'d str, V>>>);

impl<V> Default for Names<'_, V> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<'d, V> Names<'d, V> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn get(&self, kind: ConfigKind, namespace: &str, name: &str) -> Option<&V> {
        self.within(kind, namespace)?.get(name)
    }

    /// Those of one kind and namespace.
    pub(super) fn within(
        &self,
        kind: ConfigKind,
        namespace: &str,
    ) -> Option<&BTreeMap<&'d str, V>> {
        self.0.get(&kind)?.get(namespace)
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &V> {
        self.0.values().flat_map(BTreeMap::values).flat_map(BTreeMap::values)
    }

    /// The one of that name, which is made unless it is there.
    pub(super) fn entry(&mut self, kind: ConfigKind, namespace: &'d str, name: &'d str) -> &mut V
    where
        V: Default,
    {
        self.0.entry(kind).or_default().entry(namespace).or_default().entry(name).or_default()
    }
}

/// Which names are looked for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Stem<'p> {
    /// The one that is this.
    Whole(&'p str),
    /// Those that begin with it.
    Start(&'p str),
}

/// The entries of `map` for names of that stem, in order.
pub(super) fn beginning<'m, K: Borrow<str> + Ord, V>(
    map: &'m BTreeMap<K, V>,
    stem: Stem<'_>,
) -> impl Iterator<Item = (&'m str, &'m V)> {
    let (Stem::Whole(first) | Stem::Start(first)) = stem;
    let bounds = (Bound::Included(first), Bound::Unbounded);
    let entries = map.range::<str, _>(bounds).map(|(key, value)| (key.borrow(), value));
    entries.take_while(move |(key, _)| match stem {
        Stem::Whole(name) => *key == name,
        Stem::Start(prefix) => key.starts_with(prefix),
    })
}

/// The entries of `map` next to `word`, in order: as many on each side as a suggestion is worth.
pub(super) fn around<'m, K: Borrow<str> + Ord, V>(
    map: &'m BTreeMap<K, V>,
    word: &str,
) -> Vec<(&'m str, &'m V)> {
    let before = map.range::<str, _>((Bound::Unbounded, Bound::Excluded(word))).rev().take(REACH);
    let after = map.range::<str, _>((Bound::Included(word), Bound::Unbounded)).take(REACH);
    let mut entries: Vec<_> = before.collect();
    entries.reverse();
    entries.extend(after);
    entries.into_iter().map(|(key, value)| (key.borrow(), value)).collect()
}

/// How many names on each side of a word may be meant by it: a namespace may have many thousand.
pub(crate) const REACH: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_by_how_they_begin_and_by_what_is_near() {
        let names: Vec<_> = (0..1000).map(|number| format!("n{number:03}")).collect();
        let map: BTreeMap<_, _> = names.iter().map(|name| (&**name, name.len())).collect();

        let begin = |stem| beginning(&map, stem).map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(begin(Stem::Start("n99")), &names[990..]);
        assert_eq!(begin(Stem::Start("x")), [""; 0]);
        assert_eq!(begin(Stem::Start("")).len(), 1000);
        assert_eq!(begin(Stem::Whole("n500")), ["n500"]);
        assert_eq!(begin(Stem::Whole("n50")), [""; 0]);

        let near = |word| around(&map, word).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(near("n500"), &names[500 - REACH..500 + REACH]);
        assert_eq!(near("a"), &names[..REACH]);
        assert_eq!(near("x"), &names[1000 - REACH..]);
    }
}
