//! Reads YAML by `granit-parser`, whose byte spans the edits rest on.

use granit_parser::{
    Event as Raw, Options, Parser, ScalarStyle as RawStyle, StructureStyle, Tag, options,
};

use super::document::{Builder, Document};
use super::event::{Event, Properties, ScalarStyle, SpannedEvent};
use super::{Span, SyntaxError};

/// Reads every document of `body`, which begins at byte `base` of its source.
pub(super) fn read(body: &str, base: usize) -> Result<Vec<Document<'_>>, SyntaxError> {
    let mut builder = Builder::new(body, base);
    for next in Parser::new_from_str_with_options(body, parser_options()) {
        let (raw, span) = next.map_err(|error| SyntaxError {
            message: error.info(),
            offset: base + error.marker().byte_offset().unwrap_or_default(),
        })?;
        let span = span.byte_range().expect("a parser over a string knows every byte offset");
        let span = base + span.start..base + span.end;
        if let Some((event, span)) = convert(raw, span) {
            builder.push(event, span)?;
        }
    }
    let mut documents = builder.finish();
    documents.iter_mut().skip(1).for_each(|document| document.is_after_end = true);
    if let Some(offset) = documents.iter().find_map(Document::template) {
        return Err(SyntaxError { message: "a mapping cannot be a key".to_owned(), offset });
    }
    Ok(documents)
}

fn parser_options() -> Options {
    // Comments are never looked at, and more than 96 in a row would be refused.
    options! { emit_comments: false }
}

fn convert(raw: Raw<'_>, span: Span) -> Option<SpannedEvent<'_>> {
    let event = match raw {
        Raw::DocumentStart(..) => Event::DocumentStart,
        Raw::DocumentEnd => Event::DocumentEnd,
        Raw::Alias(anchor) => Event::Alias(anchor),
        Raw::Scalar(text, style, anchor, tag) => {
            // The parser stands in `~` for a value that is written nowhere.
            let text = if span.is_empty() && style == RawStyle::Plain { "".into() } else { text };
            Event::Scalar(text.into(), scalar_style(style), properties(anchor, tag.as_deref()))
        }
        Raw::SequenceStart(style, anchor, tag) => Event::SequenceStart {
            flow: style == StructureStyle::Flow,
            properties: properties(anchor, tag.as_deref()),
        },
        Raw::MappingStart(style, anchor, tag) => Event::MappingStart {
            flow: style == StructureStyle::Flow,
            properties: properties(anchor, tag.as_deref()),
        },
        Raw::SequenceEnd | Raw::MappingEnd => Event::CollectionEnd,
        _ => return None,
    };
    Some((event, span))
}

fn scalar_style(style: RawStyle) -> ScalarStyle {
    match style {
        RawStyle::Plain => ScalarStyle::Plain,
        RawStyle::SingleQuoted => ScalarStyle::SingleQuoted,
        RawStyle::DoubleQuoted => ScalarStyle::DoubleQuoted,
        RawStyle::Literal | RawStyle::Folded => ScalarStyle::Block,
    }
}

fn properties(anchor: usize, tag: Option<&Tag>) -> Option<Box<Properties>> {
    let tag: Option<Box<str>> = tag.map(|tag| format!("{}{}", tag.handle(), tag.suffix()).into());
    let anchor = (anchor != 0).then_some(anchor);
    (anchor.is_some() || tag.is_some()).then(|| Box::new(Properties { anchor, tag }))
}
