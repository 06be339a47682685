//! A source: a manifest's text and what to call it in messages.

use std::borrow::Cow;

use crate::edit::Edit;

/// The text of a manifest and the name it goes by: a path, or `-`.
///
/// The library reads no files; whoever calls it does.
///
/// ```
/// let source = rollstamp::Source::new("apps/web.yaml", "kind: Deployment\n");
/// assert_eq!(source.name(), "apps/web.yaml");
/// ```
#[derive(Debug, Clone)]
pub struct Source<'t> {
    name: Cow<'t, str>,
    text: Cow<'t, str>,
    is_fast: bool,
    /// Why it cannot be read, and what to do about it.
    unreadable: Option<(String, String)>,
    #[cfg(debug_assertions)]
    fault: Option<fn(Vec<Edit>) -> Vec<Edit>>,
}

impl<'t> Source<'t> {
    /// A source called `name` that holds `text`.
    pub fn new(name: impl Into<Cow<'t, str>>, text: impl Into<Cow<'t, str>>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
            is_fast: true,
            unreadable: None,
            #[cfg(debug_assertions)]
            fault: None,
        }
    }

    /// A source called `name` that cannot be read, because of `message`; `help` says what to do about it.
    /// The place to blame is the end of `text`, which may be empty. A plan reports it and goes on.
    ///
    /// ```
    /// use rollstamp::{Code, Options, Source, plan};
    ///
    /// let source = Source::unreadable("a.yaml", "", "cannot be read: permission denied", "run as its owner");
    /// let plan = plan(&[source], &Options::default())?;
    /// assert_eq!(plan.findings[0].code, Code::Unreadable);
    /// # Ok::<(), rollstamp::Error>(())
    /// ```
    pub fn unreadable(
        name: impl Into<Cow<'t, str>>,
        text: impl Into<Cow<'t, str>>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self { unreadable: Some((message.into(), help.into())), ..Self::new(name, text) }
    }

    /// Whether it cannot be read at all.
    pub fn is_unreadable(&self) -> bool {
        self.unreadable.is_some()
    }

    /// Why it cannot be read, and what to do about it.
    pub(crate) fn problem(&self) -> Option<(&str, &str)> {
        self.unreadable.as_ref().map(|(message, help)| (&**message, &**help))
    }

    /// The same, but read by the parser throughout, and not by the lane for plain text: to tell whether
    /// the lane is to blame.
    #[doc(hidden)]
    #[must_use]
    pub fn slow(self) -> Self {
        Self { is_fast: false, ..self }
    }

    /// The same, but `fault` spoils its edits before they are proved: to show that the proof refuses them.
    ///
    /// Only where debug assertions are on, so that no released program can do it.
    #[cfg(debug_assertions)]
    #[doc(hidden)]
    #[must_use]
    pub fn with_fault(self, fault: fn(Vec<Edit>) -> Vec<Edit>) -> Self {
        Self { fault: Some(fault), ..self }
    }

    /// `edits` as they are to be proved: unchanged, unless a test spoils them.
    #[cfg_attr(not(debug_assertions), expect(clippy::unused_self, reason = "it has no fault"))]
    pub(crate) fn spoiled(&self, edits: Vec<Edit>) -> Vec<Edit> {
        #[cfg(debug_assertions)]
        let edits = match self.fault {
            Some(fault) => fault(edits),
            None => edits,
        };
        edits
    }

    /// Whether the lane for plain text may read it.
    pub(crate) fn is_fast(&self) -> bool {
        self.is_fast
    }

    /// What messages call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it holds.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Where something stands: which source of a run, and which of its bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The source, counted from 0.
    pub source: usize,
    /// The first byte.
    pub start: usize,
    /// The byte behind the last one.
    pub end: usize,
}

impl Place {
    /// The place of `span` in source number `source`.
    pub(crate) fn new(source: usize, span: crate::yaml::Span) -> Self {
        Self { source, start: span.start, end: span.end }
    }

    /// The bytes.
    pub fn span(&self) -> std::ops::Range<usize> {
        self.start..self.end
    }
}
