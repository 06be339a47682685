//! The plain lane: reads, line by line, the shape that nearly all manifests have, without what a
//! parser of all of YAML must look out for.
//!
//! It gives the tree that the parser gives or none: block mappings and sequences whose keys are plain
//! words, one-line scalars without escapes, literal block scalars, flow collections of words on one
//! line, comments. Whatever else a text holds, it is not sure, and the parser reads it. That is always
//! allowed, so the lane never has to say what is wrong.

use memchr::{memchr, memrchr};

use super::block::{self, MAX_MARGIN, Rare, find_in_margin};
use super::document::{Builder, Document};
use super::event::{Event, ScalarStyle};
use super::text::{Lines, Text};

/// Reads the one document of `body`, which begins at byte `base` of its source; `None` if not sure.
pub(super) fn read(body: &str, base: usize) -> Option<Vec<Document<'_>>> {
    if !is_printable(body.as_bytes()) || !body.ends_with('\n') {
        return None;
    }
    let mut lane = Lane {
        body,
        base,
        at: 0,
        line_start: 0,
        line_end: 0,
        builder: Builder::new(body, base),
        open: Vec::new(),
        owed: None,
    };
    lane.push(Event::DocumentStart, 0, 0)?;
    lane.skip_to_content()?;
    while lane.at < body.len() {
        let column = lane.column();
        let is_item = item_width(lane.line()).is_some();
        lane.close(column, is_item)?;
        lane.read_line()?;
        lane.skip_to_content()?;
    }
    if lane.open.is_empty() {
        return None;
    }
    lane.settle();
    while lane.open.pop().is_some() {
        lane.push(Event::CollectionEnd, body.len(), body.len())?;
    }
    lane.push(Event::DocumentEnd, 0, 0)?;
    Some(lane.builder.finish())
}

/// A block collection that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Open {
    kind: Kind,
    column: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Mapping,
    Sequence,
}

struct Lane<'t> {
    body: &'t str,
    base: usize,
    /// The next byte to read.
    at: usize,
    /// Where its line begins, and where it ends.
    line_start: usize,
    line_end: usize,
    builder: Builder<'t>,
    open: Vec<Open>,
    /// Where a key ends that has no value yet.
    owed: Option<usize>,
}

impl<'t> Lane<'t> {
    fn push(&mut self, event: Event<'t>, start: usize, end: usize) -> Option<()> {
        self.builder.push(event, self.base + start..self.base + end).ok()
    }

    fn scalar(&mut self, start: usize, end: usize, style: ScalarStyle) {
        self.builder.push_written(style, &(self.base + start..self.base + end));
    }

    /// The rest of the line.
    fn line(&self) -> &'t [u8] {
        &self.body.as_bytes()[self.at..self.line_end]
    }

    /// Goes from the start of a line to the first character of the next content, or to the end.
    fn skip_to_content(&mut self) -> Option<()> {
        loop {
            self.line_start = self.at;
            let rest = &self.body.as_bytes()[self.at..];
            let spaces = spaces(rest);
            match rest.get(spaces) {
                Some(b'\n') => self.at += spaces + 1,
                Some(b'#') => self.at += memchr(b'\n', rest)? + 1,
                Some(_) | None => {
                    self.at += spaces;
                    self.line_end = self.at + memchr(b'\n', &rest[spaces..]).unwrap_or(0);
                    return Some(());
                }
            }
        }
    }

    /// Where the line of byte `at` begins.
    fn line_start_of(&self, at: usize) -> usize {
        memrchr(b'\n', &self.body.as_bytes()[..at]).map_or(0, |end| end + 1)
    }

    /// The column of the next byte.
    fn column(&self) -> usize {
        self.at - self.line_start
    }

    /// Ends the collections that a line at `column` does not belong to.
    fn close(&mut self, column: usize, is_item: bool) -> Option<()> {
        let is_inside = |open: Open| {
            column > open.column || is_item && column == open.column && open.kind == Kind::Mapping
        };
        if self.owed.is_some() && self.open.last().is_none_or(|open| is_inside(*open)) {
            return Some(());
        }
        self.settle();
        while let Some(open) = self.open.last() {
            let is_over = column < open.column
                || column == open.column && open.kind == Kind::Sequence && !is_item;
            if !is_over {
                break;
            }
            self.open.pop();
            self.push(Event::CollectionEnd, self.at, self.at)?;
            // Nothing can follow the root.
            self.open.last()?;
        }
        Some(())
    }

    /// Gives a key that turns out to have no value the empty one.
    fn settle(&mut self) {
        if let Some(end) = self.owed.take() {
            self.scalar(end, end, ScalarStyle::Plain);
        }
    }

    /// Reads the rest of the line: any number of `- `, then perhaps a key, then perhaps a
    /// value.
    fn read_line(&mut self) -> Option<()> {
        let mut is_value = false;
        while let Some(width) = item_width(self.line()) {
            // The parser takes a sequence that is as far left as its key to begin at its first item.
            let is_indentless =
                self.open.last() == Some(&Open { kind: Kind::Mapping, column: self.column() });
            let start = self.at + if is_indentless { width } else { 0 };
            self.enter(Kind::Sequence, start, is_value)?;
            self.at += width;
            is_value = true;
        }
        let line = self.line();
        let Some(length) = key_length(line) else {
            return if is_value { self.read_value() } else { None };
        };
        self.enter(Kind::Mapping, self.at, is_value)?;
        self.scalar(self.at, self.at + length, ScalarStyle::Plain);
        self.at += length + 1;
        let rest = self.line();
        if is_over(rest) {
            self.owed = Some(self.at - 1);
            self.at += rest.len() + 1;
            return Some(());
        }
        self.at += spaces(rest);
        self.read_value()
    }

    /// Makes sure that the key or item that stands here is in a collection of its kind, which it may be
    /// the first of: then the collection begins at `start`.
    fn enter(&mut self, kind: Kind, start: usize, is_value: bool) -> Option<()> {
        let column = self.column();
        if self.open.last() == Some(&Open { kind, column }) && self.owed.is_none() && !is_value {
            return Some(());
        }
        let is_root = self.open.is_empty() && column == 0;
        if !is_root && !is_value && self.owed.is_none() {
            return None;
        }
        self.owed = None;
        self.open.push(Open { kind, column });
        let properties = None;
        let event = match kind {
            Kind::Mapping => Event::MappingStart { flow: false, properties },
            Kind::Sequence => Event::SequenceStart { flow: false, properties },
        };
        self.push(event, start, start)
    }

    /// Reads the value that stands here, to the end of its last line.
    fn read_value(&mut self) -> Option<()> {
        let line = self.line();
        let length = match line.first()? {
            b'|' => return self.read_literal(line),
            b'{' | b'[' => self.read_flow(self.at)? - self.at,
            b'"' | b'\'' => self.read_quoted(self.at)? - self.at,
            _ => {
                let length = plain_length(line)?;
                self.scalar(self.at, self.at + length, ScalarStyle::Plain);
                length
            }
        };
        self.at += line.len() + 1;
        is_over(&line[length..]).then_some(())
    }

    /// Reads the quoted scalar at `start`, and gives where it ends.
    fn read_quoted(&mut self, start: usize) -> Option<usize> {
        let bytes = &self.body.as_bytes()[start..];
        let quote = bytes[0];
        let end = 1 + bytes[1..]
            .iter()
            .position(|byte| matches!(byte, b'\\' | b'\n' | b'\t') || *byte == quote)?;
        let style =
            if quote == b'"' { ScalarStyle::DoubleQuoted } else { ScalarStyle::SingleQuoted };
        let is_simple = bytes[end] == quote && bytes.get(end + 1) != Some(&quote);
        let end = start + end + 1;
        is_simple.then(|| self.scalar(start, end, style))?;
        Some(end)
    }

    /// Reads the literal block scalar whose header `line` is.
    fn read_literal(&mut self, header: &[u8]) -> Option<()> {
        let parent = self.open.last()?.column;
        let has_final_break = match header {
            b"|" => true,
            b"|-" => false,
            _ => return None,
        };
        let bytes = self.body.as_bytes();
        let start = self.at + header.len() + 1;
        let first = start + bytes[start..].iter().take_while(|byte| **byte == b'\n').count();
        let indentation = spaces(&bytes[first..]);
        if indentation <= parent
            || indentation > MAX_MARGIN
            || matches!(bytes.get(first + indentation), None | Some(b'\n' | b'\t'))
        {
            return None;
        }
        let at = match find_in_margin(&bytes[first..], indentation).map(|at| first + at) {
            None => bytes.len(),
            // Content that is less indented than the first line, and still inside.
            Some(at) if bytes[at] == b'\t' || at - self.line_start_of(at) > parent => return None,
            Some(at) => self.line_start_of(at),
        };
        let mut end = at;
        loop {
            let last = self.line_start_of(end - 1);
            let is_blank = bytes[last..end - 1].iter().all(|byte| *byte == b' ');
            if !is_blank || end - 1 - last > indentation {
                break;
            }
            end = last;
        }
        let lines = Lines::new(&self.body[start..end], indentation, has_final_break);
        let text = Text::Lines(Box::new(lines));
        let event = Event::Scalar(text, ScalarStyle::Block, None);
        self.push(event, first + indentation, at + spaces(&bytes[at..]))?;
        self.at = at;
        Some(())
    }

    /// Reads the flow collection at `start`, and gives where it ends.
    fn read_flow(&mut self, start: usize) -> Option<usize> {
        let bytes = self.body.as_bytes();
        let properties = None;
        let (close, event) = match bytes[start] {
            b'{' => (b'}', Event::MappingStart { flow: true, properties }),
            _ => (b']', Event::SequenceStart { flow: true, properties }),
        };
        self.push(event, start, start + 1)?;
        let mut at = start + 1;
        let mut may_end = true;
        loop {
            at += spaces(&bytes[at..]);
            if may_end && bytes[at] == close {
                self.push(Event::CollectionEnd, at, at + 1)?;
                return Some(at + 1);
            }
            if close == b'}' {
                let length = word_length(&bytes[at..]);
                self.scalar(at, at + length, ScalarStyle::Plain);
                at += length;
                if length == 0 || !bytes[at..].starts_with(b": ") {
                    return None;
                }
                at += 1 + spaces(&bytes[at + 1..]);
            }
            at = match bytes[at] {
                b'{' | b'[' => self.read_flow(at)?,
                b'"' | b'\'' => self.read_quoted(at)?,
                _ => {
                    let length = word_length(&bytes[at..]);
                    self.scalar(at, at + length, ScalarStyle::Plain);
                    (length > 0).then_some(at + length)?
                }
            };
            at += spaces(&bytes[at..]);
            may_end = bytes[at] == close;
            match bytes[at] {
                b',' => at += 1,
                _ if may_end => {}
                _ => return None,
            }
        }
    }
}

/// Whether YAML takes every character as it is: none is a control character, a byte order mark or a
/// line end of another age. Of the rarer characters some are doubted without need.
fn is_printable(bytes: &[u8]) -> bool {
    // U+2028 and U+2029 begin with the byte that dashes and quotation marks begin with, too.
    let is_fine =
        |at: usize| bytes[at] == 0xe2 && !matches!(bytes[at..], [0xe2, 0x80, 0xa8 | 0xa9, ..]);
    block::find_map(bytes, &Rare, |offset, rare| {
        block::bits(rare).find(|bit| !is_fine(offset + bit))
    })
    .is_none()
}

/// How many bytes `line` begins with that make an item of a sequence, up to what the item holds.
fn item_width(line: &[u8]) -> Option<usize> {
    let rest = line.strip_prefix(b"- ")?;
    let width = line.len() - rest.len() + spaces(rest);
    (!matches!(line.get(width), None | Some(b'#'))).then_some(width)
}

/// How many spaces `bytes` begin with.
fn spaces(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| **byte == b' ').count()
}

/// Whether `rest`, the rest of a line, has nothing but spaces and perhaps a comment behind them.
fn is_over(rest: &[u8]) -> bool {
    let spaces = spaces(rest);
    match rest.get(spaces) {
        None => true,
        Some(b'#') => spaces > 0,
        Some(_) => false,
    }
}

/// How long the plain word is that `line` begins with as a key.
fn key_length(line: &[u8]) -> Option<usize> {
    const MAX_LENGTH: usize = 512;
    let length = word_length(line);
    let is_key = matches!(line[length..], [b':'] | [b':', b' ', ..]);
    (is_key && (1..=MAX_LENGTH).contains(&length)).then_some(length)
}

/// How many bytes are a word that means itself wherever it stands.
fn word_length(bytes: &[u8]) -> usize {
    let is_inner =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/');
    let begins = bytes
        .first()
        .is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'/'));
    if begins { bytes.iter().take_while(|byte| is_inner(byte)).count() } else { 0 }
}

/// How long the plain scalar is that `line`, the rest of a line in a block collection, begins with: all of
/// it but for a comment.
fn plain_length(line: &[u8]) -> Option<usize> {
    let begins = match line {
        [b'-', second, ..] => !matches!(second, b' ' | b'-'),
        [first, ..] => {
            first.is_ascii_alphanumeric() || b"._/$(<=+~^;\\".contains(first) || !first.is_ascii()
        }
        [] => false,
    };
    // Behind the last byte that is no space.
    let mut end = 0;
    for (index, byte) in line.iter().enumerate() {
        match byte {
            b' ' => {}
            b'#' if end < index => break,
            b':' if matches!(line.get(index + 1), None | Some(b' ')) => return None,
            b'\t' => return None,
            _ => end = index + 1,
        }
    }
    begins.then_some(end)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests read files")]
mod tests {
    use std::path::Path;

    use super::super::{granit, split};

    /// Reads each chunk of `text` both ways, and gives how many the lane is sure of, of how many.
    fn compare(text: &str) -> (usize, usize) {
        let chunks: Vec<_> = split(text).collect();
        let mut sure = 0;
        for chunk in &chunks {
            let (body, base) = (&text[chunk.body.clone()], chunk.body.start);
            let Some(fast) = super::read(body, base) else { continue };
            let slow = granit::read(body, base);
            if slow.as_ref() != Ok(&fast) {
                let (fast, slow) = (format!("{:#?}", Ok::<_, ()>(fast)), format!("{slow:#?}"));
                let diff = similar::TextDiff::from_lines(&slow, &fast);
                panic!("the lane is wrong:\n{}\n{body}", diff.unified_diff());
            }
            sure += 1;
        }
        (sure, chunks.len())
    }

    fn manifests(folder: &Path) -> Vec<String> {
        let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter();
        let files = files.map(|entry| entry.expect("it can be read").into_path());
        let texts = files.filter_map(|file| std::fs::read_to_string(file).ok());
        texts.collect()
    }

    fn root() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR"))
    }

    #[test]
    fn characters_that_yaml_may_not_take_are_doubted() {
        for before in 0..130 {
            let is_printable =
                |c: char| super::is_printable(format!("{}{c} b\n", "a".repeat(before)).as_bytes());
            for c in "\0\u{7}\r\u{1f}\u{7f}\u{80}\u{85}\u{2028}\u{2029}\u{feff}\u{fffe}".chars() {
                assert!(!is_printable(c), "{c:?} behind {before}");
            }
            for c in "\n\t ~ß—“…設😀".chars() {
                assert!(is_printable(c), "{c:?} behind {before}");
            }
        }
    }

    #[test]
    fn the_lane_gives_the_tree_that_the_parser_gives() {
        let texts = ["fixtures", "examples"].map(|folder| manifests(&root().join(folder))).concat();
        let counts = texts.iter().map(|text| compare(text));
        let (sure, all) = counts.fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
        assert!(sure * 10 > all * 5, "the lane is sure of {sure} of {all}");
    }

    #[test]
    fn the_lane_gives_the_tree_that_the_parser_gives_of_broken_text() {
        let texts = manifests(&root().join("fixtures"));
        let mut state = 1_u64;
        let mut random = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            usize::try_from(state >> 33).expect("31 bits fit") % below
        };
        let inserts = [
            " ", "  ", "\n", "- ", ": ", ":", "#", " #", "\"", "'", "|", "|-", "{", "}", "[", ",",
            "a", "\t", "&", "*", "!", "?", "%", "~", "é", "\\", "---", "...",
        ];
        let mut sure = 0;
        for _ in 0..20_000 {
            let text = &texts[random(texts.len())];
            let chunks: Vec<_> = split(text).collect();
            let mut body = text[chunks[random(chunks.len())].body.clone()].to_owned();
            if body.len() > 2000 || body.is_empty() {
                continue;
            }
            for _ in 0..=random(3) {
                let at = (0..=random(body.len() + 1)).rev().find(|at| body.is_char_boundary(*at));
                let at = at.expect("the start is a boundary");
                let end = (at + random(3)..=body.len()).find(|end| body.is_char_boundary(*end));
                let insert = if random(3) == 0 { "" } else { inserts[random(inserts.len())] };
                body.replace_range(at..end.unwrap_or(body.len()), insert);
            }
            sure += compare(&body).0;
        }
        assert!(sure > 3000, "the lane is sure of only {sure}");
    }
}
