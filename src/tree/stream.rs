//! A build as a stream of JSON documents: what the rest of the crate reads instead of the output of
//! `kubectl kustomize`, and which resource of the build each byte belongs to.

use crate::kustomize::Build;
use crate::yaml::Span;

/// The text of a build, a document for each resource.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) text: String,
    /// Where each document begins.
    starts: Vec<usize>,
}

impl Stream {
    /// The stream of `build`.
    pub(super) fn of(build: &Build) -> Self {
        let (mut text, mut starts) = (String::new(), Vec::new());
        for resource in &build.resources {
            starts.push(text.len());
            text.push_str("---\n");
            resource.append_json(&mut text);
            text.push('\n');
        }
        Self { text, starts }
    }

    /// The bytes of resource number `number`.
    pub(super) fn span(&self, number: usize) -> Span {
        let end = self.starts.get(number + 1).copied().unwrap_or(self.text.len());
        self.starts[number]..end
    }

    /// The number of the resource that byte `at` belongs to.
    pub(super) fn resource_at(&self, at: usize) -> Option<usize> {
        self.starts.partition_point(|start| *start <= at).checked_sub(1)
    }
}
