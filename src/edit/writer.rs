//! Where new text goes in YAML or JSON, and which bytes an entry takes up.
//!
//! In block style whole lines are inserted, before the first key or item and at its column, because
//! nothing has to be known of what follows. Inside braces only the bytes of the new member are.

use super::Edit;
use crate::error::Problem;
use crate::yaml::{Content, NodeRef, ScalarStyle, Span};

/// Writes into one text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Writer<'a> {
    /// The whole source.
    pub(crate) text: &'a str,
}

/// A mapping to edit, and where it is: the value of `key` in `holder`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target<'d> {
    pub(super) mapping: NodeRef<'d>,
    pub(super) key: Option<NodeRef<'d>>,
    pub(super) holder: NodeRef<'d>,
}

/// One entry of a mapping.
pub(super) type Entry<'d> = (NodeRef<'d>, NodeRef<'d>);

impl Writer<'_> {
    /// A new first member of `target`, a mapping of one. The items of a list in it stand `step`
    /// columns behind its key.
    pub(super) fn insert(&self, target: Target<'_>, new: &New<'_>, step: usize) -> Edit {
        let first = target.mapping.own_entries().next();
        let style = KeyStyle::of(first.map(|(key, _)| key).or(target.key));
        if is_flow(target.mapping) {
            return self.insert_flow(target.mapping, new, style);
        }
        let at = target.mapping.span().start;
        let column = self.column(at);
        let mapping = column.saturating_sub(self.column(target.holder.span().start));
        let mapping = if is_flow(target.holder) || mapping == 0 { 2 } else { mapping };
        let lines = new.lines(style, Step { mapping, sequence: step });
        match first.and_then(|first| self.behind_dashed(first)) {
            Some(behind) => {
                let line_end = self.line_end(at);
                let lines = lines.into_iter().map(|line| format!("{:column$}{line}{line_end}", ""));
                Edit::insertion(behind, lines.collect::<String>())
            }
            None => self.insert_lines(at, &lines),
        }
    }

    /// Where the next line begins, if an entry stands alone on the line of a dash: what is inserted
    /// there leaves that line as it is.
    fn behind_dashed(&self, (key, value): Entry<'_>) -> Option<usize> {
        let Content::Scalar(style) = value.content() else { return None };
        let span = value.span();
        let start = key.span().start;
        let is_dashed = self.text[self.line_start(start)..start].trim() == "-";
        let is_short = style != ScalarStyle::Block && !span.is_empty();
        let behind = self.line_start_behind(span.end.saturating_sub(1));
        let is_ended = self.text[..behind].ends_with(['\n', '\r']);
        (is_dashed && is_short && is_ended).then_some(behind)
    }

    /// New first items of `sequence`, the value of `key`.
    pub(super) fn insert_items(
        &self,
        key: NodeRef<'_>,
        sequence: NodeRef<'_>,
        new: &New<'_>,
    ) -> Edit {
        let first = sequence.items().next();
        let style = first.and_then(|item| item.own_entries().next()).map(|(key, _)| key);
        let style = KeyStyle::of(style.or(Some(key)));
        match first.filter(|_| !is_flow(sequence)) {
            Some(first) => {
                let lines = new.lines(style, Step { mapping: 2, sequence: 2 });
                self.insert_lines(self.dash(first), &lines)
            }
            None => self.insert_flow(sequence, new, style),
        }
    }

    /// New lines before byte `at`, at its column.
    fn insert_lines(&self, at: usize, lines: &[String]) -> Edit {
        let (line_end, column) = (self.line_end(at), self.column(at));
        let lines = lines.iter().map(|line| format!("{line}{line_end}{:column$}", ""));
        Edit::insertion(at, lines.collect::<String>())
    }

    /// New first members of `collection`, which is in flow style.
    fn insert_flow(&self, collection: NodeRef<'_>, new: &New<'_>, style: KeyStyle) -> Edit {
        let at = collection.span().start + 1;
        let mut keys = collection.own_entries().map(|(key, _)| key);
        let mut items = collection.items();
        let (key, item) = (keys.next(), items.next());
        if key.is_none() && item.is_none() {
            return Edit::insertion(at, new.members(style, " "));
        }
        let rest = &self.text[at..];
        let blank = &rest[..rest.len() - rest.trim_start().len()];
        let key = key.or_else(|| Some(item?.own_entries().next()?.0));
        let behind_key = key.map_or("", |key| &self.text[key.span().end..]);
        let is_compact =
            behind_key.starts_with(':') && !behind_key[1..].starts_with(char::is_whitespace);
        let members = new.members(style, if is_compact { "" } else { " " });
        let comma = if blank.is_empty() && !is_compact { ", " } else { "," };
        Edit::insertion(at, format!("{blank}{members}{comma}"))
    }

    /// A new last member of `target`, a mapping of one in block style. The items of a list in it stand
    /// `step` columns behind its key. A text that does not end with a
    /// line end does not get one, so that taking the member away gives back the same bytes.
    pub(super) fn append(&self, target: NodeRef<'_>, new: &New<'_>, step: usize) -> Edit {
        let (start, end) = (target.span().start, target.span().end);
        let first = target.own_entries().next().map(|(key, _)| key);
        let (line_end, column) = (self.line_end(start), self.column(start));
        let lines = new.lines(KeyStyle::of(first), Step { mapping: 2, sequence: step });
        let lines = lines.iter().map(|line| format!("{:column$}{line}", ""));
        let lines = lines.collect::<Vec<_>>().join(line_end);
        if self.text[..end].ends_with(['\n', '\r']) {
            return Edit::insertion(end, lines + line_end);
        }
        Edit::insertion(end, format!("{line_end}{lines}"))
    }

    /// `line` after the line that holds byte `end`.
    pub(super) fn insert_line_after(&self, end: usize, line: &str) -> Edit {
        let at = self.line_start_behind(end);
        let line_end = self.line_end(end);
        if self.text[..at].ends_with(['\n', '\r']) {
            return Edit::insertion(at, format!("{line}{line_end}"));
        }
        Edit::insertion(at, format!("{line_end}{line}"))
    }

    pub(super) fn replace(&self, (key, old): Entry<'_>, value: &str) -> Result<Vec<Edit>, Problem> {
        let quoted = format!("\"{value}\"");
        match old.content() {
            _ if old.is_shared() => Err(Problem::new(
                old.span(),
                "the old stamp must not be shared by an alias",
                "take the anchor away",
            )),
            Content::Scalar(ScalarStyle::Block) => {
                Ok(self.replace_block_scalar((key, old), &quoted))
            }
            Content::Scalar(_) | Content::Alias => Ok(vec![self.put((key, old), &quoted)?]),
            _ => Err(Problem::new(
                old.span(),
                format!("`{}` must be a string", key.text().unwrap_or_default()),
                "remove it, and run again",
            )),
        }
    }

    /// Replaces the header of a block scalar, which its span leaves out, and takes its lines away.
    fn replace_block_scalar(&self, (key, old): Entry<'_>, quoted: &str) -> Vec<Edit> {
        let between = &self.text[key.span().end..old.span().start];
        let header = key.span().end + between.find(['|', '>']).unwrap_or_default();
        let is_header = |c: char| matches!(c, '|' | '>' | '+' | '-') || c.is_ascii_digit();
        let length = self.text[header..].find(|c| !is_header(c)).unwrap_or_default();
        let mut edits = vec![Edit::replacement(header..header + length, quoted)];
        // The span reaches into the next line's indentation.
        let content = self.text[old.span()].trim_end();
        if !content.is_empty() {
            let last = self.line_start_behind(old.span().start + content.len());
            edits.push(Edit::deletion(self.line_start_behind(header)..last));
        }
        edits
    }

    /// Puts `text` where the value of `key` is, or would be if it were written.
    pub(super) fn put(&self, (key, old): Entry<'_>, text: &str) -> Result<Edit, Problem> {
        let span = old.span();
        if !span.is_empty() {
            return Ok(Edit::replacement(span, text));
        }
        let behind_key = &self.text[key.span().end..];
        let blank = behind_key.len() - behind_key.trim_start_matches([' ', '\t']).len();
        if !behind_key[blank..].starts_with(':') {
            let message =
                format!("key `{}` must be followed by a colon", key.text().unwrap_or_default());
            return Err(Problem::new(key.span(), message, "write `{}` as its value"));
        }
        // An empty value without an anchor stands where its key ends, before the colon.
        let at = span.start.max(key.span().end + blank + 1);
        let blank = if self.text[..at].ends_with([' ', '\t']) { "" } else { " " };
        Ok(Edit::insertion(at, format!("{blank}{text}")))
    }

    /// Takes `entry`, the last byte of whose value is before `end`, out of `mapping`.
    pub(super) fn delete(
        &self,
        mapping: NodeRef<'_>,
        (key, value): Entry<'_>,
        end: usize,
    ) -> Result<Edit, Problem> {
        let start = key.span().start;
        if is_flow(mapping) {
            let end = if is_flow(value) { value.span().end } else { end };
            return Ok(Edit::deletion(self.flow_span(start, end)));
        }
        if self.is_first_on_line(start) {
            return Ok(Edit::deletion(self.lines_span(start, end)));
        }
        // The first entry of an item stands behind the dash, where the next one has to go.
        let behind = self.line_start_behind(end - 1);
        let rest = self.text[behind..].trim_start();
        let is_item = self.text[self.line_start(start)..start].trim_start().starts_with("- ");
        if mapping.own_entries().count() > 1 && is_item {
            return Ok(Edit::deletion(start..self.text.len() - rest.len()));
        }
        let message = "the stamp must be on a line of its own to be removed";
        Err(Problem::new(key.span(), message, "remove it by hand"))
    }

    /// Takes the items of these indices, in order, out of `sequence`.
    pub(super) fn delete_items(&self, sequence: NodeRef<'_>, indices: &[usize]) -> Vec<Edit> {
        let items: Vec<_> = sequence.items().collect();
        if !is_flow(sequence) {
            let lines =
                |&at: &usize| self.lines_span(self.dash(items[at]), self.item_end(items[at]));
            return indices.iter().map(lines).map(Edit::deletion).collect();
        }
        // Neighbours go together, so that no comma is counted twice.
        let runs =
            indices.chunk_by(|a, b| a + 1 == *b).filter_map(|run| run.first().zip(run.last()));
        runs.map(|(&first, &last)| {
            Edit::deletion(self.flow_span(items[first].span().start, items[last].span().end))
        })
        .collect()
    }

    /// The end of the last value in an item, without the comments behind it.
    pub(super) fn item_end(&self, item: NodeRef<'_>) -> usize {
        let values = item.own_entries().map(|entry| self.value_end(entry));
        if is_flow(item) { item.span().end } else { values.max().unwrap_or(item.span().end) }
    }

    /// Where the value of an entry ends: the span of a block scalar reaches into the next line's
    /// indentation, and that of a value which is not written ends before the colon.
    pub(super) fn value_end(&self, (key, value): Entry<'_>) -> usize {
        let (key, span) = (key.span().end, value.span());
        let is_short = value.content() == Content::Scalar(ScalarStyle::Block) || span.is_empty();
        if !is_short || span.end < key {
            return span.end;
        }
        let written = self.text[key..span.end].trim_end();
        let rest = &self.text[key + written.len()..];
        let colon = rest.trim_start_matches([' ', '\t']).strip_prefix(':');
        match colon.filter(|_| written.is_empty()) {
            Some(behind) => self.text.len() - behind.len(),
            None => key + written.len(),
        }
    }

    /// How many columns behind the key of `sequence` its items stand.
    pub(super) fn sequence_step(&self, key: NodeRef<'_>, sequence: NodeRef<'_>) -> usize {
        match sequence.items().next().filter(|_| !is_flow(sequence)) {
            Some(item) => {
                self.column(self.dash(item)).saturating_sub(self.column(key.span().start))
            }
            None => 2,
        }
    }

    /// Where the dash of an item in block style stands: before it, or on a line above.
    pub(super) fn dash(&self, item: NodeRef<'_>) -> usize {
        let mut end = item.span().start;
        loop {
            let start = self.line_start(end);
            let line = &self.text[start..end];
            let dash = end - line.trim_start().len();
            if line[dash - start..].starts_with('-') || start == 0 {
                return dash;
            }
            end = start - 1;
        }
    }

    /// The whole lines from byte `start` to byte `end`.
    fn lines_span(&self, start: usize, end: usize) -> Span {
        let line = self.line_start(start);
        let behind = self.line_start_behind(end - 1);
        if behind == self.text.len() && !self.text.ends_with(['\n', '\r']) {
            return self.text[..line].trim_end_matches(['\n', '\r']).len()..behind;
        }
        line..behind
    }

    /// The bytes between braces from `start` to `end`, with the comma that goes with them.
    fn flow_span(&self, start: usize, end: usize) -> Span {
        let rest = self.text[end..].trim_start();
        if let Some(next) = rest.strip_prefix(',') {
            return start..self.text.len() - next.trim_start().len();
        }
        let before = self.text[..start].trim_end();
        before.strip_suffix(',').map_or(start, str::len)..end
    }

    fn is_first_on_line(&self, at: usize) -> bool {
        self.text[self.line_start(at)..at].trim().is_empty()
    }

    fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind(['\n', '\r']).map_or(0, |end| end + 1)
    }

    /// Where the line behind the one of byte `at`, which may be any of its character, begins.
    pub(super) fn line_start_behind(&self, at: usize) -> usize {
        let at = self.text.floor_char_boundary(at);
        let end = self.text[at..].find(['\n', '\r']).map_or(self.text.len(), |end| at + end);
        end + self.line_break_at(end).len()
    }

    /// The line end that follows byte `at`, or that comes before it, or LF.
    pub(super) fn line_end(&self, at: usize) -> &str {
        let following = self.text[at..].find(['\n', '\r']).map(|end| at + end);
        let preceding = || self.text[..at].rfind(['\n', '\r']);
        let preceding =
            || preceding().map(|end| end - usize::from(self.text[..end].ends_with('\r')));
        following.or_else(preceding).map_or("\n", |end| self.line_break_at(end))
    }

    fn line_break_at(&self, at: usize) -> &str {
        let rest = &self.text[at..];
        let length = if rest.starts_with("\r\n") { 2 } else { rest.len().min(1) };
        &rest[..length]
    }

    /// The column of byte `at` in characters, from 0.
    pub(super) fn column(&self, at: usize) -> usize {
        self.text[self.line_start(at)..at].trim_start_matches('\u{feff}').chars().count()
    }
}

/// How a key is quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyStyle {
    Plain,
    Single,
    Double,
}

impl KeyStyle {
    /// The style of a new key next to `neighbour`.
    pub(super) fn of(neighbour: Option<NodeRef<'_>>) -> Self {
        match neighbour.map(NodeRef::content) {
            Some(Content::Scalar(ScalarStyle::DoubleQuoted)) => Self::Double,
            Some(Content::Scalar(ScalarStyle::SingleQuoted)) => Self::Single,
            _ => Self::Plain,
        }
    }

    pub(super) fn quote(self, key: &str) -> String {
        match self {
            Self::Plain if is_plain_string(key) => key.to_owned(),
            Self::Single => format!("'{key}'"),
            Self::Plain | Self::Double => format!("\"{key}\""),
        }
    }
}

/// What is written anew.
#[derive(Debug, Clone)]
pub(super) enum New<'a> {
    /// A string in double quotes; nothing in it needs an escape.
    Text(&'a str),
    /// A string that is quoted as keys are.
    Word(&'a str),
    /// JSON, as it is.
    Json(&'a str),
    Mapping(Vec<(&'a str, Self)>),
    Sequence(Vec<Self>),
}

/// How many columns what is inside stands behind the key around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) mapping: usize,
    pub(super) sequence: usize,
}

impl New<'_> {
    /// In flow style, or as JSON if `style` has double quotes.
    pub(super) fn flow(&self, style: KeyStyle, blank: &str) -> String {
        match self {
            Self::Text(text) => format!("\"{text}\""),
            Self::Word(text) => style.quote(text),
            Self::Json(text) => (*text).to_owned(),
            Self::Mapping(_) => format!("{{{}}}", self.members(style, blank)),
            Self::Sequence(_) => format!("[{}]", self.members(style, blank)),
        }
    }

    /// In flow style without the brackets around it.
    pub(super) fn members(&self, style: KeyStyle, blank: &str) -> String {
        let members: Vec<_> = match self {
            Self::Mapping(entries) => entries
                .iter()
                .map(|(key, new)| format!("{}:{blank}{}", style.quote(key), new.flow(style, blank)))
                .collect(),
            Self::Sequence(items) => items.iter().map(|item| item.flow(style, blank)).collect(),
            Self::Text(_) | Self::Word(_) | Self::Json(_) => vec![self.flow(style, blank)],
        };
        members.join(&format!(",{blank}"))
    }

    /// In block style, line by line.
    pub(super) fn lines(&self, style: KeyStyle, step: Step) -> Vec<String> {
        let indented = |lines: Vec<String>, width: usize| {
            lines.into_iter().map(move |line| format!("{:width$}{line}", ""))
        };
        match self {
            Self::Text(_) | Self::Word(_) | Self::Json(_) => vec![self.flow(style, " ")],
            Self::Mapping(entries) => entries
                .iter()
                .flat_map(|(key, new)| {
                    let key = style.quote(key);
                    let inner = new.lines(style, step);
                    match new {
                        Self::Text(_) | Self::Word(_) | Self::Json(_) => {
                            vec![format!("{key}: {}", inner[0])]
                        }
                        Self::Sequence(items) if items.is_empty() => vec![format!("{key}: []")],
                        Self::Mapping(_) => {
                            [vec![format!("{key}:")], indented(inner, step.mapping).collect()]
                                .concat()
                        }
                        Self::Sequence(_) => {
                            [vec![format!("{key}:")], indented(inner, step.sequence).collect()]
                                .concat()
                        }
                    }
                })
                .collect(),
            Self::Sequence(items) => items
                .iter()
                .flat_map(|item| {
                    let lines = item.lines(style, step).into_iter().enumerate();
                    lines.map(|(at, line)| format!("{}{line}", if at == 0 { "- " } else { "  " }))
                })
                .collect(),
        }
    }
}

/// Whether an annotation key is a string in YAML 1.1 and 1.2 without quotes. Its characters mean
/// nothing to YAML, but without a prefix it may look like a number or a boolean.
fn is_plain_string(key: &str) -> bool {
    const WORDS: [&str; 9] = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    key.contains('/')
        || key.starts_with(|c: char| c.is_ascii_alphabetic())
            && !WORDS.contains(&&*key.to_ascii_lowercase())
}

pub(super) fn is_flow(node: NodeRef<'_>) -> bool {
    use Content::{Mapping, Sequence};
    matches!(node.content(), Mapping { flow: true } | Sequence { flow: true })
}

/// The pod template at `path`, written out at every step.
pub(super) fn find_template<'d>(resource: NodeRef<'d>, path: &str) -> Result<Target<'d>, Problem> {
    let mut target = Target { mapping: resource, key: None, holder: resource };
    check_mapping(resource, "resource")?;
    for name in path.split('.') {
        let entry = member(target.mapping, name)?;
        let (key, value) = entry.filter(|(_, value)| value.is_mapping()).ok_or_else(|| {
            let message = format!("`{name}` must be a mapping");
            Problem::new(head(target.mapping), message, "write the pod template out")
        })?;
        check_mapping(value, name)?;
        target = Target { mapping: value, key: Some(key), holder: target.mapping };
    }
    Ok(target)
}

/// The entry of `name` that is written in `mapping` itself.
///
/// # Errors
///
/// Returns an error if the mapping has two, or one by a merge key only: a second one would hide it.
pub(super) fn member<'d>(mapping: NodeRef<'d>, name: &str) -> Result<Option<Entry<'d>>, Problem> {
    let own = mapping.own(name);
    let is_own = |(key, _): &Entry<'_>| key.text() == Some(name);
    if let Some((key, _)) = own.filter(|_| mapping.own_entries().filter(is_own).count() > 1) {
        let message = format!("`{name}` is given twice, so a stamp cannot be written into it");
        return Err(Problem::new(key.span(), message, "remove one of them"));
    }
    if own.is_none() && mapping.get(name).is_some() {
        let message = format!("`{name}` must not come from a merge key if it is to be edited");
        let start = mapping.span().start;
        return Err(Problem::new(start..start, message, "write it out where it is merged"));
    }
    Ok(own)
}

/// Checks that `node` is a mapping, and that an edit inside it changes nothing else.
pub(super) fn check_mapping(node: NodeRef<'_>, name: &str) -> Result<(), Problem> {
    check_own(node, name)?;
    if node.is_mapping() {
        return Ok(());
    }
    Err(Problem::new(head(node), format!("`{name}` must be a mapping"), "write it as a mapping"))
}

/// Checks that `node` is a list, and that an edit inside it changes nothing else.
pub(super) fn check_sequence(node: NodeRef<'_>, name: &str) -> Result<(), Problem> {
    check_own(node, name)?;
    if node.is_sequence() {
        return Ok(());
    }
    Err(Problem::new(head(node), format!("`{name}` must be a list"), "write it as a list"))
}

/// Checks that an edit inside `node` changes nothing but `node`.
pub(super) fn check_own(node: NodeRef<'_>, name: &str) -> Result<(), Problem> {
    let refuse = |what, help| {
        let message = format!("`{name}` must not be {what} if a stamp is to be written into it");
        Err(Problem::new(head(node), message, help))
    };
    if node.is_alias() {
        return refuse(
            "an alias",
            "write it out: the stamp would reach every other use of the anchor",
        );
    }
    if node.is_shared() {
        return refuse("shared by an alias", "write the alias out: the stamp would reach it too");
    }
    Ok(())
}

/// The bytes to point to when a node is meant as a whole: an alias or scalar, or where it begins.
pub(super) fn head(node: NodeRef<'_>) -> Span {
    let span = node.span();
    match node.content() {
        Content::Alias | Content::Scalar(_) => span,
        _ => span.start..span.start,
    }
}
