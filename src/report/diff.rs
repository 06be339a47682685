//! Edits as a unified diff.

use similar::TextDiff;

use crate::edit::{Edit, apply};
use crate::plan::Plan;
use crate::source::Source;

/// What stands in a diff for each line of a Secret.
const MASK: &str = "***";

/// The unified diff that the edits of `plan` make to source number `index` of `sources`; empty if
/// there are none.
///
/// Lines of Secrets are masked, in case they are near a change or even in one line with it.
pub fn diff(sources: &[Source<'_>], plan: &Plan, index: usize) -> String {
    let edits = &plan.edits[index];
    if edits.is_empty() {
        return String::new();
    }
    let (name, text) = (sources[index].name(), sources[index].text());
    let masks = plan.secrets[index].iter();
    let masks = masks.map(|span| Edit::replacement(span.clone(), mask(&text[span.clone()])));
    let before: Vec<_> = masks.collect();
    let mut after: Vec<_> = before.iter().chain(edits).cloned().collect();
    after.sort_by_key(|edit| edit.span.start);
    let (before, after) = (apply(text, &before), apply(text, &after));
    let diff = TextDiff::from_lines(&before, &after);
    let name = name.trim_start_matches('/');
    diff.unified_diff().header(&format!("a/{name}"), &format!("b/{name}")).to_string()
}

/// A mask of as many lines as `text` has, so that line numbers stay right.
fn mask(text: &str) -> String {
    let line_ends = text.matches('\n').count();
    let last = if text.ends_with('\n') { "" } else { MASK };
    format!("{}{last}", format!("{MASK}\n").repeat(line_ends))
}
