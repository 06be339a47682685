//! The one event type that every reader emits and the tree is built from.

use super::Span;
use super::text::Text;

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ScalarStyle {
    /// Without quotes: the only style that can mean null, a boolean or a number.
    Plain,
    /// `'...'`
    SingleQuoted,
    /// `"..."`
    DoubleQuoted,
    /// `|` or `>`
    Block,
}

impl ScalarStyle {
    /// What is left of the bytes of a scalar in this style without its quotes, if it has any.
    pub(super) fn without_quotes(self, span: &Span) -> Span {
        let quote = match self {
            Self::SingleQuoted | Self::DoubleQuoted => 1,
            Self::Plain | Self::Block => 0,
        };
        span.start + quote..span.end.saturating_sub(quote)
    }
}

/// What may stand before a node: `&anchor` and `!tag`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Properties {
    /// The reader's number for the anchor.
    pub(crate) anchor: Option<usize>,
    /// The tag, resolved.
    pub(crate) tag: Option<Box<str>>,
}

/// One step through a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event<'t> {
    /// A document begins.
    DocumentStart,
    /// A document ends.
    DocumentEnd,
    /// A scalar, with its text after unescaping. An empty plain scalar is written nowhere.
    Scalar(Text<'t>, ScalarStyle, Option<Box<Properties>>),
    /// `*alias` of the anchor with that number.
    Alias(usize),
    /// A sequence begins; `flow` if it is written with brackets.
    SequenceStart {
        /// Written as `[...]`.
        flow: bool,
        /// Its anchor and tag.
        properties: Option<Box<Properties>>,
    },
    /// A mapping begins; `flow` if it is written with braces.
    MappingStart {
        /// Written as `{...}`.
        flow: bool,
        /// Its anchor and tag.
        properties: Option<Box<Properties>>,
    },
    /// The innermost collection ends.
    CollectionEnd,
}

/// An event and its bytes: a scalar's or alias' text, a flow collection's bracket, a block
/// collection's first byte.
pub(crate) type SpannedEvent<'t> = (Event<'t>, Span);
