//! What kustomize notes on a resource while it builds: what it was called before, and what has been
//! put around its name.
//!
//! It mends references to renamed objects at the very end of a build, so a transformer sees the new
//! names of objects and the old ones in references. These notes join the two, by kustomize's own
//! rule (`selectReferral` of its name reference filter).

use std::collections::BTreeMap;

use super::Resource;

const PREVIOUS_NAMES: &str = "internal.config.kubernetes.io/previousNames";
const PREFIXES: &str = "internal.config.kubernetes.io/prefixes";
const SUFFIXES: &str = "internal.config.kubernetes.io/suffixes";

/// The names that `resource` had, the one that it has now left out.
pub(super) fn previous_names<'d>(resource: &Resource<'d>) -> impl Iterator<Item = &'d str> {
    let names = resource.annotations().get(PREVIOUS_NAMES);
    let names = names.into_iter().flat_map(|names| names.entries());
    names.filter(|name| !name.is_empty() && *name != resource.id.name)
}

/// The configs that had one name before kustomize renamed them: by what has been put around it, and by the
/// names that they have now.
#[derive(Debug, Default)]
pub(super) struct Renamed<'d>(BTreeMap<Affixes<'d>, BTreeMap<&'d str, usize>>);

impl<'d> Renamed<'d> {
    /// Adds config number `index`, which is `resource`, unless there is one of its name.
    pub(super) fn add(&mut self, resource: &Resource<'d>, index: usize) {
        let names = self.0.entry(Affixes::of(resource)).or_default();
        names.entry(resource.id.name).or_insert(index);
    }

    /// The number of the config, if all have one name.
    pub(super) fn only(&self) -> Option<usize> {
        let mut all = self.0.values().flatten();
        let (name, index) = all.next()?;
        all.all(|(other, _)| other == name).then_some(*index)
    }

    /// Those around whose names the same has been put, as far as both have been through the same overlays.
    pub(super) fn alike(
        &self,
        affixes: Affixes<'d>,
    ) -> impl Iterator<Item = &BTreeMap<&'d str, usize>> {
        self.0.iter().filter(move |(own, _)| own.are_like(affixes)).map(|(_, names)| names)
    }
}

/// What kustomize has put around a name: the prefixes and the suffixes, each a list whose end is the
/// outermost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Affixes<'d>([Option<&'d str>; 2]);

impl<'d> Affixes<'d> {
    /// Those of `resource`.
    pub(super) fn of(resource: &Resource<'d>) -> Self {
        Self([PREFIXES, SUFFIXES].map(|key| Some(resource.annotations().get(key)?.value)))
    }

    /// Whether one of two lists of prefixes is the end of the other, and one of two lists of suffixes.
    pub(super) fn are_like(self, other: Affixes<'_>) -> bool {
        self.0.iter().zip(other.0).all(|(one, other)| match (*one, other) {
            (Some(one), Some(other)) => ends_with(one, other) || ends_with(other, one),
            (one, other) => one.is_none() && other.is_none(),
        })
    }
}

/// Whether `list` ends with the entries of `end`.
fn ends_with(list: &str, end: &str) -> bool {
    list.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with(','))
}
