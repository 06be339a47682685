//! Byte offsets to lines and columns.

use memchr::{memchr_iter, memrchr};

/// A place in a text as people count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

/// Answers which line of a text a byte is on.
///
/// ```
/// use rollstamp::LineIndex;
///
/// let index = LineIndex::new("a: 1\nb: é2\n");
/// let place = index.line_column(10);
/// assert_eq!((place.line, place.column), (2, 5));
/// ```
#[derive(Debug)]
pub struct LineIndex<'t> {
    text: &'t str,
    /// How many line ends stand before each multiple of [`STEP`] bytes.
    counts: Vec<usize>,
}

/// Bytes between two counts: an offset for each line would need more memory than the text itself
/// where lines are short.
const STEP: usize = 1 << 14;

impl<'t> LineIndex<'t> {
    /// Reads `text` once.
    pub fn new(text: &'t str) -> Self {
        let steps = text.as_bytes().chunks(STEP).scan(0, |count, step| {
            let before = *count;
            *count += memchr_iter(b'\n', step).count();
            Some(before)
        });
        Self { text, counts: steps.collect() }
    }

    /// The line and column of the character at byte `offset`, or of the end if `offset` is beyond.
    pub fn line_column(&self, offset: usize) -> LineColumn {
        let bytes = self.text.as_bytes();
        let offset = offset.min(bytes.len());
        let step = (offset / STEP).min(self.counts.len().saturating_sub(1));
        let counted = self.counts.get(step).copied().unwrap_or_default();
        let line = counted + memchr_iter(b'\n', &bytes[step * STEP..offset]).count();
        let start = memrchr(b'\n', &bytes[..offset]).map_or(0, |end| end + 1);
        let line_start = self.text[start..].trim_start_matches('\u{feff}').len();
        let start = (self.text.len() - line_start).min(offset);
        LineColumn { line: line + 1, column: self.text[start..offset].chars().count() + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_across_steps() {
        let text = "0123456\n".repeat(STEP);
        let index = LineIndex::new(&text);

        for line in [0, 1, STEP / 8 - 1, STEP / 8, STEP - 1] {
            let expected = LineColumn { line: line + 1, column: 4 };
            assert_eq!(index.line_column(line * 8 + 3), expected);
        }
    }

    #[test]
    fn a_byte_order_mark_is_no_column() {
        let index = LineIndex::new("\u{feff}a: b");
        assert_eq!(index.line_column(3), LineColumn { line: 1, column: 1 });
        assert_eq!(index.line_column(6), LineColumn { line: 1, column: 4 });
    }

    #[test]
    fn the_end_of_an_empty_text_is_its_first_column() {
        assert_eq!(LineIndex::new("").line_column(7), LineColumn { line: 1, column: 1 });
    }
}
