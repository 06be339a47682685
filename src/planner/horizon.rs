//! What a bundle may hold beyond what is seen of it.

use crate::yaml::Span;

/// How far a bundle is known: a build may take in what cannot be had offline.
#[derive(Debug, Default)]
pub(crate) struct Horizon {
    /// Whether the sources are only in memory, so that no edits of them are needed.
    pub(crate) is_build: bool,
    /// Whether there may be more resources.
    pub(crate) may_lack_resources: bool,
    /// The bytes of the first source whose resources may be changed by what is not seen, in order.
    pub(crate) open: Vec<Span>,
}

impl Horizon {
    /// Whether what stands at byte `at` may be changed by what is not seen.
    pub(crate) fn is_open(&self, at: usize) -> bool {
        let behind = self.open.partition_point(|span| span.start <= at);
        self.open[..behind].last().is_some_and(|span| at < span.end)
    }
}
