//! Edits as a unified diff.

use similar::TextDiff;

use crate::edit::{Edit, apply};
use crate::escape::{escape, escape_lines};
use crate::privacy::Privacy;
use crate::source::Source;
use crate::yaml::Span;

/// What stands in a diff for each private line.
const MASK: &str = "***";

/// The unified diff that `edits` make to source number `index` of `sources`; empty if there are none.
///
/// What is private is masked, in case it is near a change or even in one line with it. Characters that a terminal
/// may obey are escaped.
pub fn diff(sources: &[Source<'_>], edits: &[Edit], index: usize) -> String {
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
    let name = name.trim_start_matches('/');
    unified((&format!("a/{name}"), &before), (&format!("b/{name}"), &after))
}

/// The unified diff of a new file called `name` that holds `text`.
pub fn diff_of_created(name: &str, text: &str) -> String {
    unified(("/dev/null", ""), (&format!("b/{}", name.trim_start_matches('/')), text))
}

/// The unified diff of a file that is deleted. It is one that rollstamp has written: nothing is private.
pub fn diff_of_deleted(source: &Source<'_>) -> String {
    let name = source.name().trim_start_matches('/');
    unified((&format!("a/{name}"), source.text()), ("/dev/null", ""))
}

fn unified((old_name, old): (&str, &str), (new_name, new): (&str, &str)) -> String {
    let diff = TextDiff::from_lines(old, new);
    let (old_name, new_name) = (escape(old_name), escape(new_name));
    escape_lines(&diff.unified_diff().header(&old_name, &new_name).to_string())
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
