//! Byte offsets to lines and columns.

use memchr::{memchr, memchr_iter, memrchr};

use super::Span;

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
    /// What is known at each multiple of [`STEP`] bytes.
    steps: Vec<Step>,
}

/// What is known at some byte of a text.
#[derive(Debug, Clone, Copy, Default)]
struct Step {
    /// The byte.
    at: usize,
    /// How many line ends stand before it.
    lines: usize,
    /// Where its line begins, after any byte order mark.
    start: usize,
    /// How many characters of its line begin before it.
    characters: usize,
}

/// Bytes between two steps: an offset for each line would need more memory than the text itself
/// where lines are short.
const STEP: usize = 1 << 14;

impl<'t> LineIndex<'t> {
    /// Reads `text` once.
    pub fn new(text: &'t str) -> Self {
        let first = Step { start: after_marks(text, 0), ..Step::default() };
        let starts = (0..text.len()).step_by(STEP);
        let steps = starts.scan(first, |step, start| {
            *step = step.advance(text, start);
            Some(*step)
        });
        Self { text, steps: steps.collect() }
    }

    /// The line and column of the character at byte `offset`, or of the end if `offset` is beyond.
    pub fn line_column(&self, offset: usize) -> LineColumn {
        let place = self.at(offset);
        LineColumn { line: place.lines + 1, column: place.characters + 1 }
    }

    /// The bytes of the line that byte `offset` is on, without its end.
    pub(crate) fn line(&self, offset: usize) -> Span {
        let place = self.at(offset);
        // A line may be as long as the text: its end is looked for in one step, not in all between.
        let next = self.steps.partition_point(|step| step.lines <= place.lines);
        let from = place.at.max(next.saturating_sub(1) * STEP);
        let end = memchr(b'\n', &self.text.as_bytes()[from..]);
        place.start.min(place.at)..end.map_or(self.text.len(), |end| from + end)
    }

    fn at(&self, offset: usize) -> Step {
        let offset = offset.min(self.text.len());
        let index = (offset / STEP).min(self.steps.len().saturating_sub(1));
        self.steps.get(index).copied().unwrap_or_default().advance(self.text, offset)
    }
}

impl Step {
    /// What is known at byte `at` of `text`, which is not before this one.
    fn advance(self, text: &str, at: usize) -> Self {
        let passed = &text.as_bytes()[self.at..at];
        let lines = self.lines + memchr_iter(b'\n', passed).count();
        let (start, known, from) = match memrchr(b'\n', passed) {
            Some(end) => (after_marks(text, self.at + end + 1), 0, 0),
            None => (self.start, self.characters, self.at),
        };
        let new = &text.as_bytes()[start.max(from).min(at)..at];
        // Bytes and not characters, because a step may begin within one.
        let characters = known + new.iter().filter(|byte| !matches!(byte, 0x80..=0xbf)).count();
        Self { at, lines, start, characters }
    }
}

/// Where a line that begins at byte `start` of `text` goes on after any byte order mark.
fn after_marks(text: &str, start: usize) -> usize {
    text.len() - text[start..].trim_start_matches('\u{feff}').len()
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
    fn one_line_of_many_steps_is_counted_in_characters() {
        let text = format!("\u{feff}{}\nend", "é12".repeat(STEP));
        let index = LineIndex::new(&text);

        for character in [0, 1, STEP / 4 - 1, STEP / 4, STEP / 4 + 1, 2 * STEP, 3 * STEP] {
            let offset = 3 + character / 3 * 4 + [0, 2, 3][character % 3];
            let expected = LineColumn { line: 1, column: character + 1 };
            assert_eq!(index.line_column(offset), expected);
            assert_eq!(index.line(offset), 3..text.len() - 4);
        }
        assert_eq!(index.line(text.len()), text.len() - 3..text.len());
    }

    #[test]
    fn lines_begin_and_end_in_any_step() {
        for length in [0, 1, STEP - 1, STEP, STEP + 1, 3 * STEP] {
            let text = format!("{0}\n{0}\n{0}", "x".repeat(length));
            let index = LineIndex::new(&text);
            for line in 0..3 {
                let span = line * (length + 1)..line * (length + 1) + length;
                assert_eq!(index.line(span.start), span, "{length}");
                assert_eq!(index.line(span.end), span, "{length}");
            }
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
