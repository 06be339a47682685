//! What a root yields.

use std::sync::{Arc, OnceLock};

use super::error::{Note, Unknown};
use super::layer::Layer;
use super::resource::Resource;

/// What `kustomize build` of a root yields, as far as it can be known offline.
#[derive(Debug)]
pub(crate) struct Build {
    /// The directory of the root.
    pub(crate) root: Arc<str>,
    /// The resources, in the order in which `kubectl kustomize` prints them.
    pub(crate) resources: Vec<Arc<Resource>>,
    /// What is not known. Empty if the build is exact.
    pub(crate) unknown: Vec<Arc<Unknown>>,
    pub(crate) notes: Vec<Arc<Note>>,
    layer: Layer,
    /// Put together when it is first asked for.
    files: OnceLock<Vec<Arc<str>>>,
}

impl Build {
    pub(super) fn new(root: Arc<str>, mut layer: Layer) -> Self {
        let resources = std::mem::take(&mut layer.resources);
        let unknown = std::mem::take(&mut layer.unknown);
        let notes = std::mem::take(&mut layer.notes);
        Self { root, resources, unknown, notes, layer, files: OnceLock::new() }
    }

    /// Every file that the build reads, in order.
    pub(crate) fn files_read(&self) -> &[Arc<str>] {
        self.files.get_or_init(|| self.layer.all_files())
    }

    /// The resources as JSON, one a line: what reads a rendered stream reads this alike.
    #[cfg(test)]
    pub(super) fn to_stream(&self) -> String {
        let mut text = String::new();
        for resource in &self.resources {
            resource.append_json(&mut text);
            text.push('\n');
        }
        text
    }
}
