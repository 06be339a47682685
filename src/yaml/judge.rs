//! Reads YAML a second time, by `yaml-rust2`: the independent judge of edited documents.
//!
//! Its positions are of no use (they drift behind non-ASCII block scalars), so its trees have
//! empty spans and serve for comparing values only. Most edits add or replace one entry, and all else is
//! as it was, node by node: then no tree is made of what it reads.

use std::str::Chars;

use yaml_rust2::Event as Raw;
use yaml_rust2::parser::{Parser, Tag};
use yaml_rust2::scanner::TScalarStyle;

use super::document::{Builder, Content, Document, NodeId, NodeRef, is_null};
use super::event::{Event, Properties, ScalarStyle};

/// Reads every document of `text` by the judge, or `None` if the judge refuses it.
pub(crate) fn reread(text: &str) -> Option<Vec<Document<'static>>> {
    let mut told = Told::new(text);
    let mut builder = Builder::new("", 0);
    loop {
        let event = match told.0.next_token().ok()?.0 {
            Raw::StreamEnd => return Some(builder.finish()),
            Raw::Nothing | Raw::StreamStart => continue,
            Raw::DocumentStart => Event::DocumentStart,
            Raw::DocumentEnd => Event::DocumentEnd,
            Raw::Alias(anchor) => Event::Alias(anchor),
            Raw::Scalar(value, style, anchor, tag) => {
                Event::Scalar(value.into(), scalar_style(style), properties(anchor, tag.as_ref()))
            }
            Raw::SequenceStart(anchor, tag) => {
                Event::SequenceStart { flow: false, properties: properties(anchor, tag.as_ref()) }
            }
            Raw::MappingStart(anchor, tag) => {
                Event::MappingStart { flow: false, properties: properties(anchor, tag.as_ref()) }
            }
            Raw::SequenceEnd | Raw::MappingEnd => Event::CollectionEnd,
        };
        builder.push(event, 0..0).ok()?;
    }
}

/// A string that another text has and a document has not: in mappings in each other, of which each has but
/// one of the names as its key; by itself if there are no names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Patch<'p> {
    /// In the place of this node.
    Instead(NodeId, &'p [&'p str], &'p str),
    /// As the first entry of this mapping.
    Within(NodeId, &'p [&'p str], &'p str),
}

impl Patch<'_> {
    fn node(&self) -> NodeId {
        match self {
            Self::Instead(node, ..) | Self::Within(node, ..) => *node,
        }
    }
}

impl Document<'_> {
    /// Whether `text`, by the judge, is this one document with the `patches`, which are in the order of the
    /// text. Not sure of a document with anchors or tags: then no.
    pub(crate) fn is_patched(&self, text: &str, patches: &[Patch<'_>]) -> bool {
        if self.has_extras() {
            false
        } else if text.is_ascii() {
            // The same characters, in fewer steps.
            Told(Parser::new(text.bytes().map(char::from))).is_document(self, patches)
        } else {
            Told::new(text).is_document(self, patches)
        }
    }
}

/// What the judge tells of a text, event by event.
///
/// The text has been read before: it holds no NUL, at which this parser would stop without a word, and
/// nests no deeper than [`super::MAX_DEPTH`].
struct Told<C>(Parser<C>);

impl<'t> Told<Chars<'t>> {
    fn new(text: &'t str) -> Self {
        Self(Parser::new_from_str(text.strip_prefix('\u{feff}').unwrap_or(text)))
    }
}

impl<C: Iterator<Item = char>> Told<C> {
    fn is_document(&mut self, document: &Document<'_>, patches: &[Patch<'_>]) -> bool {
        self.is(&Raw::StreamStart)
            && self.is(&Raw::DocumentStart)
            && self.are_nodes(document, patches)
            && self.is(&Raw::DocumentEnd)
            && self.is(&Raw::StreamEnd)
    }

    /// Whether the next events are the nodes of `document` with the `patches`.
    fn are_nodes(&mut self, document: &Document<'_>, patches: &[Patch<'_>]) -> bool {
        let mut patches = patches.iter().peekable();
        // Where collections end that are open, and how the judge says so.
        let mut ends: Vec<(NodeId, Raw)> = Vec::new();
        for node in document.nodes() {
            while let Some((_, end)) = ends.pop_if(|(behind, _)| *behind == node.id()) {
                if !self.is(&end) {
                    return false;
                }
            }
            let is_same = match patches.next_if(|patch| patch.node() == node.id()) {
                Some(Patch::Instead(_, names, text)) => self.is_new(names, text),
                Some(Patch::Within(_, names, text)) => {
                    self.is_node(node) && self.is_entry(names, text)
                }
                None => self.is_node(node),
            };
            if !is_same {
                return false;
            }
            match node.content() {
                Content::Sequence { .. } => ends.push((node.behind(), Raw::SequenceEnd)),
                Content::Mapping { .. } => ends.push((node.behind(), Raw::MappingEnd)),
                Content::Scalar(_) | Content::Alias => {}
            }
        }
        patches.next().is_none() && ends.iter().rev().all(|(_, end)| self.is(end))
    }

    fn is(&mut self, event: &Raw) -> bool {
        self.0.next_token().is_ok_and(|(told, _)| told == *event)
    }

    fn is_node(&mut self, node: NodeRef<'_>) -> bool {
        match (node.content(), self.0.next_token()) {
            (Content::Scalar(style), Ok((Raw::Scalar(text, told, 0, None), _))) => {
                let is_plain = style == ScalarStyle::Plain;
                is_plain == (told == TScalarStyle::Plain)
                    && (node.says(&text) || is_plain && is_null(&text) && node.is_null())
            }
            (Content::Sequence { .. }, Ok((Raw::SequenceStart(0, None), _)))
            | (Content::Mapping { .. }, Ok((Raw::MappingStart(0, None), _))) => true,
            _ => false,
        }
    }

    /// Whether next comes what a patch puts there.
    fn is_new(&mut self, names: &[&str], text: &str) -> bool {
        if names.is_empty() {
            return self.is_scalar(text, |style| style != TScalarStyle::Plain);
        }
        self.is(&Raw::MappingStart(0, None))
            && self.is_entry(names, text)
            && self.is(&Raw::MappingEnd)
    }

    fn is_entry(&mut self, names: &[&str], text: &str) -> bool {
        let Some((name, inner)) = names.split_first() else { return false };
        self.is_scalar(name, |_| true) && self.is_new(inner, text)
    }

    fn is_scalar(&mut self, text: &str, is_styled: impl Fn(TScalarStyle) -> bool) -> bool {
        matches!(self.0.next_token(), Ok((Raw::Scalar(told, style, 0, None), _))
            if is_styled(style) && told == text)
    }
}

fn scalar_style(style: TScalarStyle) -> ScalarStyle {
    match style {
        TScalarStyle::Plain => ScalarStyle::Plain,
        TScalarStyle::SingleQuoted => ScalarStyle::SingleQuoted,
        TScalarStyle::DoubleQuoted => ScalarStyle::DoubleQuoted,
        TScalarStyle::Literal | TScalarStyle::Folded => ScalarStyle::Block,
    }
}

fn properties(anchor: usize, tag: Option<&Tag>) -> Option<Box<Properties>> {
    let tag: Option<Box<str>> = tag.map(|tag| format!("{}{}", tag.handle, tag.suffix).into());
    let anchor = (anchor != 0).then_some(anchor);
    (anchor.is_some() || tag.is_some()).then(|| Box::new(Properties { anchor, tag }))
}

#[cfg(test)]
mod tests {
    use super::super::parse_all;
    use super::*;

    const TEXT: &str = "a: &x 1\nb: [~, 'c']\nd: {e: f}\n";

    /// Whether `text` is what `before` becomes if `new: value` is put into the mapping at `path`.
    fn is_patched(before: &str, path: &[&str], names: &[&str], text: &str) -> bool {
        let documents = parse_all(before, true).unwrap();
        let node = documents[0].root().unwrap().at(path.iter().copied()).unwrap();
        let put = if node.is_mapping() { Patch::Within } else { Patch::Instead };
        documents[0].is_patched(text, &[put(node.id(), names, "2")])
    }

    #[test]
    fn one_entry_more_is_told_from_any_other_difference() {
        let before = TEXT.replace("&x ", "");
        // ASCII is read in another way than the rest.
        let patched = |text: &str| {
            let is = is_patched(&before, &["d"], &["new"], text);
            let rest = |text: &str| text.replace('c', "ç");
            assert_eq!(is_patched(&rest(&before), &["d"], &["new"], &rest(text)), is, "{text}");
            is
        };

        for same in [
            "a: 1\nb: [null, \"c\"]\nd:\n  new: \"2\"\n  e: f\n",
            "# c\na: 1\nb: [~, 'c']\nd: {new: '2', e: f}\n",
        ] {
            assert!(patched(same), "{same}");
        }
        for other in [
            "a: 1\nb: [~, 'c']\nd: {e: f}\n",
            "a: 1\nb: [~, 'c']\nd: {e: f, new: '2'}\n",
            "a: 1\nb: [~, 'c']\nd: {new: 2, e: f}\n",
            "a: 1\nb: [~, 'c']\nd: {new: '3', e: f}\n",
            "a: 1\nb: [~, 'c']\nd: {old: '2', e: f}\n",
            "a: 1\nb: [~, c]\nd: {new: '2', e: f}\n",
            "a: 1\nb: ['~', 'c']\nd: {new: '2', e: f}\n",
            "a: 1\nb: [~, 'c', 'd']\nd: {new: '2', e: f}\n",
            "a: 1\nb: [~]\nd: {new: '2', e: f}\n",
            "a: 1\nb: [[~, 'c']]\nd: {new: '2', e: f}\n",
            "a: 1\nb: {~: 'c'}\nd: {new: '2', e: f}\n",
            "a: 1\nb: [~, 'c']\nd: {new: '2', e: f}\ng: h\n",
            "a: 1\nb: [~, 'c']\nd: {new: '2', e: f}\n---\ng: h\n",
            "a: 1\nb: [~, 'c']\nd: {new: '2', e: !t f}\n",
            "a: 1\nb: [~, 'c']\nd: &x {new: '2', e: f}\n",
            "a: 1\nb: [~, 'c'\nd: {new: '2', e: f}\n",
            "",
        ] {
            assert!(!patched(other), "{other}");
        }
    }

    #[test]
    fn what_a_patch_needs_around_it_may_be_new() {
        let names = ["metadata", "new"];
        assert!(is_patched("{a: {}}", &["a"], &names, "a: {metadata: {new: \"2\"}}\n"));
        assert!(is_patched("a: null\n", &["a"], &names, "a: {metadata: {new: \"2\"}}\n"));
        assert!(is_patched("a: 1\n", &["a"], &[], "a: '2'\n"));
        assert!(!is_patched("a: {}\n", &["a"], &names, "a: {metadata: {new: \"2\", b: c}}\n"));
        assert!(!is_patched("a: {}\n", &["a"], &names, "a: {new: \"2\"}\n"));
        assert!(!is_patched("a: 1\n", &["a"], &[], "a: 2\n"));
    }

    #[test]
    fn of_anchors_it_is_not_sure() {
        let text = TEXT.replace("e:", "new: '2', e:");
        assert!(!is_patched(TEXT, &["d"], &["new"], &text));
    }
}
