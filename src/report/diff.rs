//! Edits as a unified diff.

use similar::TextDiff;

use super::escape;
use crate::edit::{Edit, apply};
use crate::escape::escape_lines;
use crate::plan::Plan;
use crate::privacy::Privacy;
use crate::source::Source;
use crate::yaml::Span;

/// What stands in a diff for each private line.
const MASK: &str = "***";

/// The unified diff that the edits of `plan` make to source number `index` of `sources`; empty if
/// there are none.
///
/// What is private is masked, in case it is near a change or even in one line with it. Characters that a terminal
/// may obey are escaped.
pub fn diff(sources: &[Source<'_>], plan: &Plan, index: usize) -> String {
    let edits = &plan.edits[index];
    if edits.is_empty() {
        return String::new();
    }
    let (name, text) = (sources[index].name(), sources[index].text());
    let privacy = Privacy::new(sources);
    let masks = privacy.private(index).iter().flat_map(|span| without(span, edits));
    let masks = masks.map(|span| Edit::replacement(span.clone(), mask(&text[span])));
    let before: Vec<_> = masks.collect();
    let mut after: Vec<_> = before.iter().chain(edits).cloned().collect();
    after.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let (before, after) = (apply(text, &before), apply(text, &after));
    let diff = TextDiff::from_lines(&before, &after);
    let name = escape(name.trim_start_matches('/'));
    let mut diff = diff.unified_diff();
    escape_lines(&diff.header(&format!("a/{name}"), &format!("b/{name}")).to_string())
}

/// The parts of `span` between `edits`.
fn without(span: &Span, edits: &[Edit]) -> Vec<Span> {
    let first = edits.partition_point(|edit| edit.span.end < span.start);
    let inside = edits[first..].iter().take_while(|edit| edit.span.start <= span.end);
    let mut parts = Vec::new();
    let mut start = span.start;
    for edit in inside {
        parts.push(start..edit.span.start.max(start));
        start = edit.span.end.max(start);
    }
    parts.push(start..span.end.max(start));
    parts.retain(|part| !part.is_empty());
    parts
}

/// A mask of as many lines as `text` has, so that line numbers stay right.
fn mask(text: &str) -> String {
    let line_ends = text.matches('\n').count();
    let last = if text.ends_with('\n') { "" } else { MASK };
    format!("{}{last}", format!("{MASK}\n").repeat(line_ends))
}
