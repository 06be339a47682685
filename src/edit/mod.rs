//! Edits: what to change in a source, as data.

mod annotation;
mod null;
pub(crate) mod results;
pub(crate) mod transformers;
mod variable;
pub(crate) mod verify;
pub(crate) mod writer;

use crate::yaml::Span;

/// A replacement of the bytes in `span` by `text`. An empty span inserts, an empty text deletes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The bytes to replace.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

impl Edit {
    /// Puts `text` at byte `at`.
    pub(crate) fn insertion(at: usize, text: impl Into<String>) -> Self {
        Self { span: at..at, text: text.into() }
    }

    /// Puts `text` in the place of `span`.
    pub(crate) fn replacement(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }

    /// Takes `span` away.
    pub(crate) fn deletion(span: Span) -> Self {
        Self { span, text: String::new() }
    }
}

/// The pieces of `text` after `edits`, in order: slices of the original and of the edits, so that
/// they can be written without being put together.
///
/// # Panics
///
/// Panics if the edits are not sorted, overlap, or do not lie on character boundaries of `text`:
/// edits are made from one parse of that very text, so that is a bug here and never an input's
/// fault.
pub fn pieces<'a>(text: &'a str, edits: &'a [Edit]) -> impl Iterator<Item = &'a str> {
    let mut copied = 0;
    let changed = edits.iter().flat_map(move |edit| {
        assert!(copied <= edit.span.start, "edits overlap at byte {}", edit.span.start);
        let kept = &text[copied..edit.span.start];
        copied = edit.span.end;
        [kept, &*edit.text]
    });
    let rest = &text[edits.last().map_or(0, |edit| edit.span.end)..];
    changed.chain([rest])
}

/// `text` after `edits`.
///
/// ```
/// use rollstamp::{Edit, apply};
///
/// let edits = [Edit { span: 3..4, text: "2".into() }, Edit { span: 8..8, text: "!".into() }];
/// assert_eq!(apply("a: 1\nb: é\n", &edits), "a: 2\nb: !é\n");
/// ```
///
/// # Panics
///
/// Panics as [`pieces`] does.
pub fn apply(text: &str, edits: &[Edit]) -> String {
    pieces(text, edits).collect::<Vec<_>>().concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_outside_the_spans_are_kept() {
        let source = "a: 1 \r\nb: é\r\nc: 3";
        let edits = [
            Edit::replacement(3..4, "22"),
            Edit::insertion(7, "# new\r\n"),
            Edit::deletion(14..18),
        ];

        assert_eq!(apply(source, &edits), "a: 22 \r\n# new\r\nb: é\r\n");
    }

    #[test]
    #[should_panic(expected = "edits overlap at byte 1")]
    fn overlapping_edits_are_a_bug() {
        apply("abc", &[Edit::deletion(0..2), Edit::deletion(1..3)]);
    }
}
