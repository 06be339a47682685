//! The text of a scalar, of which a literal block scalar's is not put together before it is wanted.

use std::borrow::Cow;
use std::sync::OnceLock;

use memchr::memchr;

/// A scalar's text after unescaping.
#[derive(Debug, Clone)]
pub(crate) enum Text<'t> {
    /// As it stands in the source, or unescaped.
    Whole(Cow<'t, str>),
    /// The lines of a literal block scalar.
    Lines(Box<Lines<'t>>),
}

/// The lines of a literal block scalar, as they stand in the source.
#[derive(Debug, Clone)]
pub(crate) struct Lines<'t> {
    /// From the first byte of the first line to the end of the last one that is not empty.
    written: &'t str,
    /// How many spaces of each line are not content.
    indentation: usize,
    has_final_break: bool,
    joined: OnceLock<Box<str>>,
}

impl<'t> Lines<'t> {
    pub(super) fn new(written: &'t str, indentation: usize, has_final_break: bool) -> Self {
        Self { written, indentation, has_final_break, joined: OnceLock::new() }
    }

    fn each(&self, mut take: impl FnMut(&'t str)) {
        let mut rest = self.written;
        while !rest.is_empty() {
            let (line, behind) =
                rest.split_at(memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |at| at + 1));
            // A line that is all spaces may have fewer of them than the others have before content.
            let content = line.get(self.indentation..).filter(|content| !content.is_empty());
            let content = content.unwrap_or("\n");
            let is_cut = behind.is_empty() && !self.has_final_break;
            take(if is_cut { content.trim_end_matches('\n') } else { content });
            rest = behind;
        }
    }

    fn join(&self) -> String {
        let mut joined = String::with_capacity(self.written.len());
        self.each(|line| joined.push_str(line));
        joined
    }
}

/// A view of a scalar's text.
#[derive(Debug, Clone, Copy)]
pub(crate) enum TextRef<'d> {
    /// In one piece.
    Whole(&'d str),
    /// The lines of a literal block scalar.
    Lines(&'d Lines<'d>),
}

impl<'d> TextRef<'d> {
    /// Hands the text over piece by piece, so that it need not be put together.
    pub(crate) fn each(self, mut take: impl FnMut(&str)) {
        match self {
            Self::Whole(text) => take(text),
            Self::Lines(lines) => lines.each(take),
        }
    }

    /// The text as it stands in the source, the lines of a block scalar with their indentation:
    /// enough to look for a word.
    pub(crate) fn written(self) -> &'d str {
        match self {
            Self::Whole(text) => text,
            Self::Lines(lines) => lines.written,
        }
    }

    /// The text in one piece, which is kept once it has been put together.
    pub(crate) fn joined(self) -> &'d str {
        match self {
            Self::Whole(text) => text,
            Self::Lines(lines) => lines.joined.get_or_init(|| lines.join().into()),
        }
    }
}

impl Text<'_> {
    /// A view of it.
    pub(super) fn as_ref(&self) -> TextRef<'_> {
        match self {
            Self::Whole(text) => TextRef::Whole(text),
            Self::Lines(lines) => TextRef::Lines(lines),
        }
    }
}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.as_ref().joined() == other.as_ref().joined()
    }
}

impl Eq for Text<'_> {}

impl<'t, T: Into<Cow<'t, str>>> From<T> for Text<'t> {
    fn from(text: T) -> Self {
        Self::Whole(text.into())
    }
}
