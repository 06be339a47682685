//! Findings and errors with the lines that they are about, as rustc shows them.

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};

use super::{Report, escape};
use crate::error::Error;
use crate::finding::{Finding, Severity};
use crate::options::OptionsError;
use crate::privacy::Privacy;
use crate::source::{Place, Source};
use crate::yaml::LineColumn;

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
    let privacy = Privacy::new(sources);
    let kind = AnnotationKind::Primary;
    let element = element((sources, &privacy), place, line_column, kind, "");
    let title = Level::ERROR.primary_title(escape(message));
    let help = Level::HELP.message(escape(help));
    Renderer::styled().render(&[title.element(element).element(help)])
}

fn render(report: &Report<'_>, finding: &Finding) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(escape(&finding.message)).id(finding.code.name());
    let shown = |place: &Place, kind, label| {
        let line_column = report.line_column(place);
        element((report.sources, &report.privacy), place, line_column, kind, label)
    };
    let primary = shown(&finding.place, AnnotationKind::Primary, &finding.label);
    let context = finding.context.iter();
    let context = context.map(|(place, label)| shown(place, AnnotationKind::Context, label));
    let help = Level::HELP.message(escape(&finding.help));
    let group: Group<'_> = title.element(primary).elements(context).element(help);
    Renderer::styled().render(&[group])
}

/// The line that `place` begins on, or only where it is if that is private.
fn element<'a>(
    (sources, privacy): (&'a [Source<'a>], &Privacy<'_>),
    place: &Place,
    line_column: LineColumn,
    kind: AnnotationKind,
    label: &'a str,
) -> Element<'a> {
    let source = &sources[place.source];
    let Some(line) = privacy.line(place) else { return origin(source.name(), line_column) };
    let span = place.start - line.start..place.end.min(line.end) - line.start;
    let annotation = kind.span(span);
    // No more than the line: the whole text would be read again for each snippet.
    let snippet = Snippet::source(&source.text()[line]).path(escape(source.name()));
    let snippet = snippet.line_start(line_column.line).annotation(if label.is_empty() {
        annotation
    } else {
        annotation.label(escape(label))
    });
    snippet.into()
}

fn origin(name: &str, LineColumn { line, column }: LineColumn) -> Element<'_> {
    Origin::path(escape(name)).line(line).char_column(column).into()
}
