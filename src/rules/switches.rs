//! What a workload's annotations say of one kind of config.

use super::pattern::{InvalidPattern, Pattern};
use crate::model::{Annotation, Annotations, ConfigKind, Workload};
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
    pub(crate) exclude: Option<Annotation<'d>>,
}

/// A list of patterns and its entries, without the white space around them.
#[derive(Debug)]
pub(crate) struct List<'d> {
    pub(crate) annotation: Annotation<'d>,
    pub(crate) entries: Vec<(&'d str, Result<Pattern, InvalidPattern>)>,
}

impl<'d> List<'d> {
    fn read(annotation: Annotation<'d>) -> Self {
        let entries = annotation.entries().map(|entry| (entry, Pattern::compile(entry))).collect();
        Self { annotation, entries }
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
