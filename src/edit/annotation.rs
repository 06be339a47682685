//! Where and how one annotation of a pod template is written or removed.
//!
//! In block style whole lines are inserted, before the first key and at its column, because
//! nothing has to be known of what follows. Inside braces only the bytes of the new member are.

use super::Edit;
use crate::error::Problem;
use crate::yaml::{Content, NodeRef, ScalarStyle, Span};

const METADATA: &str = "metadata";
const ANNOTATIONS: &str = "annotations";

/// Writes annotations into the pod templates of one text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Writer<'a> {
    /// The whole source.
    pub(crate) text: &'a str,
    /// The annotation.
    pub(crate) key: &'a str,
}

/// A mapping to edit, and where it is: the value of `key` in `holder`.
#[derive(Debug, Clone, Copy)]
struct Target<'d> {
    mapping: NodeRef<'d>,
    key: Option<NodeRef<'d>>,
    holder: NodeRef<'d>,
}

/// One entry of a mapping.
type Entry<'d> = (NodeRef<'d>, NodeRef<'d>);

impl Writer<'_> {
    /// The edits after which the pod template at `path` below `resource` has the annotation with
    /// `value`.
    ///
    /// # Errors
    ///
    /// Returns an error if the edit would change anything else too, or the annotations are no
    /// mapping.
    pub(crate) fn set(
        &self,
        resource: NodeRef<'_>,
        path: &str,
        value: &str,
    ) -> Result<Vec<Edit>, Problem> {
        let template = find_template(resource, path)?;
        let Some((key, metadata)) = member(template.mapping, METADATA)? else {
            return Ok(vec![self.insert(template, &[METADATA, ANNOTATIONS, self.key], value)]);
        };
        if metadata.is_null() {
            return self.fill((key, metadata), &[ANNOTATIONS, self.key], value);
        }
        let metadata = Target { mapping: metadata, key: Some(key), holder: template.mapping };
        check_editable(metadata.mapping, METADATA)?;
        let Some((key, annotations)) = member(metadata.mapping, ANNOTATIONS)? else {
            return Ok(vec![self.insert(metadata, &[ANNOTATIONS, self.key], value)]);
        };
        if annotations.is_null() {
            return self.fill((key, annotations), &[self.key], value);
        }
        if annotations.is_alias() && annotations.is_mapping() {
            return Ok(vec![self.merge(key, annotations, value)]);
        }
        check_editable(annotations, ANNOTATIONS)?;
        if let Some(entry) = annotations.own(self.key) {
            return self.replace(entry, value);
        }
        let (mapping, holder) = (annotations, metadata.mapping);
        let target = Target { mapping, key: Some(key), holder };
        Ok(vec![self.insert(target, &[self.key], value)])
    }

    /// The edits after which the pod template at `path` below `resource` has no such annotation.
    ///
    /// What was only there to hold the annotation goes with it.
    ///
    /// # Errors
    ///
    /// As for [`set`](Self::set).
    pub(crate) fn remove(&self, resource: NodeRef<'_>, path: &str) -> Result<Vec<Edit>, Problem> {
        let template = find_template(resource, path)?.mapping;
        let Some((metadata_key, metadata)) = member(template, METADATA)? else {
            return Ok(Vec::new());
        };
        check_editable(metadata, METADATA)?;
        let Some((annotations_key, annotations)) = member(metadata, ANNOTATIONS)? else {
            return Ok(Vec::new());
        };
        check_editable(annotations, ANNOTATIONS)?;
        let Some((key, value)) = member(annotations, self.key)? else { return Ok(Vec::new()) };
        let end = value.span().end;
        let holders = [(annotations, key), (metadata, annotations_key), (template, metadata_key)];
        let needed = (1..holders.len()).find(|&level| {
            let (inner, inner_key) = holders[level - 1];
            let (outer, outer_key) = holders[level];
            !self.is_only_for(inner, inner_key, outer, outer_key)
        });
        let (mapping, key) = holders[needed.unwrap_or(holders.len()) - 1];
        Ok(vec![Edit::deletion(self.entry_span(mapping, key, end)?)])
    }

    /// A new first member of `target`: the last of `names` with `value`, inside the others.
    fn insert(&self, target: Target<'_>, names: &[&str], value: &str) -> Edit {
        let first = target.mapping.own_entries().next().map(|(key, _)| key);
        let style = KeyStyle::of(first.or(target.key));
        if is_flow(target.mapping) {
            return self.insert_flow(target.mapping, names, value, style);
        }
        let at = target.mapping.span().start;
        let column = self.column(at);
        let step = column.saturating_sub(self.column(target.holder.span().start));
        let step = if is_flow(target.holder) || step == 0 { 2 } else { step };
        let line_end = self.line_end(at);
        let lines = names.iter().enumerate().map(|(depth, name)| {
            let indent = if depth == 0 { 0 } else { column + depth * step };
            format!("{:indent$}{}:", "", style.quote(name))
        });
        let lines = lines.collect::<Vec<_>>().join(line_end);
        Edit::insertion(at, format!("{lines} \"{value}\"{line_end}{:column$}", ""))
    }

    fn insert_flow(
        &self,
        mapping: NodeRef<'_>,
        names: &[&str],
        value: &str,
        style: KeyStyle,
    ) -> Edit {
        let at = mapping.span().start + 1;
        let Some((first, _)) = mapping.own_entries().next() else {
            return Edit::insertion(at, flow_member(names, value, style, " "));
        };
        let rest = &self.text[at..];
        let blank = &rest[..rest.len() - rest.trim_start().len()];
        let behind_key = &self.text[first.span().end..];
        let is_compact =
            behind_key.starts_with(':') && !behind_key[1..].starts_with(char::is_whitespace);
        let member = flow_member(names, value, style, if is_compact { "" } else { " " });
        let comma = if blank.is_empty() && !is_compact { ", " } else { "," };
        Edit::insertion(at, format!("{blank}{member}{comma}"))
    }

    /// A mapping in the place of a null value.
    fn fill(
        &self,
        (key, null): Entry<'_>,
        names: &[&str],
        value: &str,
    ) -> Result<Vec<Edit>, Problem> {
        if null.tag().is_some() || null.is_shared() {
            return Err(Problem::new(
                key.span(),
                "an empty value must have neither a tag nor an alias if a stamp is to go there",
                "write it as `{}`",
            ));
        }
        let member = flow_member(names, value, KeyStyle::of(Some(key)), " ");
        Ok(vec![self.put((key, null), &format!("{{{member}}}"))?])
    }

    /// A mapping that merges the aliased one, in the place of the alias.
    fn merge(&self, key: NodeRef<'_>, alias: NodeRef<'_>, value: &str) -> Edit {
        let member = flow_member(&[self.key], value, KeyStyle::of(Some(key)), " ");
        let name = &self.text[alias.span()];
        Edit::replacement(alias.span(), format!("{{<<: {name}, {member}}}"))
    }

    fn replace(&self, (key, old): Entry<'_>, value: &str) -> Result<Vec<Edit>, Problem> {
        let quoted = format!("\"{value}\"");
        match old.content() {
            _ if old.is_shared() => Err(Problem::new(
                old.span(),
                "the old stamp must not be shared by an alias",
                "take the anchor away",
            )),
            Content::Scalar(_, ScalarStyle::Block) => {
                Ok(self.replace_block_scalar((key, old), &quoted))
            }
            Content::Scalar(..) | Content::Alias(_) => Ok(vec![self.put((key, old), &quoted)?]),
            _ => Err(Problem::new(
                old.span(),
                format!("annotation `{}` must be a string", self.key),
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
    fn put(&self, (key, old): Entry<'_>, text: &str) -> Result<Edit, Problem> {
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

    /// Whether `inner`, the value of `outer_key`, holds nothing but the entry of `inner_key`, is
    /// written as `outer` is, and has no comment in front.
    fn is_only_for(
        &self,
        inner: NodeRef<'_>,
        inner_key: NodeRef<'_>,
        outer: NodeRef<'_>,
        outer_key: NodeRef<'_>,
    ) -> bool {
        let between = &self.text[outer_key.span().end..inner_key.span().start];
        inner.own_entries().count() == 1
            && is_flow(inner) == is_flow(outer)
            && between.chars().all(|c| c.is_whitespace() || matches!(c, ':' | '{'))
    }

    /// The bytes to delete so that the entry of `key`, whose value ends at `end`, is gone from
    /// `mapping`.
    fn entry_span(
        &self,
        mapping: NodeRef<'_>,
        key: NodeRef<'_>,
        end: usize,
    ) -> Result<Span, Problem> {
        let start = key.span().start;
        if is_flow(mapping) {
            return Ok(self.flow_entry_span(start, self.closed(start, end, mapping)));
        }
        let line = self.line_start(start);
        if !self.text[line..start].trim().is_empty() {
            let message = "the stamp must be on a line of its own to be removed";
            return Err(Problem::new(key.span(), message, "remove it by hand"));
        }
        let behind = self.line_start_behind(end - 1);
        if behind == self.text.len() && !self.text.ends_with(['\n', '\r']) {
            return Ok(self.text[..line].trim_end_matches(['\n', '\r']).len()..behind);
        }
        Ok(line..behind)
    }

    /// The end of a member that began at `start`: behind the brackets that close with it.
    fn closed(&self, start: usize, end: usize, mapping: NodeRef<'_>) -> usize {
        let opened = self.text[start..end].matches('{').count();
        let mut end = end;
        for _ in 0..opened {
            end += self.text[end..mapping.span().end].find('}').map_or(0, |at| at + 1);
        }
        end
    }

    fn flow_entry_span(&self, start: usize, end: usize) -> Span {
        let rest = self.text[end..].trim_start();
        if let Some(next) = rest.strip_prefix(',') {
            return start..self.text.len() - next.trim_start().len();
        }
        let before = self.text[..start].trim_end();
        before.strip_suffix(',').map_or(start, str::len)..end
    }

    fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind(['\n', '\r']).map_or(0, |end| end + 1)
    }

    /// Where the line behind the one of byte `at` begins.
    fn line_start_behind(&self, at: usize) -> usize {
        let end = self.text[at..].find(['\n', '\r']).map_or(self.text.len(), |end| at + end);
        end + self.line_break_at(end).len()
    }

    /// The line end that follows byte `at`, or that comes before it, or LF.
    fn line_end(&self, at: usize) -> &str {
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
    fn column(&self, at: usize) -> usize {
        self.text[self.line_start(at)..at].trim_start_matches('\u{feff}').chars().count()
    }
}

/// How a key is quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KeyStyle {
    Plain,
    Single,
    Double,
}

impl KeyStyle {
    /// The style of a new key next to `neighbour`.
    fn of(neighbour: Option<NodeRef<'_>>) -> Self {
        match neighbour.map(NodeRef::content) {
            Some(Content::Scalar(_, ScalarStyle::DoubleQuoted)) => Self::Double,
            Some(Content::Scalar(_, ScalarStyle::SingleQuoted)) => Self::Single,
            _ => Self::Plain,
        }
    }

    fn quote(self, key: &str) -> String {
        match self {
            Self::Plain if is_plain_string(key) => key.to_owned(),
            Self::Single => format!("'{key}'"),
            Self::Plain | Self::Double => format!("\"{key}\""),
        }
    }
}

/// `a: {b: "value"}` of the names a and b.
fn flow_member(names: &[&str], value: &str, style: KeyStyle, blank: &str) -> String {
    let quoted = format!("\"{value}\"");
    let nest = |inner: String, name: &&str| format!("{}:{blank}{inner}", style.quote(name));
    let mut outer = names.iter().rev();
    let member = outer.next().map_or_else(String::new, |last| nest(quoted, last));
    outer.fold(member, |member, name| nest(format!("{{{member}}}"), name))
}

/// Whether an annotation key is a string in YAML 1.1 and 1.2 without quotes. Its characters mean
/// nothing to YAML, but without a prefix it may look like a number or a boolean.
fn is_plain_string(key: &str) -> bool {
    const WORDS: [&str; 9] = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    key.contains('/')
        || key.starts_with(|c: char| c.is_ascii_alphabetic())
            && !WORDS.contains(&&*key.to_ascii_lowercase())
}

fn is_flow(node: NodeRef<'_>) -> bool {
    matches!(node.content(), Content::Mapping { flow: true, .. })
}

/// The pod template at `path`, written out at every step.
fn find_template<'d>(resource: NodeRef<'d>, path: &str) -> Result<Target<'d>, Problem> {
    let mut target = Target { mapping: resource, key: None, holder: resource };
    check_editable(resource, "resource")?;
    for name in path.split('.') {
        let entry = member(target.mapping, name)?;
        let (key, value) = entry.filter(|(_, value)| value.is_mapping()).ok_or_else(|| {
            let message = format!("`{name}` must be a mapping");
            Problem::new(head(target.mapping), message, "write the pod template out")
        })?;
        check_editable(value, name)?;
        target = Target { mapping: value, key: Some(key), holder: target.mapping };
    }
    Ok(target)
}

/// The entry of `name` that is written in `mapping` itself.
///
/// # Errors
///
/// Returns an error if the mapping has one by a merge key only: a second one would hide it.
fn member<'d>(mapping: NodeRef<'d>, name: &str) -> Result<Option<Entry<'d>>, Problem> {
    let own = mapping.own(name);
    if own.is_none() && mapping.get(name).is_some() {
        let message = format!("`{name}` must not come from a merge key if it is to be edited");
        let start = mapping.span().start;
        return Err(Problem::new(start..start, message, "write it out where it is merged"));
    }
    Ok(own)
}

/// Checks that an edit inside `node` changes nothing but `node`.
fn check_editable(node: NodeRef<'_>, name: &str) -> Result<(), Problem> {
    let refuse = |message, help| Err(Problem::new(head(node), message, help));
    if node.is_alias() {
        let message = format!("`{name}` must not be an alias if a stamp is to be written into it");
        return refuse(
            message,
            "write it out: the stamp would reach every other use of the anchor",
        );
    }
    if node.is_shared() {
        let message =
            format!("`{name}` must not be shared by an alias if a stamp is to be written into it");
        return refuse(message, "write the alias out: the stamp would reach it too");
    }
    if !node.is_mapping() {
        return refuse(format!("`{name}` must be a mapping"), "write it as a mapping");
    }
    Ok(())
}

/// The bytes to point to when a node is meant as a whole: an alias or scalar, or where it begins.
fn head(node: NodeRef<'_>) -> Span {
    let span = node.span();
    match node.content() {
        Content::Alias(_) | Content::Scalar(..) => span,
        _ => span.start..span.start,
    }
}
