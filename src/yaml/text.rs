//! The text of a scalar, of which a literal block scalar's is not put together before it is wanted.

use std::borrow::Cow;
use std::sync::OnceLock;

use super::block;

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

    /// Hands the text over in pieces of some thousand bytes.
    fn each(&self, mut take: impl FnMut(&[u8])) {
        const SIZE: usize = 4096;
        // A copy of a length that is known beforehand is some instructions, and no call.
        const SHORT: usize = 64;
        let mut pieces = [0; SIZE];
        let mut filled = 0;
        let written = self.written.as_bytes();
        let written = if self.has_final_break { written } else { &written[..written.len() - 1] };
        let mut put = |start: usize, end: usize| {
            let length = end - start;
            if length <= SHORT
                && let Some(piece) = written[start..].first_chunk::<SHORT>()
                && let Some(space) = pieces[filled..].first_chunk_mut::<SHORT>()
            {
                *space = *piece;
                filled += length;
                return;
            }
            if length > SIZE - filled {
                take(&pieces[..filled]);
                filled = 0;
            }
            if length > SIZE {
                take(&written[start..end]);
            } else {
                pieces[filled..filled + length].copy_from_slice(&written[start..end]);
                filled += length;
            }
        };
        let mut start = 0;
        block::find_map(written, &b'\n', |offset, ends| {
            for bit in block::bits(ends) {
                let end = offset + bit;
                // A line that is all spaces may have fewer of them than the others have before content.
                put(end.min(start + self.indentation), end + 1);
                start = end + 1;
            }
            None::<()>
        });
        put(written.len().min(start + self.indentation), written.len());
        take(&pieces[..filled]);
    }

    fn join(&self) -> String {
        let mut joined = Vec::with_capacity(self.written.len());
        self.each(|piece| joined.extend_from_slice(piece));
        String::from_utf8(joined).expect("lines are cut between characters")
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
    pub(crate) fn each(self, mut take: impl FnMut(&[u8])) {
        match self {
            Self::Whole(text) => take(text.as_bytes()),
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
