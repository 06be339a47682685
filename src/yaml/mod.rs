//! YAML and JSON text as trees that know where every value stands.
//!
//! Syntax only: nothing here knows Kubernetes. [`split()`] cuts a text into chunks, [`parse`] turns
//! a chunk into [`Document`]s by way of one event type, whatever reads the events:
//! [`granit`] for YAML, [`json`] for JSON, [`judge`] for the second opinion. Only those three name
//! a parser, and only this module makes a [`Span`].

mod document;
mod event;
mod granit;
mod json;
mod judge;
mod lines;
mod resolve;
mod split;

use std::ops::Range;

pub(crate) use document::{Content, Document, NodeId, NodeRef};
pub(crate) use event::ScalarStyle;
pub(crate) use judge::reread;
pub use lines::{LineColumn, LineIndex};
pub(crate) use resolve::{is_old_boolean, plain_type};
pub(crate) use split::{Chunk, TopLevel, split, top_level};

/// A range of bytes in one source's text.
pub type Span = Range<usize>;

/// How deep collections may nest.
///
/// Kubernetes' own objects stay below 30 levels; the parser and the judge take 255.
pub(crate) const MAX_DEPTH: usize = 128;

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
/// kubectl does; anything else is YAML.
///
/// # Errors
///
/// Returns the first syntax error.
pub(crate) fn parse<'t>(text: &'t str, chunk: &Chunk) -> Result<Vec<Document<'t>>, SyntaxError> {
    let body = &text[chunk.body.clone()];
    if body.trim_start().starts_with(['{', '['])
        && let Ok(documents) = json::read(body, chunk.body.start)
    {
        return Ok(documents);
    }
    granit::read(body, chunk.body.start)
}

/// Reads every document of `text`, whatever its kind.
///
/// # Errors
///
/// Returns the first syntax error.
pub(crate) fn parse_all(text: &str) -> Result<Vec<Document<'_>>, SyntaxError> {
    let mut documents = Vec::new();
    for chunk in split(text) {
        documents.extend(parse(text, &chunk)?);
    }
    Ok(documents)
}
