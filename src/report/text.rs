//! Findings and errors with the lines that they are about, as rustc shows them.

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};

use super::Report;
use crate::error::Error;
use crate::finding::{Finding, Severity};
use crate::source::{Place, Source};
use crate::yaml::{LineColumn, Span};

pub(super) fn findings<'f>(
    report: &Report<'_>,
    findings: impl IntoIterator<Item = &'f Finding>,
) -> String {
    findings.into_iter().map(|finding| render(report, finding) + "\n\n").collect()
}

/// A message about a place of a text called `name`, with its `line`, and what to do about it.
pub fn problem(
    name: &str,
    text: &str,
    place: &Place,
    line: usize,
    message: &str,
    help: &str,
) -> String {
    let snippet = snippet(name, text, line, place.span(), AnnotationKind::Primary, "");
    let title = Level::ERROR.primary_title(message);
    Renderer::styled().render(&[title.element(snippet).element(Level::HELP.message(help))])
}

/// `error` with the line that it is about, unless that may belong to a Secret.
pub fn error(error: &Error, sources: &[Source<'_>]) -> String {
    let (name, place, line_column) = (error.source_name(), error.place(), error.line_column());
    if error.may_show_source() {
        let text = sources[place.source].text();
        return problem(name, text, place, line_column.line, error.message(), error.help());
    }
    let title = Level::ERROR.primary_title(error.message());
    let group = title.element(origin(name, line_column));
    Renderer::styled().render(&[group.element(Level::HELP.message(error.help()))])
}

fn render(report: &Report<'_>, finding: &Finding) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(&*finding.message).id(finding.code.name());
    let primary = element(report, &finding.place, AnnotationKind::Primary, &finding.label);
    let context = finding.context.iter();
    let context =
        context.map(|(place, label)| element(report, place, AnnotationKind::Context, label));
    let help = Level::HELP.message(&*finding.help);
    let group: Group<'_> = title.element(primary).elements(context).element(help);
    Renderer::styled().render(&[group])
}

fn element<'a>(
    report: &'a Report<'_>,
    place: &Place,
    kind: AnnotationKind,
    label: &'a str,
) -> Element<'a> {
    let text = report.sources[place.source].text();
    let line_column = report.line_column(place);
    if report.is_secret(place.source, &line_of(text, &place.span())) {
        return origin(report.name(place), line_column);
    }
    snippet(report.name(place), text, line_column.line, place.span(), kind, label).into()
}

/// The line that `span` begins on, and no more: the whole text would be read again for each snippet.
fn snippet<'a>(
    name: &'a str,
    text: &'a str,
    line: usize,
    span: Span,
    kind: AnnotationKind,
    label: &'a str,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let whole = line_of(text, &span);
    let annotation = kind.span(span.start - whole.start..span.end.min(whole.end) - whole.start);
    Snippet::source(&text[whole]).path(name).line_start(line).annotation(if label.is_empty() {
        annotation
    } else {
        annotation.label(label)
    })
}

/// The line that `span` begins on.
fn line_of(text: &str, span: &Span) -> Span {
    let start = text[..span.start].rfind('\n').map_or(0, |end| end + 1);
    let end = text[span.start..].find('\n').map_or(text.len(), |end| span.start + end);
    start..end
}

fn origin(name: &str, LineColumn { line, column }: LineColumn) -> Element<'_> {
    Origin::path(name).line(line).char_column(column).into()
}
