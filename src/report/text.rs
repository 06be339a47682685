//! Findings and errors with the lines that they are about, as rustc shows them.

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};

use super::{Report, escape};
use crate::error::Error;
use crate::finding::{Finding, Severity};
use crate::options::OptionsError;
use crate::privacy::Privacy;
use crate::source::{Place, Source};
use crate::yaml::{LineColumn, LineIndex, Span};

pub(super) fn findings<'f>(
    report: &Report<'_>,
    findings: impl IntoIterator<Item = &'f Finding>,
) -> String {
    findings.into_iter().map(|finding| render(report, finding) + "\n\n").collect()
}

/// `error` with the line that it is about, unless that is private.
pub fn error(error: &Error, sources: &[Source<'_>]) -> String {
    let line_column = error.line_column();
    problem(sources, error.place(), line_column, error.message(), error.help())
}

/// `error` with the line that it is about, unless that is private; `source` is what it was read from.
pub fn options_error(error: &OptionsError, source: &Source<'_>) -> String {
    let sources = std::slice::from_ref(source);
    problem(sources, error.place(), error.line_column(), error.message(), error.help())
}

fn problem(
    sources: &[Source<'_>],
    place: &Place,
    line_column: LineColumn,
    message: &str,
    help: &str,
) -> String {
    let (source, privacy) = (&sources[place.source], Privacy::new(sources));
    let line = privacy.line(place, &LineIndex::new(source.text()));
    let shown = elements(source, line, place, line_column, AnnotationKind::Primary, "");
    let title = Level::ERROR.primary_title(escape(message));
    Renderer::styled().render(&[title.elements(shown).element(Level::HELP.message(escape(help)))])
}

fn render(report: &Report<'_>, finding: &Finding) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(escape(&finding.message)).id(finding.code.name());
    let shown = |place: &Place, kind, label| {
        let line = report.privacy.line(place, report.lines(place.source));
        let source = &report.sources[place.source];
        elements(source, line, place, report.line_column(place), kind, label)
    };
    let primary = shown(&finding.place, AnnotationKind::Primary, &finding.label);
    let context = finding.context.iter();
    let context = context.flat_map(|(place, label)| shown(place, AnnotationKind::Context, label));
    let help = Level::HELP.message(escape(&finding.help));
    let group: Group<'_> = title.elements(primary).elements(context).element(help);
    Renderer::styled().render(&[group])
}

/// Where `place` is, and the `line` of `source` that it begins on if that may be shown.
fn elements<'a>(
    source: &'a Source<'a>,
    line: Option<Span>,
    place: &Place,
    line_column: LineColumn,
    kind: AnnotationKind,
    label: &'a str,
) -> Vec<Element<'a>> {
    let LineColumn { line: number, column } = line_column;
    let origin = || Origin::path(escape(source.name())).line(number).char_column(column).into();
    let Some(line) = line else { return vec![origin()] };
    let shown = around(source.text(), &line, place.start);
    let span = place.start - shown.start..place.end.clamp(place.start, shown.end) - shown.start;
    let annotation = kind.span(span).label((!label.is_empty()).then(|| escape(label)));
    // No more than the line: the whole text would be read again for each snippet.
    let snippet = Snippet::source(&source.text()[shown.clone()]).line_start(number);
    let snippet = snippet.annotation(annotation);
    if shown == line {
        return vec![snippet.path(escape(source.name())).into()];
    }
    // The column would be counted in what is shown.
    vec![origin(), snippet.into()]
}

/// The part of `line` around byte `at` that is enough to show: a line may be as long as its file.
fn around(text: &str, line: &Span, at: usize) -> Span {
    const EACH_SIDE: usize = 2 << 10;
    let start = text.floor_char_boundary(at.saturating_sub(EACH_SIDE)).max(line.start);
    start..text.floor_char_boundary(at + EACH_SIDE).clamp(at, line.end)
}
