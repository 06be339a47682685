//! Text of the input as it may be shown to people: nothing in it moves the cursor, ends a line or turns the
//! direction of writing.

use std::borrow::Cow;
use std::fmt::Write as _;

/// `text` with each character that could act on a terminal, or pass for a line end, written as an escape.
///
/// ```
/// assert_eq!(rollstamp::report::escape("web\n\u{1b}[2J"), r"web\n\u{1b}[2J");
/// ```
pub fn escape(text: &str) -> Cow<'_, str> {
    replace(text, |escaped, character| match character {
        '\n' => escaped.push_str("\\n"),
        '\r' => escaped.push_str("\\r"),
        _ => write!(escaped, "\\u{{{:x}}}", u32::from(character))
            .expect("a string takes all that is written"),
    })
}

/// `json`, which was written by another, with the characters that JSON need not escape and a terminal may obey.
pub(crate) fn escape_json(json: String) -> String {
    let escaped = replace(&json, |escaped, character| match character {
        // Between values, and never inside of one.
        '\n' => escaped.push(character),
        _ => write!(escaped, "\\u{:04x}", u32::from(character))
            .expect("a string takes all that is written"),
    });
    match escaped {
        Cow::Owned(escaped) => escaped,
        Cow::Borrowed(_) => json,
    }
}

/// The lines of `text` with their ends, each as [`escape`] shows it.
pub(crate) fn escape_lines(text: &str) -> String {
    let lines = text.split_inclusive('\n').map(|line| {
        let body = line.strip_suffix('\n').unwrap_or(line);
        let body = body.strip_suffix('\r').unwrap_or(body);
        format!("{}{}", escape(body), &line[body.len()..])
    });
    lines.collect()
}

fn replace(text: &str, write: impl Fn(&mut String, char)) -> Cow<'_, str> {
    if !text.contains(is_active) {
        return text.into();
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if is_active(character) {
            write(&mut escaped, character);
        } else {
            escaped.push(character);
        }
    }
    escaped.into()
}

/// Whether a terminal or an editor may act on the character instead of showing it.
fn is_active(character: char) -> bool {
    // C0 without the tab, DEL and C1; marks, embeddings, overrides and isolates of direction; line separators.
    match character {
        '\t' => false,
        '\u{61c}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            true
        }
        _ => character.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_acts_is_escaped() {
        assert_eq!(escape("größe 1.yaml"), "größe 1.yaml");
        assert_eq!(escape("a\u{9b}b\u{202e}c\u{7f}\u{2028}"), r"a\u{9b}b\u{202e}c\u{7f}\u{2028}");
    }

    #[test]
    fn json_stays_the_same_value() {
        let text = "a\n\u{9b}\u{202e}\u{7f}";
        let json = serde_json::to_string_pretty(&[text]).expect("it is JSON");
        let escaped = escape_json(json);
        assert!(escaped.is_ascii(), "{escaped}");
        let read: [String; 1] = serde_json::from_str(&escaped).expect("it is JSON");
        assert_eq!(read[0], text);
    }

    #[test]
    fn lines_keep_their_ends() {
        assert_eq!(escape_lines("a\r\n\tb\rc\u{1b}\n"), "a\r\n\tb\\rc\\u{1b}\n");
    }
}
