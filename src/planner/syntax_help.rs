//! What to do about a text that cannot be read: most often it is no plain YAML, and not mistyped.

/// Returns what to do about `body`, which cannot be read because of what stands at byte `at`.
pub(super) fn syntax_help(body: &str, at: usize) -> Option<&'static str> {
    let line = |text: &str| text.lines().next().unwrap_or_default().to_owned();
    let start = body[..at].rfind('\n').map_or(0, |end| end + 1);
    let line = line(&body[start..]);
    let indentation = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
    let before = body[..start].lines().rfind(|line| !line.trim().is_empty());
    let is_separator = [Some(&*line), before].into_iter().flatten().any(is_broken_separator);
    let has_line = |mark: &str| body.lines().any(|line| line.starts_with(mark));
    let found = [
        (has_line("<<<<<<< ") || has_line(">>>>>>> "), "it holds a merge conflict: resolve it"),
        (body.contains("{{") || body.contains("{%"), "it looks like a template: render it first"),
        (
            is_separator,
            "documents are parted by `---` at the start of a line, and nothing else: write it so",
        ),
        (indentation.contains('\t'), "YAML is not indented by tabs: write spaces"),
        (line.contains('\u{a0}'), "the line holds a no-break space: write an ordinary one"),
    ];
    found.into_iter().find(|(is_so, _)| *is_so).map(|(_, help)| help)
}

/// Whether `line` is a document separator with a blank in front, or with a dash too many or too few.
fn is_broken_separator(line: &str) -> bool {
    let dashes = line.trim();
    dashes.len() > 1
        && dashes.bytes().all(|byte| byte == b'-')
        && (dashes.len() != 3 || !line.starts_with('-'))
}
