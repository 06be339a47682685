//! Cuts a text at its document markers, and looks at a chunk without parsing it.

use memchr::{memchr, memchr_iter, memmem, memrchr};

use super::{Span, block};

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A part of a text between two document markers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chunk {
    /// What a parser has to read: without the byte order mark, and without a marker that has
    /// nothing else on its line.
    pub(crate) body: Span,
}

/// Cuts `text` before every `---` that begins a line and is followed by white space.
///
/// YAML forbids such a line inside a document (1.2.2, rule `c-forbidden`), so no cut lies inside a
/// node. The other way round a chunk may hold several documents: `...` ends one too. Directives begin
/// a chunk together with the document that they are for.
pub(crate) fn split(text: &str) -> impl Iterator<Item = Chunk> {
    let dashes = memmem::find_iter(text.as_bytes(), b"---").filter_map(|at| {
        let before = text[..at].strip_suffix(BYTE_ORDER_MARK).unwrap_or(&text[..at]);
        (before.ends_with('\n') && is_marker(&text[at..])).then_some(before.len())
    });
    let mut ends = dashes.chain([text.len()]);
    let mut next = Some(0);
    // The marker after the directives that the next chunk begins with.
    let mut marker = None;
    std::iter::from_fn(move || {
        let start = next?;
        let mut own = marker.take();
        let end = loop {
            let end = ends.next()?;
            let part = own.unwrap_or(start);
            match directives_at_end(&text[part..end]).filter(|_| end < text.len()) {
                None => break end,
                Some(0) => own = Some(end),
                Some(at) => {
                    marker = Some(end);
                    break part + at;
                }
            }
        };
        next = (end < text.len()).then_some(end);
        let body = own.map_or_else(|| body_start(text, start), |_| skip_mark(text, start));
        Some(Chunk { body: body.min(end)..end })
    })
}

/// Where the directives begin that `text` ends with, but for comments: they are for what follows.
fn directives_at_end(text: &str) -> Option<usize> {
    let mut rest = text;
    let mut first = None;
    while !rest.is_empty() {
        let line = last_line(rest);
        let before = &rest[..rest.len() - line.len()];
        if line[skip_mark(line, 0)..].starts_with('%') {
            first = Some(before.len());
        } else if !is_blank_or_comment(line) {
            break;
        }
        rest = before;
    }
    first
}

/// The last line of `text`, with its line end if it has one.
fn last_line(text: &str) -> &str {
    let before = text.len().saturating_sub(1);
    &text[memrchr(b'\n', &text.as_bytes()[..before]).map_or(0, |end| end + 1)..]
}

fn is_marker(text: &str) -> bool {
    text.strip_prefix("---")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
}

fn skip_mark(text: &str, start: usize) -> usize {
    start + if text[start..].starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 }
}

/// Where the body of the chunk that begins at `start` begins: behind a marker's line, if there is
/// nothing but the marker and perhaps a comment on it.
fn body_start(text: &str, start: usize) -> usize {
    let start = skip_mark(text, start);
    if !is_marker(&text[start..]) {
        return start;
    }
    let line_end = memchr(b'\n', &text.as_bytes()[start..]).map_or(text.len(), |at| start + at + 1);
    let rest = text[start + "---".len()..line_end].trim();
    if (rest.is_empty() || rest.starts_with('#')) && !rest.contains('\r') {
        return skip_mark(text, line_end);
    }
    start
}

/// What can be told of a key of a document's root mapping without parsing the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TopLevel<'t> {
    /// The root mapping has no such key, whatever the rest of the text says.
    Absent,
    /// The key has this plain word as its value, whatever the rest of the text says.
    Word(&'t str),
    /// Only a parser can tell.
    Unclear,
}

/// Looks for `key` in the root mapping of `body`, by its lines at column 0 alone.
///
/// Certain only if every such line is a plain word and a colon, an item of a sequence or a
/// comment, and the first content is at column 0: then no other spelling of the key (quoted,
/// `? key`, tagged, merged, inside braces, indented as a whole) can exist.
pub(crate) fn top_level<'t>(body: &'t str, key: &str) -> TopLevel<'t> {
    let bytes = body.as_bytes();
    if memchr_iter(b'\r', bytes).any(|at| bytes.get(at + 1) != Some(&b'\n')) {
        return TopLevel::Unclear;
    }
    let mut found = TopLevel::Absent;
    let mut has_content = false;
    let mut before = 1;
    let unclear = block::find_map(bytes, &(b'\n', b' '), |offset, (ends, spaces)| {
        let line_starts = (ends << 1 | before) & !ends;
        before = ends >> 63;
        let indented = if has_content { spaces } else { 0 };
        block::bits(line_starts & !indented).find_map(|bit| {
            let start = offset + bit;
            match bytes.get(start) {
                None | Some(b'\r' | b'#') => return None,
                Some(b' ' | b'\t') if has_content || is_blank_or_comment(line(body, start)) => {
                    return None;
                }
                Some(b'-') if matches!(bytes.get(start + 1), Some(b' ' | b'\n' | b'\r')) => {}
                Some(_) => match plain_key(line(body, start)) {
                    None => return Some(TopLevel::Unclear),
                    Some((name, value)) if name == key => match (found, plain_word(value)) {
                        (TopLevel::Absent, Some(word)) => found = TopLevel::Word(word),
                        _ => return Some(TopLevel::Unclear),
                    },
                    Some(_) => {}
                },
            }
            has_content = true;
            None
        })
    });
    unclear.unwrap_or(found)
}

/// The plain value of the first line of `body` that begins with `key`: most likely, but not surely, what
/// a parser finds there.
pub(crate) fn likely_word<'t>(body: &'t str, key: &str) -> Option<&'t str> {
    // Nearly always the second line, and to prepare a search takes longer than to look there.
    const FIRST: usize = 3;
    let mut start = 0;
    for _ in 0..FIRST {
        let line = line(body, start);
        if let Some(value) = line.strip_prefix(key).and_then(|rest| rest.strip_prefix(": ")) {
            return plain_word(value);
        }
        start = (start + line.len() + 1).min(body.len());
    }
    let mark = format!("\n{key}: ");
    let start = memmem::find(body.as_bytes(), mark.as_bytes())? + mark.len();
    plain_word(line(body, start))
}

fn line(text: &str, start: usize) -> &str {
    let end = memchr(b'\n', &text.as_bytes()[start..]).map_or(text.len(), |at| start + at);
    &text[start..end]
}

fn is_blank_or_comment(line: &str) -> bool {
    let content = line.trim_start();
    content.is_empty() || content.starts_with('#')
}

/// The key that `line` begins with and what follows its colon, if the key is a plain word.
fn plain_key(line: &str) -> Option<(&str, &str)> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    let (key, value) = line.split_once(':')?;
    let begins_plain = key.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    let ends_key = value.is_empty() || value.starts_with([' ', '\t', '\r']);
    (begins_plain && key.chars().all(is_word) && ends_key).then_some((key, value))
}

/// The plain word that `value` consists of, but for white space and a comment.
fn plain_word(value: &str) -> Option<&str> {
    let value = value.trim();
    let (word, rest) = value.split_at(value.find([' ', '\t']).unwrap_or(value.len()));
    let is_word = !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric());
    (is_word && is_blank_or_comment(rest)).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bodies(text: &str) -> Vec<&str> {
        split(text).map(|chunk| &text[chunk.body]).collect()
    }

    #[test]
    fn a_chunk_ends_where_a_marker_begins_a_line() {
        assert_eq!(bodies("a: 1\n---\nb: 2\n--- # two\nc: 3"), ["a: 1\n", "b: 2\n", "c: 3"]);
        assert_eq!(bodies("---\r\na: 1\r\n---\t\r\nb: 2\r\n"), ["a: 1\r\n", "b: 2\r\n"]);
        assert_eq!(bodies(""), [""]);
    }

    #[test]
    fn content_on_the_marker_line_belongs_to_the_body() {
        assert_eq!(bodies("--- {a: 1}\n--- |\n x\n"), ["--- {a: 1}\n", "--- |\n x\n"]);
    }

    #[test]
    fn what_only_looks_like_a_marker_does_not_cut() {
        assert_eq!(bodies("a: 1\n---x\n ---\n----\n"), ["a: 1\n---x\n ---\n----\n"]);
    }

    #[test]
    fn a_directive_stays_with_its_document() {
        assert_eq!(bodies("%YAML 1.2\n---\na: 1\n"), ["%YAML 1.2\n---\na: 1\n"]);
        assert_eq!(
            bodies("a: 1\n...\n%YAML 1.2\n---\nb: 2\n---\nc: 3\n"),
            ["a: 1\n...\n", "%YAML 1.2\n---\nb: 2\n", "c: 3\n"]
        );
        assert_eq!(
            bodies("a: 1\n%YAML 1.2\n# c\n%TAG ! x\n---\nb: 2\n"),
            ["a: 1\n", "%YAML 1.2\n# c\n%TAG ! x\n---\nb: 2\n"]
        );
        assert_eq!(bodies("a: 10%\n---\nb: 2\n"), ["a: 10%\n", "b: 2\n"]);
    }

    #[test]
    fn byte_order_marks_are_left_out_wherever_they_stand() {
        let text = "\u{feff}a: 1\n---\n\u{feff}b: 2\n\u{feff}---\nc: 3\n";
        assert_eq!(bodies(text), ["a: 1\n", "b: 2\n", "c: 3\n"]);
        assert_eq!(bodies("---\n\u{feff}---\na: 1\n"), ["", "a: 1\n"]);
        assert_eq!(bodies("---\n\u{feff}%YAML 1.2\n---\na: 1\n"), ["", "%YAML 1.2\n---\na: 1\n"]);
    }

    #[test]
    fn a_plain_kind_is_told_without_parsing() {
        let body =
            "# x\n\napiVersion: v1 # y\nkind: Pod\t# z\r\nitems:\n- kind: Other\nspec: {kind: X}\n";
        assert_eq!(top_level(body, "kind"), TopLevel::Word("Pod"));
        assert_eq!(top_level("name: x\non:\n  push: y\n", "kind"), TopLevel::Absent);
        assert_eq!(top_level("- kind: x\n", "kind"), TopLevel::Absent);
    }

    #[test]
    fn any_other_shape_is_left_to_the_parser() {
        for body in [
            "\"kind\": Pod\n",
            "kind: \"Pod\"\n",
            "kind: Pod\nkind: Job\n",
            "kind:\n  Pod\n",
            "? kind\n: Pod\n",
            "{kind: Pod}\n",
            "  kind: Pod\n",
            "<<: *x\nkind: Pod\n",
            "!!map\nkind: Pod\n",
            "a: 1\rkind: Pod\n",
            "a: 1\n...\nkind: Pod\n",
            "kind: &a Pod\n",
            "---x\nkind: Pod\n",
        ] {
            assert_eq!(top_level(body, "kind"), TopLevel::Unclear, "{body}");
        }
    }
}
