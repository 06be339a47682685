//! Reports: a plan, its findings or an error as text. One file for each format.

mod concise;
mod diff;
mod dot;
mod explain;
mod github;
mod gitlab;
mod graph;
mod json;
mod junit;
mod markdown;
mod mermaid;
mod sarif;
mod text;

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::OnceLock;

use crate::escape::escape_json;
use crate::finding::Finding;
use crate::plan::{Plan, WorkloadPlan};
use crate::privacy::Privacy;
use crate::source::{Place, Source};
use crate::yaml::{LineColumn, LineIndex};

pub use crate::escape::escape;
pub use diff::{diff, diff_of_created, diff_of_deleted};
pub use text::{error, options_error};

/// What reports are made from: a bundle's path and sources, and the plan that was made from them.
///
/// ```
/// use rollstamp::report::{CheckFormat, Report};
/// use rollstamp::{Options, Source, plan};
///
/// let sources = [Source::new("empty.yaml", "")];
/// let plan = plan(&sources, &Options::default())?;
/// let report = Report::new("empty.yaml", &sources, &plan);
/// assert_eq!(CheckFormat::Concise.render(&[report]), "");
/// # Ok::<(), rollstamp::Error>(())
/// ```
#[derive(Debug)]
pub struct Report<'a> {
    path: &'a str,
    sources: &'a [Source<'a>],
    /// The workloads to show.
    workloads: Vec<&'a WorkloadPlan>,
    /// The findings to show.
    findings: Vec<&'a Finding>,
    privacy: Privacy<'a>,
    /// Read when first asked for: a run without findings has no use for them.
    lines: Vec<OnceLock<LineIndex<'a>>>,
}

impl<'a> Report<'a> {
    /// The reports of `plan`, which was made from `sources`, those of the bundle at `path`.
    pub fn new(path: &'a str, sources: &'a [Source<'a>], plan: &'a Plan) -> Self {
        let lines = sources.iter().map(|_| OnceLock::new()).collect();
        let (workloads, findings) = (&plan.workloads, &plan.findings);
        let (workloads, findings) = (workloads.iter().collect(), findings.iter().collect());
        Self { path, sources, workloads, findings, privacy: Privacy::new(sources), lines }
    }

    /// The report of some workloads only, and of the findings about them.
    #[must_use]
    pub fn only(mut self, is_wanted: impl Fn(&WorkloadPlan) -> bool) -> Self {
        self.workloads.retain(|workload| is_wanted(workload));
        let ids: HashSet<_> = self.workloads.iter().map(|workload| &workload.id).collect();
        self.findings.retain(|own| own.resource.as_ref().is_some_and(|id| ids.contains(id)));
        self
    }

    /// The report without some workloads, but with all findings.
    #[must_use]
    pub fn without_workloads(mut self, is_unwanted: impl Fn(&WorkloadPlan) -> bool) -> Self {
        self.workloads.retain(|workload| !is_unwanted(workload));
        self
    }

    /// The findings.
    pub fn findings(&self) -> impl Iterator<Item = &'a Finding> {
        self.findings.iter().copied()
    }

    /// Some of the findings with the lines that they are about, as rustc shows them.
    pub fn text_of<'f>(&self, findings: impl IntoIterator<Item = &'f Finding>) -> String {
        text::findings(self, findings)
    }

    fn name(&self, place: &Place) -> &'a str {
        self.sources[place.source].name()
    }

    fn lines(&self, source: usize) -> &LineIndex<'a> {
        self.lines[source].get_or_init(|| LineIndex::new(self.sources[source].text()))
    }

    fn line_column(&self, place: &Place) -> LineColumn {
        self.lines(place.source).line_column(place.start)
    }

    /// Where `place` ends.
    fn end(&self, place: &Place) -> LineColumn {
        self.lines(place.source).line_column(place.end)
    }

    /// What `finding` is about: the resource, or the source if it cannot be read.
    fn subject(&self, finding: &Finding) -> String {
        let source = || self.name(&finding.place).to_owned();
        finding.resource.as_ref().map_or_else(source, ToString::to_string)
    }

    /// `path:line`
    fn path_line(&self, place: &Place) -> String {
        format!("{}:{}", self.name(place), self.line_column(place).line)
    }

    /// `path:line:column`
    fn path_line_column(&self, place: &Place) -> String {
        let LineColumn { line, column } = self.line_column(place);
        format!("{}:{line}:{column}", self.name(place))
    }

    /// The message, and the other places that belong to it, for formats that show one place only.
    fn message<'f>(&self, finding: &'f Finding) -> Cow<'f, str> {
        let places = finding.context.iter().map(|(place, _)| self.path_line_column(place));
        let places: Vec<_> = places.collect();
        if places.is_empty() {
            return finding.message.as_str().into();
        }
        format!("{} (see {})", finding.message, places.join(", ")).into()
    }
}

/// How the findings are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CheckFormat {
    /// With the lines that they are about, as rustc shows them.
    #[default]
    Text,
    /// `path:line:column: severity: message [code]`
    Concise,
    /// The shape of [`ExplainFormat::Json`], with only what is wrong.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// `JUnit` XML, a test case for each workload.
    Junit,
    /// Annotations of GitHub Actions.
    Github,
    /// GitLab Code Quality.
    Gitlab,
}

impl CheckFormat {
    /// Every format and what it is called.
    pub const ALL: [(&'static str, Self); 7] = [
        ("text", Self::Text),
        ("concise", Self::Concise),
        ("json", Self::Json),
        ("sarif", Self::Sarif),
        ("junit", Self::Junit),
        ("github", Self::Github),
        ("gitlab", Self::Gitlab),
    ];

    /// The findings of several bundles.
    pub fn render(self, reports: &[Report<'_>]) -> String {
        match self {
            Self::Text => reports
                .iter()
                .map(|report| report.text_of(report.findings.iter().copied()))
                .collect(),
            Self::Concise => reports.iter().map(concise::findings).collect(),
            Self::Json => escape_json(json::check(reports)),
            Self::Sarif => escape_json(sarif::findings(reports)),
            Self::Junit => junit::findings(reports),
            Self::Github => reports.iter().map(github::findings).collect(),
            Self::Gitlab => escape_json(gitlab::findings(reports)),
        }
    }
}

/// How it is shown what each workload tracks, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExplainFormat {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
    /// A flow chart of workloads and configs, for Markdown that draws Mermaid.
    Mermaid,
    /// The same graph for Graphviz.
    Dot,
    /// A table, for a comment on a pull request.
    Markdown,
}

impl ExplainFormat {
    /// Every format and what it is called.
    pub const ALL: [(&'static str, Self); 5] = [
        ("text", Self::Text),
        ("json", Self::Json),
        ("mermaid", Self::Mermaid),
        ("dot", Self::Dot),
        ("markdown", Self::Markdown),
    ];

    /// What the workloads of several bundles track, and why.
    pub fn render(self, reports: &[Report<'_>]) -> String {
        match self {
            Self::Text => reports.iter().map(explain::workloads).collect::<Vec<_>>().join("\n"),
            Self::Json => escape_json(json::explain(reports)),
            Self::Mermaid => mermaid::graph(reports),
            Self::Dot => dot::graph(reports),
            Self::Markdown => reports.iter().map(markdown::table).collect::<Vec<_>>().join("\n"),
        }
    }
}
