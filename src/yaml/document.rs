//! The tree of one document: nodes in the order of the text, aliases and merge keys kept explicit.

mod aliases;
mod builder;
mod duplicates;

use std::collections::{BTreeMap, BTreeSet};

pub(super) use builder::Builder;
use duplicates::Duplicates;

use super::event::ScalarStyle;
use super::text::{Text, TextRef};
use super::word::Word;
use super::{Span, SyntaxError};

/// A node's place in its document: nodes are numbered as they begin, so that the children of a
/// collection follow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NodeId(u32);

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// A scalar, and how it is written.
    Scalar(ScalarStyle),
    /// A sequence.
    Sequence { flow: bool },
    /// A mapping.
    Mapping { flow: bool },
    /// Another name for an anchored node.
    Alias,
}

/// Small, because most of the time that a tree takes is that of its memory.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Node {
    start: u32,
    end: u32,
    /// Of a collection, the node behind its last child; of an alias, what it stands for; of a scalar,
    /// where its text is in [`Document::texts`], or [`WRITTEN`].
    link: u32,
    content: Content,
    /// Of a scalar; of anything else unclear.
    word: Word,
}

impl Node {
    fn span(&self) -> Span {
        self.start as usize..self.end as usize
    }

    /// What follows this node, which is `id`, and all that is in it.
    fn behind(&self, id: NodeId) -> NodeId {
        match self.content {
            Content::Sequence { .. } | Content::Mapping { .. } => NodeId(self.link),
            Content::Scalar(_) | Content::Alias => NodeId(id.0 + 1),
        }
    }
}

/// The link of a scalar whose text is the bytes that it is written with, but for the quotes.
const WRITTEN: u32 = u32::MAX;

/// One document of a source.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Document<'t> {
    nodes: Vec<Node>,
    /// The texts that are not written as they are.
    texts: Vec<Text<'t>>,
    /// What most documents do not have.
    extras: Option<Box<Extras>>,
    /// The text of `extent`.
    body: &'t str,
    /// The bytes that hold this document, and perhaps its neighbours, to read it again.
    pub(crate) extent: Span,
    /// Whether only `...` parts it from the document before: kubectl and kustomize read no further.
    pub(crate) is_after_end: bool,
}

/// What most documents do not have.
#[derive(Debug, Clone, Default, PartialEq)]
struct Extras {
    tags: BTreeMap<NodeId, Box<str>>,
    /// The entries of each mapping with a merge key or a key given twice, as they count: keys and values in
    /// turn.
    merged: BTreeMap<NodeId, Vec<NodeId>>,
    /// Anchored nodes in the order of the text, which is the order of their numbers.
    anchors: Vec<NodeId>,
    /// Those that an alias stands for.
    aliased: BTreeSet<NodeId>,
    /// The bytes of the outermost of these, in order.
    aliased_spans: Vec<Span>,
    duplicates: Duplicates,
    /// What makes the document unfit for use, though it parses.
    defect: Option<SyntaxError>,
}

impl Document<'_> {
    /// The document's one node, unless the document is empty.
    pub(crate) fn root(&self) -> Option<NodeRef<'_>> {
        self.nodes().next()
    }

    /// Whether an alias stands for any node.
    pub(crate) fn has_alias(&self) -> bool {
        self.extras.as_ref().is_some_and(|extras| !extras.aliased.is_empty())
    }

    /// The bytes of the outermost nodes that an alias stands for, in order.
    pub(crate) fn aliased_spans(&self) -> &[Span] {
        self.extras.as_ref().map_or(&[], |extras| &extras.aliased_spans)
    }

    /// What forbids reading values from this document: a merge key that merges no mapping.
    pub(crate) fn defect(&self) -> Option<SyntaxError> {
        self.extras.as_ref()?.defect.clone()
    }

    /// Where it holds a template's action that reads like YAML.
    pub(super) fn template(&self) -> Option<usize> {
        let mut nodes = self.nodes().filter(|node| node.is_template());
        nodes.next().map(|node| node.span().start)
    }

    /// Every node, in the order of the text.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = NodeRef<'_>> {
        (0..self.nodes.len()).map(|index| self.node(NodeId::new(index)))
    }

    /// The node of that name.
    pub(crate) fn node(&self, id: NodeId) -> NodeRef<'_> {
        NodeRef { document: self, id }
    }

    /// The text of a scalar of that style.
    fn text(&self, node: &Node, style: ScalarStyle) -> TextRef<'_> {
        if node.link != WRITTEN {
            return self.texts[node.link as usize].as_ref();
        }
        let span = style.without_quotes(&node.span());
        TextRef::Whole(&self.body[span.start - self.extent.start..span.end - self.extent.start])
    }
}

impl NodeId {
    fn new(index: usize) -> Self {
        Self(narrow(index))
    }

    fn index(self) -> usize {
        self.0 as usize
    }
}

/// An offset into a text, or a number of nodes, which are fewer.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).expect("longer texts are refused, see `MAX_LENGTH`")
}

/// A node together with its document: what the rest of the crate reads values from.
///
/// `get`, `entries`, `items` and `text` look through aliases and merge keys, as Kubernetes does;
/// `own_entries` and `own` see only what is written in this very mapping, as an edit must.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NodeRef<'d> {
    document: &'d Document<'d>,
    id: NodeId,
}

impl<'d> NodeRef<'d> {
    /// The document that the node is in.
    pub(crate) fn document(self) -> &'d Document<'d> {
        self.document
    }

    /// The node's name within its document.
    pub(crate) fn id(self) -> NodeId {
        self.id
    }

    /// The bytes of a scalar, of an alias, or of a collection with what it contains. A block
    /// collection ends where the next token begins, behind the comments that follow it.
    pub(crate) fn span(self) -> Span {
        self.node().span()
    }

    /// What the node itself is.
    pub(crate) fn content(self) -> Content {
        self.node().content
    }

    /// The tag, resolved.
    pub(crate) fn tag(self) -> Option<&'d str> {
        self.document.extras.as_ref()?.tags.get(&self.id).map(|tag| &**tag)
    }

    /// Whether the node is an alias.
    pub(crate) fn is_alias(self) -> bool {
        self.content() == Content::Alias
    }

    /// Whether an alias elsewhere stands for this node too, or for anything around it.
    pub(crate) fn is_shared(self) -> bool {
        let Some(extras) = &self.document.extras else { return false };
        let span = self.span();
        let aliased = &extras.aliased_spans;
        let behind = aliased.partition_point(|around| around.start <= span.start);
        aliased[..behind].last().is_some_and(|around| span.end <= around.end)
    }

    /// Which of the document's anchors the alias names, counted from the first.
    pub(crate) fn alias_ordinal(self) -> Option<usize> {
        let target = self.is_alias().then(|| NodeId(self.node().link))?;
        self.document.extras.as_ref()?.anchors.binary_search(&target).ok()
    }

    /// The node itself, or what it is an alias of.
    pub(crate) fn resolved(self) -> Self {
        if self.is_alias() { Self { id: NodeId(self.node().link), ..self } } else { self }
    }

    /// A scalar's text after unescaping.
    pub(crate) fn text(self) -> Option<&'d str> {
        self.scalar().map(TextRef::joined)
    }

    /// Whether the node is a scalar of that text, whose word is `word`.
    #[inline]
    fn is(self, text: &str, word: Word) -> bool {
        let own = self.resolved().node().word;
        own == word && word.is_of_one() || own.may_be(word) && self.says(text)
    }

    /// Whether the node is a scalar of that text.
    fn says(self, text: &str) -> bool {
        let node = self.resolved().node();
        let Content::Scalar(style) = node.content else { return false };
        if node.link != WRITTEN {
            return self.document.text(node, style).joined() == text;
        }
        let span = style.without_quotes(&node.span());
        let start = span.start - self.document.extent.start;
        span.len() == text.len()
            && self.document.body.as_bytes()[start..start + text.len()] == *text.as_bytes()
    }

    /// A scalar's text, perhaps still in pieces.
    pub(crate) fn scalar(self) -> Option<TextRef<'d>> {
        let node = self.resolved();
        match node.content() {
            Content::Scalar(style) => Some(self.document.text(node.node(), style)),
            _ => None,
        }
    }

    /// Whether the node is null: nothing at all, `~` or `null`.
    pub(crate) fn is_null(self) -> bool {
        // No spelling is longer, and most texts are: those need not be looked at.
        const LONGEST: usize = "null".len();
        let node = self.resolved();
        node.content() == Content::Scalar(ScalarStyle::Plain)
            && node.span().len() <= LONGEST
            && node.text().is_some_and(is_null)
            && node.tag().is_none_or(|tag| tag.ends_with(":null"))
    }

    /// Whether the node is a scalar without quotes, and without a tag that makes it a string.
    pub(crate) fn is_plain(self) -> bool {
        let node = self.resolved();
        let is_string = node.tag().is_some_and(|tag| tag.ends_with(":str"));
        node.content() == Content::Scalar(ScalarStyle::Plain) && !is_string
    }

    /// Whether the node is a mapping.
    pub(crate) fn is_mapping(self) -> bool {
        matches!(self.resolved().content(), Content::Mapping { .. })
    }

    /// Whether the node is a sequence.
    pub(crate) fn is_sequence(self) -> bool {
        matches!(self.resolved().content(), Content::Sequence { .. })
    }

    /// The items of a sequence; none of anything else.
    pub(crate) fn items(self) -> impl Iterator<Item = Self> + use<'d> {
        let node = self.resolved();
        if node.is_sequence() { node.children() } else { node.no_children() }
    }

    /// The entries of a mapping after merging; none of anything else.
    pub(crate) fn entries(self) -> impl Iterator<Item = (Self, Self)> + use<'d> {
        let node = self.resolved();
        let merged = self.document.extras.as_ref().and_then(|extras| extras.merged.get(&node.id));
        Entries(match merged {
            Some(merged) => Children { listed: merged.iter(), ..node.no_children() },
            None if node.is_mapping() => node.children(),
            None => node.no_children(),
        })
    }

    /// The entries written in this mapping, merge keys among them; none of anything else, not
    /// even of an alias.
    pub(crate) fn own_entries(self) -> impl Iterator<Item = (Self, Self)> + use<'d> {
        let is_mapping = matches!(self.content(), Content::Mapping { .. });
        Entries(if is_mapping { self.children() } else { self.no_children() })
    }

    /// The value of `key`, if this is a mapping that has it.
    // Inlined, so that the number of a key is worked out when the program is built.
    #[inline]
    pub(crate) fn get(self, key: &str) -> Option<Self> {
        self.get_word(key, Word::of(key.as_bytes()))
    }

    fn get_word(self, key: &str, word: Word) -> Option<Self> {
        let node = self.resolved();
        if node.document.extras.is_some() {
            return self.entries().find(|(name, _)| name.is(key, word)).map(|(_, value)| value);
        }
        if !matches!(node.content(), Content::Mapping { .. }) {
            return None;
        }
        // Most of all questions come here: the same in fewer steps.
        let nodes = &self.document.nodes[..node.behind().index()];
        let mut name = NodeId(node.id.0 + 1);
        while let Some(name_node) = nodes.get(name.index()) {
            let value = name_node.behind(name);
            if (NodeRef { id: name, ..node }).is(key, word) {
                return Some(NodeRef { id: value, ..node });
            }
            name = nodes.get(value.index())?.behind(value);
        }
        None
    }

    /// Whether it is a mapping in braces that begins with another as its key: `{{ .Values.x }}`.
    fn is_template(self) -> bool {
        let is_braces = |node: Self| node.content() == Content::Mapping { flow: true };
        is_braces(self) && self.own_entries().next().is_some_and(|(key, _)| is_braces(key))
    }

    /// The entry of `key` that is written in this very mapping; the last one if there are several.
    pub(crate) fn own(self, key: &str) -> Option<(Self, Self)> {
        let word = Word::of(key.as_bytes());
        self.own_entries().filter(|(name, _)| name.is(key, word)).last()
    }

    /// The value at the end of `path`.
    pub(crate) fn at<'p>(self, path: impl IntoIterator<Item = &'p str>) -> Option<Self> {
        path.into_iter().try_fold(self, Self::get)
    }

    fn node(self) -> &'d Node {
        &self.document.nodes[self.id.index()]
    }

    /// What follows this node and all that is in it.
    fn behind(self) -> NodeId {
        self.node().behind(self.id)
    }

    /// The nodes of a collection, keys and values in turn.
    fn children(self) -> Children<'d> {
        let Self { document, id } = self;
        Children { document, next: NodeId(id.0 + 1), end: self.behind(), listed: [].iter() }
    }

    fn no_children(self) -> Children<'d> {
        let Self { document, id } = self;
        Children { document, next: id, end: id, listed: [].iter() }
    }
}

/// Neighbours in a collection: those that follow each other in the text, or those that are listed.
struct Children<'d> {
    document: &'d Document<'d>,
    next: NodeId,
    end: NodeId,
    listed: std::slice::Iter<'d, NodeId>,
}

impl<'d> Iterator for Children<'d> {
    type Item = NodeRef<'d>;

    fn next(&mut self) -> Option<NodeRef<'d>> {
        let document = self.document;
        if self.next == self.end {
            return self.listed.next().map(|&id| NodeRef { document, id });
        }
        let node = NodeRef { document, id: self.next };
        self.next = node.behind();
        Some(node)
    }
}

/// Children, taken two by two.
struct Entries<'d>(Children<'d>);

impl<'d> Iterator for Entries<'d> {
    type Item = (NodeRef<'d>, NodeRef<'d>);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().zip(self.0.next())
    }
}

/// Whether a plain scalar that says `text` is null.
fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}
