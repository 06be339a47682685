//! YAML and JSON text as trees that know where every value stands.
//!
//! Syntax only: nothing here knows Kubernetes. [`split()`] cuts a text into chunks, [`parse`] turns
//! a chunk into [`Document`]s by way of one event type, whatever makes the events: [`plain`] for the
//! YAML that is usual, [`granit`] for all of it, [`json`] for JSON, [`judge`] and [`libyaml`] for other opinions.
//! Only the last four name a parser, and only this module makes a [`Span`].

mod block;
mod document;
mod event;
mod granit;
mod json;
mod judge;
mod libyaml;
mod lines;
mod plain;
mod resolve;
mod split;
mod text;
mod word;

use std::ops::Range;

pub(crate) use document::{Content, Document, NodeId, NodeRef};
pub(crate) use event::ScalarStyle;
pub(crate) use judge::reread;
pub use lines::{LineColumn, LineIndex};
pub(crate) use resolve::{is_old_boolean, key_as_stored, plain_type};
pub(crate) use split::{Chunk, TopLevel, likely_word, split, top_level};
pub(crate) use text::TextRef;

/// A range of bytes in one source's text.
pub type Span = Range<usize>;

/// How deep collections may nest.
///
/// Kubernetes' own objects stay below 30 levels; the parser and the judge take 255.
pub(crate) const MAX_DEPTH: usize = 128;

/// How many bytes a text may have: trees count them in 32 bits.
const MAX_LENGTH: usize = u32::MAX as usize;

/// Why a text is not YAML or JSON that can be read, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    /// What the parser says.
    pub(crate) message: String,
    /// The byte, counted from the start of the source.
    pub(crate) offset: usize,
}

/// Reads the documents of one `chunk` of `text`.
///
/// A chunk that begins like JSON and is JSON throughout is read as a stream of JSON values, as
/// kubectl does; anything else is YAML. If `is_fast`, YAML of plain shape is read by the lane for it.
///
/// # Errors
///
/// Returns the first syntax error.
pub(crate) fn parse<'t>(
    text: &'t str,
    chunk: &Chunk,
    is_fast: bool,
) -> Result<Vec<Document<'t>>, SyntaxError> {
    if chunk.body.end > MAX_LENGTH {
        let message = "a text must be shorter than 4 GiB".to_owned();
        return Err(SyntaxError { message, offset: 0 });
    }
    let mut documents = read(&text[chunk.body.clone()], chunk.body.start, is_fast)?;
    documents.iter_mut().for_each(Document::find_duplicates);
    Ok(documents)
}

fn read(body: &str, base: usize, is_fast: bool) -> Result<Vec<Document<'_>>, SyntaxError> {
    if body.trim_start().starts_with(['{', '['])
        && let Ok(documents) = json::read(body, base)
    {
        return Ok(documents);
    }
    let plain = is_fast.then(|| plain::read(body, base)).flatten();
    let documents = plain.map_or_else(|| granit::read(body, base), Ok)?;
    match libyaml::line_separator(body) {
        Some(at) if !libyaml::reads_alike(body, &documents) => {
            let message = "U+0085, U+2028 or U+2029 ends a line for kubectl and not for other \
                           readers of YAML"
                .to_owned();
            Err(SyntaxError { message, offset: base + at })
        }
        _ => Ok(documents),
    }
}

/// Reads every document of `text`, whatever its kind; as for [`parse`].
///
/// # Errors
///
/// Returns the first syntax error.
pub(crate) fn parse_all(text: &str, is_fast: bool) -> Result<Vec<Document<'_>>, SyntaxError> {
    let mut documents = Vec::new();
    for chunk in split(text) {
        documents.extend(parse(text, &chunk, is_fast)?);
    }
    Ok(documents)
}
