//! The files of a tree that its builds read: as sources, and as trees with places.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::kustomize::Origin;
use crate::source::{Place, Source};
use crate::yaml::{self, Document, NodeRef};

/// The files, read again where a place in them is asked for.
#[derive(Debug)]
pub(super) struct Originals<'s> {
    pub(super) sources: &'s [Source<'s>],
    /// The documents of each source; none of one that is not YAML.
    pub(super) documents: Vec<Vec<Document<'s>>>,
    numbers: BTreeMap<Arc<str>, usize>,
}

impl<'s> Originals<'s> {
    /// Reads `sources`, whose paths in the repository are `paths`.
    pub(super) fn read(paths: &[Arc<str>], sources: &'s [Source<'s>]) -> Self {
        let documents = sources
            .iter()
            .map(|source| yaml::parse_all(source.text(), source.is_fast()).unwrap_or_default());
        let numbers = paths.iter().cloned().zip(0..);
        Self { sources, documents: documents.collect(), numbers: numbers.collect() }
    }

    /// The number of the source at `path`.
    pub(super) fn number(&self, path: &str) -> Option<usize> {
        self.numbers.get(path).copied()
    }

    /// The resource that `origin` is, in the file that holds it.
    pub(super) fn node(&self, origin: &Origin) -> Option<(usize, NodeRef<'_>)> {
        let Origin::Document { file, document, items, .. } = origin else { return None };
        self.find(file, *document, items)
    }

    /// The resource that is `items` of that document of `file`.
    pub(super) fn find(
        &self,
        file: &str,
        document: usize,
        items: &[usize],
    ) -> Option<(usize, NodeRef<'_>)> {
        let source = self.number(file)?;
        let mut node = self.documents[source].get(document)?.root()?;
        for index in items {
            node = node.get("items")?.items().nth(*index)?;
        }
        Some((source, node))
    }

    /// The path of each source, and its number.
    pub(super) fn paths(&self) -> impl Iterator<Item = (&str, usize)> {
        self.numbers.iter().map(|(path, number)| (&**path, *number))
    }

    /// Where `origin` begins.
    pub(super) fn place(&self, origin: &Origin) -> Option<Place> {
        let (Origin::Document { file, span, .. } | Origin::Generator { file, span, .. }) = origin;
        Some(Place::new(self.number(file)?, span.start..span.start))
    }
}
