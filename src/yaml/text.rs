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
    fn each(&self, take: impl FnMut(&[u8])) {
        let written = self.written.as_bytes();
        let written = if self.has_final_break { written } else { &written[..written.len() - 1] };
        let mut pieces = Pieces { written, bytes: [0; SIZE + SHORT], filled: 0, take };
        let mut start = 0;
        block::find_map(written, &b'\n', |offset, ends| {
            for bit in block::bits(ends) {
                let end = offset + bit;
                // A line that is all spaces may have fewer of them than the others have before content.
                pieces.put(end.min(start + self.indentation), end + 1);
                start = end + 1;
            }
            None::<()>
        });
        pieces.put(written.len().min(start + self.indentation), written.len());
        pieces.finish();
    }

    fn join(&self) -> String {
        let mut joined = Vec::with_capacity(self.written.len());
        self.each(|piece| joined.extend_from_slice(piece));
        String::from_utf8(joined).expect("lines are cut between characters")
    }
}

/// How many bytes are handed over at once: as a hash takes them, which takes 64 at a time.
const SIZE: usize = 2048;

/// A copy of that many bytes, a length that is known beforehand, is an instruction or some, and no call.
const SHORT: usize = 64;

/// Parts of a text that become one, which is handed over now and then.
struct Pieces<'w, F> {
    written: &'w [u8],
    bytes: [u8; SIZE + SHORT],
    /// How many bytes there are: fewer than `SIZE`.
    filled: usize,
    take: F,
}

impl<F: FnMut(&[u8])> Pieces<'_, F> {
    /// Adds the bytes from `start` to `end`, most often few.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "see `block`")]
    fn put(&mut self, start: usize, end: usize) {
        if end - start <= SHORT
            && let Some(more) = self.written.get(start..start + SHORT)
            && let Some(space) = self.bytes.get_mut(self.filled..self.filled + SHORT)
        {
            space.copy_from_slice(more);
            self.add(end - start);
        } else {
            self.put_many(start, end);
        }
    }

    #[cold]
    fn put_many(&mut self, start: usize, end: usize) {
        for more in self.written[start..end].chunks(SHORT) {
            self.bytes[self.filled..self.filled + more.len()].copy_from_slice(more);
            self.add(more.len());
        }
    }

    /// Counts what has just been put there.
    #[inline]
    fn add(&mut self, length: usize) {
        self.filled += length;
        if self.filled >= SIZE {
            self.hand_over();
        }
    }

    #[cold]
    fn hand_over(&mut self) {
        (self.take)(&self.bytes[..SIZE]);
        self.bytes.copy_within(SIZE.., 0);
        self.filled -= SIZE;
    }

    fn finish(mut self) {
        (self.take)(&self.bytes[..self.filled]);
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
