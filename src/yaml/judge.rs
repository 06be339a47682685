//! Reads YAML a second time, by `yaml-rust2`: the judge of edited documents.
//!
//! Its positions are of no use (they drift after non-ASCII block scalars), so its trees have empty spans
//! and serve for comparing values only.

use yaml_rust2::Event as Raw;
use yaml_rust2::parser::{Parser, Tag};
use yaml_rust2::scanner::TScalarStyle;

use super::document::{Builder, Document};
use super::event::{Event, Properties, ScalarStyle};

/// Reads every document of `text` by the judge, or `None` if the judge refuses it.
///
/// The text has been read before: it holds no NUL, at which this parser would stop without a word, and
/// nests no deeper than [`super::MAX_DEPTH`].
pub(crate) fn reread(text: &str) -> Option<Vec<Document<'static>>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.is_ascii() {
        // The same characters, in fewer steps.
        read(Parser::new(text.bytes().map(char::from)), text.len())
    } else {
        read(Parser::new_from_str(text), text.len())
    }
}

fn read(
    mut parser: Parser<impl Iterator<Item = char>>,
    length: usize,
) -> Option<Vec<Document<'static>>> {
    let mut builder = Builder::of_values(length);
    loop {
        let event = match parser.next_token().ok()?.0 {
            Raw::StreamEnd => return Some(builder.finish()),
            Raw::Nothing | Raw::StreamStart => continue,
            Raw::DocumentStart => Event::DocumentStart,
            Raw::DocumentEnd => Event::DocumentEnd,
            Raw::Alias(anchor) => Event::Alias(anchor),
            Raw::Scalar(value, style, anchor, tag) => {
                Event::Scalar(value.into(), scalar_style(style), properties(anchor, tag.as_ref()))
            }
            Raw::SequenceStart(anchor, tag) => {
                Event::SequenceStart { flow: false, properties: properties(anchor, tag.as_ref()) }
            }
            Raw::MappingStart(anchor, tag) => {
                Event::MappingStart { flow: false, properties: properties(anchor, tag.as_ref()) }
            }
            Raw::SequenceEnd | Raw::MappingEnd => Event::CollectionEnd,
        };
        builder.push(event, 0..0).ok()?;
    }
}

fn scalar_style(style: TScalarStyle) -> ScalarStyle {
    match style {
        TScalarStyle::Plain => ScalarStyle::Plain,
        TScalarStyle::SingleQuoted => ScalarStyle::SingleQuoted,
        TScalarStyle::DoubleQuoted => ScalarStyle::DoubleQuoted,
        TScalarStyle::Literal | TScalarStyle::Folded => ScalarStyle::Block,
    }
}

fn properties(anchor: usize, tag: Option<&Tag>) -> Option<Box<Properties>> {
    let tag: Option<Box<str>> = tag.map(|tag| format!("{}{}", tag.handle, tag.suffix).into());
    let anchor = (anchor != 0).then_some(anchor);
    (anchor.is_some() || tag.is_some()).then(|| Box::new(Properties { anchor, tag }))
}
