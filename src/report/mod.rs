//! Reports: a plan, its findings or an error as text. One file for each format.

mod concise;
mod diff;
mod explain;
mod json;
mod text;

use crate::finding::Finding;
use crate::plan::Plan;
use crate::source::{Place, Source};
use crate::yaml::{LineColumn, LineIndex, Span};

pub use diff::diff;
pub use json::explain as explain_json;
pub use text::error;

/// What reports are made from: a plan and the sources that it is for.
///
/// ```
/// use rollstamp::{Options, Source, plan, report::Report};
///
/// let sources = [Source::new("empty.yaml", "")];
/// let plan = plan(&sources, &Options::default())?;
/// assert_eq!(Report::new(&sources, &plan).concise(), "");
/// # Ok::<(), rollstamp::Error>(())
/// ```
#[derive(Debug)]
pub struct Report<'a> {
    sources: &'a [Source<'a>],
    plan: &'a Plan,
    lines: Vec<LineIndex<'a>>,
}

impl<'a> Report<'a> {
    /// The reports of `plan`, which was made from `sources`.
    pub fn new(sources: &'a [Source<'a>], plan: &'a Plan) -> Self {
        let lines = sources.iter().map(|source| LineIndex::new(source.text())).collect();
        Self { sources, plan, lines }
    }

    /// The findings, a line each: `path:line:column: message [code]`.
    pub fn concise(&self) -> String {
        concise::findings(self)
    }

    /// The findings with the lines that they are about, as rustc shows them.
    pub fn text(&self) -> String {
        self.text_of(&self.plan.findings)
    }

    /// Some of the findings with the lines that they are about.
    pub fn text_of<'f>(&self, findings: impl IntoIterator<Item = &'f Finding>) -> String {
        text::findings(self, findings)
    }

    /// What each workload tracks and why, for people.
    pub fn explain(&self) -> String {
        explain::workloads(self)
    }

    fn name(&self, place: &Place) -> &str {
        self.sources[place.source].name()
    }

    fn line_column(&self, place: &Place) -> LineColumn {
        self.lines[place.source].line_column(place.start)
    }

    /// `path:line`
    fn path_line(&self, place: &Place) -> String {
        format!("{}:{}", self.name(place), self.line_column(place).line)
    }

    /// Whether `span` of a source touches a Secret, whose text must not be shown.
    fn is_secret(&self, source: usize, span: &Span) -> bool {
        let secrets = &self.plan.secrets[source];
        secrets.iter().any(|secret| secret.start < span.end && span.start < secret.end)
    }
}
