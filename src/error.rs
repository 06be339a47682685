//! The reason why a run cannot go on.

use std::fmt;

use crate::source::{Place, Source};
use crate::yaml::{LineColumn, LineIndex, Span, SyntaxError};

/// A reason to stop before any output is made: with its place, and what to do about it.
///
/// What a user can mend without the run having to stop is a [`Finding`](crate::Finding) instead.
/// The message never quotes a value of a Secret, nor text that may be one.
#[derive(Debug)]
pub struct Error {
    message: String,
    help: String,
    name: String,
    line_column: LineColumn,
    place: Place,
}

impl Error {
    /// What is wrong: lower case, without a full stop.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it.
    pub fn help(&self) -> &str {
        &self.help
    }

    /// The source that is to blame, and which of its bytes.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The name of the source.
    pub fn source_name(&self) -> &str {
        &self.name
    }

    /// The line and column of the first byte to blame.
    pub fn line_column(&self) -> LineColumn {
        self.line_column
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LineColumn { line, column } = self.line_column;
        write!(f, "{}:{line}:{column}: {}", self.name, self.message)
    }
}

impl std::error::Error for Error {}

/// What is wrong at a span of some source, before the source has a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) message: String,
    pub(crate) help: &'static str,
    pub(crate) span: Span,
}

impl Problem {
    /// A problem at `span`.
    pub(crate) fn new(span: Span, message: impl Into<String>, help: &'static str) -> Self {
        Self { message: message.into(), help, span }
    }

    /// The error that this problem is in source number `source` of `sources`.
    pub(crate) fn in_source(self, source: usize, sources: &[Source<'_>]) -> Error {
        let Self { message, help, span } = self;
        let text = &sources[source];
        let place = Place::new(source, span);
        Error {
            message,
            help: help.to_owned(),
            name: text.name().to_owned(),
            line_column: LineIndex::new(text.text()).line_column(place.start),
            place,
        }
    }
}

impl From<SyntaxError> for Problem {
    fn from(error: SyntaxError) -> Self {
        Self::new(error.offset..error.offset, error.message, "fix the syntax")
    }
}
