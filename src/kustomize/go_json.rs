//! JSON as Go writes it: keys in order, and `<`, `>` and `&` escaped.

use std::fmt::Write as _;

use super::scalar::Plain;
use super::value::{Scalar, Value};

/// How numbers that are not whole are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Numbers {
    /// As JSON that is hashed has them.
    Json,
    /// As the YAML that kustomize prints has them.
    Yaml,
}

/// Appends `value` to `text`, without white space.
pub(super) fn write(text: &mut String, value: &Value, numbers: Numbers) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Scalar(scalar) => write_scalar(text, scalar, numbers),
        Value::Sequence(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index > 0 { "," } else { "" });
                write(text, item, numbers);
            }
            text.push(']');
        }
        Value::Mapping(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_by(|one, other| one.0.cmp(&other.0));
            text.push('{');
            for (index, (key, value)) in entries.into_iter().enumerate() {
                text.push_str(if index > 0 { "," } else { "" });
                write_string(text, key);
                text.push(':');
                write(text, value, numbers);
            }
            text.push('}');
        }
    }
}

fn write_scalar(text: &mut String, scalar: &Scalar, numbers: Numbers) {
    let plain = Plain::of_scalar(scalar);
    match plain {
        Plain::Text => write_string(text, &scalar.text),
        Plain::Time(time) => write_string(text, &time),
        Plain::Boolean(is_true) => text.push_str(if is_true { "true" } else { "false" }),
        Plain::Integer(digits) => text.push_str(&digits),
        Plain::Float(number) => {
            text.push_str(&Plain::print_float(number, numbers == Numbers::Json));
        }
    }
}

/// Appends `string` in quotes.
pub(super) fn write_string(text: &mut String, string: &str) {
    text.push('"');
    let is_plain = |byte: u8| (0x20..0x80).contains(&byte) && !b"\"\\<>&".contains(&byte);
    if string.bytes().all(is_plain) {
        text.push_str(string);
        text.push('"');
        return;
    }
    for character in string.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                let _ = write!(text, "\\u{:04x}", character as u32);
            }
            character => text.push(character),
        }
    }
    text.push('"');
}
