//! What a workload's annotations say of one kind of config.

use std::collections::{BTreeMap, HashSet};

use super::pattern::{InvalidPattern, Pattern};
use crate::model::{Annotation, Annotations, ConfigKind, Stem, Workload};
use crate::options::AnnotationNames;

/// The annotations of a workload that decide about configs of one kind.
///
/// They are read from the workload's metadata. If none of the first four is there, whatever its
/// value, those four are read from the pod template instead (Reloader's `ShouldReload`).
#[derive(Debug, Default)]
pub(crate) struct Switches<'d> {
    /// `configmap.reloader.stakater.com/reload`, or that of another kind.
    pub(crate) list: Option<List<'d>>,
    /// `reloader.stakater.com/search`.
    pub(crate) search: Option<Annotation<'d>>,
    /// `reloader.stakater.com/auto`.
    pub(crate) auto: Option<Annotation<'d>>,
    /// `configmap.reloader.stakater.com/auto`, or that of another kind.
    pub(crate) typed_auto: Option<Annotation<'d>>,
    /// `configmaps.exclude.reloader.stakater.com/reload`, or that of another kind: only ever read
    /// from the workload's metadata.
    pub(crate) exclude: Option<Excluded<'d>>,
}

/// A list of names.
#[derive(Debug)]
pub(crate) struct Excluded<'d> {
    pub(super) annotation: Annotation<'d>,
    pub(super) names: HashSet<&'d str>,
}

/// A list of patterns and its entries, without the white space around them.
#[derive(Debug)]
pub(crate) struct List<'d> {
    pub(crate) annotation: Annotation<'d>,
    pub(crate) entries: Vec<(&'d str, Result<Pattern, InvalidPattern>)>,
    /// The entries that are names.
    names: HashSet<&'d str>,
    /// The numbers of the others that are patterns, by what the names must begin with that they match.
    by_prefix: BTreeMap<&'d str, Vec<usize>>,
}

impl<'d> List<'d> {
    fn read(annotation: Annotation<'d>) -> Self {
        let entries = annotation.entries().map(|entry| (entry, Pattern::compile(entry)));
        let entries: Vec<_> = entries.collect();
        let (mut names, mut by_prefix) = (HashSet::new(), BTreeMap::<_, Vec<_>>::new());
        for (index, (entry, pattern)) in entries.iter().enumerate() {
            match pattern.as_ref().map(Pattern::stem) {
                Ok(Stem::Whole(_)) => _ = names.insert(*entry),
                Ok(Stem::Start(prefix)) => {
                    by_prefix.entry(&entry[..prefix.len()]).or_default().push(index);
                }
                Err(_) => {}
            }
        }
        Self { annotation, entries, names, by_prefix }
    }

    /// Whether an entry matches `name`.
    pub(super) fn lists(&self, name: &str) -> bool {
        let prefixes = (0..=name.len()).filter_map(|end| name.get(..end));
        let mut others = prefixes.filter_map(|prefix| self.by_prefix.get(prefix)).flatten();
        let is_match = |index: &usize| {
            let (_, pattern) = &self.entries[*index];
            pattern.as_ref().is_ok_and(|pattern| pattern.matches(name))
        };
        self.names.contains(name) || !self.by_prefix.is_empty() && others.any(is_match)
    }

    /// The entries that are patterns. Reloader skips the others.
    pub(crate) fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        self.entries.iter().filter_map(|(_, pattern)| pattern.as_ref().ok())
    }
}

impl<'d> Switches<'d> {
    /// Reads what `workload` says of configs of `kind`.
    pub(crate) fn read(
        workload: &Workload<'d>,
        kind: ConfigKind,
        names: &'d AnnotationNames,
    ) -> Self {
        let places = workload.annotations().chain([workload.template_annotations()]);
        let mut switches = places.map(|annotations| Self::read_four(annotations, kind, names));
        let switches = switches.find(Self::is_present).unwrap_or_default();
        let key = AnnotationNames::exclude(kind);
        let exclude = workload.annotations().find_map(|annotations| annotations.get(key));
        let exclude = exclude
            .map(|annotation| Excluded { names: annotation.entries().collect(), annotation });
        Self { exclude, ..switches }
    }

    /// Whether the workload says anything of this kind of config, be it no.
    pub(crate) fn is_present(&self) -> bool {
        self.list.is_some()
            || [&self.search, &self.auto, &self.typed_auto].into_iter().any(Option::is_some)
    }

    fn read_four(
        annotations: Annotations<'d>,
        kind: ConfigKind,
        names: &'d AnnotationNames,
    ) -> Self {
        Self {
            list: annotations.get(names.list(kind)).map(List::read),
            search: annotations.get(&names.search),
            auto: annotations.get(&names.auto),
            typed_auto: annotations.get(names.typed_auto(kind)),
            exclude: None,
        }
    }
}
