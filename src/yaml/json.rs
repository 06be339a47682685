//! Reads a stream of JSON values, which is not YAML from the second value on.
//!
//! `serde_json` decides what JSON is; here the text is walked once more for the positions.

use serde::de::IgnoredAny;

use super::document::{Builder, Document};
use super::event::{Event, ScalarStyle};
use super::{Span, SyntaxError};

/// Reads every value of `body`, which begins at byte `base` of its source, as a document.
///
/// # Errors
///
/// Returns an error if `body` is not JSON throughout; its text is of no use to a user, because the
/// body may still be YAML.
pub(super) fn read(body: &str, base: usize) -> Result<Vec<Document<'_>>, SyntaxError> {
    let mut documents = Vec::new();
    let mut values = serde_json::Deserializer::from_str(body).into_iter::<IgnoredAny>();
    let mut start = 0;
    while let Some(value) = values.next() {
        let end = values.byte_offset();
        value.map_err(|error| refuse(&error, base + end))?;
        let start_of_value = end - body[start..end].trim_start().len();
        documents.extend(read_value(body, start_of_value..end, base)?);
        start = end;
    }
    Ok(documents)
}

fn refuse(error: &serde_json::Error, offset: usize) -> SyntaxError {
    SyntaxError { message: error.to_string(), offset }
}

/// Reads the one value that is known to stand at `value` of `body`.
fn read_value(body: &str, value: Span, base: usize) -> Result<Vec<Document<'_>>, SyntaxError> {
    let mut builder = Builder::new(&body[value.clone()], base + value.start);
    builder.push(Event::DocumentStart, 0..0)?;
    let mut rest = value.clone();
    while let Some(byte) = body.as_bytes()[rest.clone()].first() {
        let properties = None;
        let (length, event) = match byte {
            b'{' => (1, Some(Event::MappingStart { flow: true, properties })),
            b'[' => (1, Some(Event::SequenceStart { flow: true, properties })),
            b'}' | b']' => (1, Some(Event::CollectionEnd)),
            b'"' => {
                let length = string_length(&body[rest.clone()]);
                let text = unescape(&body[rest.start..rest.start + length])
                    .map_err(|error| refuse(&error, base + rest.start))?;
                (length, Some(Event::Scalar(text.into(), ScalarStyle::DoubleQuoted, properties)))
            }
            b' ' | b'\t' | b'\r' | b'\n' | b',' | b':' => (1, None),
            _ => {
                let literal = &body[rest.clone()];
                let is_end = |c: char| c.is_ascii_whitespace() || matches!(c, ',' | '}' | ']');
                let literal = &literal[..literal.find(is_end).unwrap_or(literal.len())];
                let event = Event::Scalar(literal.into(), ScalarStyle::Plain, properties);
                (literal.len(), Some(event))
            }
        };
        if let Some(event) = event {
            builder.push(event, base + rest.start..base + rest.start + length)?;
        }
        rest.start += length;
    }
    builder.push(Event::DocumentEnd, 0..0)?;
    Ok(builder.finish())
}

/// The length of the string that `text` begins with, its quotes included.
fn string_length(text: &str) -> usize {
    let mut escaped = true;
    let is_end = |byte: &u8| match byte {
        _ if escaped => {
            escaped = false;
            false
        }
        b'\\' => {
            escaped = true;
            false
        }
        byte => *byte == b'"',
    };
    text.as_bytes().iter().position(is_end).map_or(text.len(), |end| end + 1)
}

fn unescape(quoted: &str) -> serde_json::Result<std::borrow::Cow<'_, str>> {
    if quoted.contains('\\') {
        return serde_json::from_str::<String>(quoted).map(Into::into);
    }
    Ok(quoted[1..quoted.len() - 1].into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_of_a_stream_is_a_document_with_its_own_bytes() {
        let text = "{\"a\": 1}\n {\"b\\\"\": [\"\\ud83d\\ude00\", true]} ";
        let documents = read(text, 100).unwrap();

        let extents: Vec<_> = documents.iter().map(|document| document.extent.clone()).collect();
        assert_eq!(extents, [100..108, 110..141]);
        let list = documents[1].root().unwrap().get("b\"").unwrap();
        let items: Vec<_> = list.items().map(|item| (item.text(), item.span())).collect();
        assert_eq!(items, [(Some("😀"), 119..133), (Some("true"), 135..139)]);
    }

    #[test]
    fn what_is_not_json_throughout_is_refused() {
        for text in ["{a: 1}", "{\"a\": 1} # comment", "{\"a\": 1,}", "{\"a\": \"\\ud83d\"}"] {
            assert!(read(text, 0).is_err(), "{text}");
        }
    }
}
