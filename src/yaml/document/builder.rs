//! Builds documents from the events of whatever reads them.

use std::collections::HashSet;

use super::super::event::{Event, Properties, ScalarStyle};
use super::super::text::Text;
use super::super::word::Word;
use super::super::{MAX_DEPTH, Span, SyntaxError};
use super::aliases::Aliases;
use super::duplicates::{Counts, unique};
use super::{Content, Document, Extras, Node, NodeId, NodeRef, WRITTEN, narrow};

/// Builds documents from events.
#[derive(Debug)]
pub(in crate::yaml) struct Builder<'t> {
    body: &'t str,
    /// Where `body` begins in its source.
    base: usize,
    finished: Vec<Document<'t>>,
    document: Document<'t>,
    /// The collections that are open, the innermost last.
    open: Vec<NodeId>,
    aliases: Aliases,
    /// How long the text is that is read.
    length: usize,
}

impl<'t> Builder<'t> {
    /// A builder of the documents of `body`, which begins at byte `base` of its source.
    pub(in crate::yaml) fn new(body: &'t str, base: usize) -> Self {
        Self {
            body,
            base,
            finished: Vec::with_capacity(1),
            document: Document::default(),
            open: Vec::with_capacity(8),
            aliases: Aliases::default(),
            length: body.len(),
        }
    }

    /// The same for values alone, of a text of that length.
    pub(in crate::yaml) fn of_values(length: usize) -> Self {
        Self { length, ..Self::new("", 0) }
    }

    fn begin(&mut self) {
        // Room for a small document, so that it need not grow again and again.
        const NODES: usize = 64;
        let (body, extent) = (self.body, self.base..self.base + self.body.len());
        let nodes = Vec::with_capacity(NODES);
        self.document = Document { nodes, body, extent, ..Document::default() };
    }

    /// Takes the next event.
    ///
    /// # Errors
    ///
    /// Returns an error if collections nest too deeply, a node contains its own alias, or aliases stand for
    /// too much.
    #[inline]
    pub(in crate::yaml) fn push(
        &mut self,
        event: Event<'t>,
        span: Span,
    ) -> Result<(), SyntaxError> {
        match event {
            Event::DocumentStart => self.begin(),
            Event::DocumentEnd => {
                self.mark_aliased();
                // A vector that shrinks may keep its room, and the next document can use it.
                self.document.nodes = self.document.nodes.clone();
                self.finished.push(std::mem::take(&mut self.document));
                self.aliases = Aliases::default();
            }
            Event::Scalar(text, style, properties) => {
                let word = match &text {
                    Text::Whole(text) if style != ScalarStyle::Block => Word::of(text.as_bytes()),
                    _ => Word::UNCLEAR,
                };
                let link = self.keep(text, style, &span);
                self.add((Content::Scalar(style), word), span, link, properties);
            }
            Event::Alias(anchor) => self.alias(anchor, span)?,
            Event::SequenceStart { flow, properties } => {
                self.open(Content::Sequence { flow }, span, properties)?;
            }
            Event::MappingStart { flow, properties } => {
                self.open(Content::Mapping { flow }, span, properties)?;
            }
            Event::CollectionEnd => self.close(span.end),
        }
        Ok(())
    }

    /// Takes a scalar without anchor or tag whose text is its bytes as they are, but for the quotes.
    #[inline]
    pub(in crate::yaml) fn push_written(&mut self, style: ScalarStyle, span: &Span) {
        let (start, end, content) = (narrow(span.start), narrow(span.end), Content::Scalar(style));
        let inner = style.without_quotes(span);
        let word = Word::of(&self.body.as_bytes()[inner.start - self.base..inner.end - self.base]);
        self.document.nodes.push(Node { start, end, link: WRITTEN, content, word });
    }

    /// The documents read so far.
    pub(in crate::yaml) fn finish(self) -> Vec<Document<'t>> {
        self.finished
    }

    /// Keeps the text of a scalar, unless it is written at `span` as it is, and gives the link to it.
    fn keep(&mut self, text: Text<'t>, style: ScalarStyle, span: &Span) -> u32 {
        if style != ScalarStyle::Block
            && let Text::Whole(text) = &text
            && let inner = style.without_quotes(span)
            && inner.start <= inner.end
            && let Some(written) = self.body.get(inner.start - self.base..inner.end - self.base)
            && written == text
        {
            return WRITTEN;
        }
        self.document.texts.push(text);
        narrow(self.document.texts.len() - 1)
    }

    fn add(
        &mut self,
        (content, word): (Content, Word),
        span: Span,
        link: u32,
        properties: Option<Box<Properties>>,
    ) -> NodeId {
        let id = NodeId::new(self.document.nodes.len());
        let (start, end) = (narrow(span.start), narrow(span.end));
        self.document.nodes.push(Node { start, end, link, content, word });
        if let Some(properties) = properties {
            let Properties { anchor, tag } = *properties;
            if let Some(tag) = tag {
                self.extras().tags.insert(id, tag);
            }
            if let Some(anchor) = anchor {
                self.extras().anchors.push(id);
                match content {
                    Content::Sequence { .. } | Content::Mapping { .. } => {
                        self.aliases.begin(anchor, id, span.start, self.open.len());
                    }
                    Content::Scalar(_) | Content::Alias => self.aliases.scalar(anchor, id, &span),
                }
            }
        }
        id
    }

    fn open(
        &mut self,
        content: Content,
        span: Span,
        properties: Option<Box<Properties>>,
    ) -> Result<(), SyntaxError> {
        if self.open.len() == MAX_DEPTH {
            let message = format!("collections must not nest deeper than {MAX_DEPTH} levels");
            return Err(SyntaxError { message, offset: span.start });
        }
        let id = self.add((content, Word::UNCLEAR), span, 0, properties);
        self.aliases.deepen(self.open.len());
        self.open.push(id);
        Ok(())
    }

    fn close(&mut self, end: usize) {
        let id = self.open.pop().expect("a reader ends only what it began");
        let behind = narrow(self.document.nodes.len());
        let node = &mut self.document.nodes[id.index()];
        node.end = narrow(end);
        node.link = behind;
        self.aliases.end(id, end, NodeId(behind));
        self.merge(id);
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), SyntaxError> {
        let place = (span.clone(), self.length);
        let target = self.aliases.resolve(anchor, self.open.len(), place)?;
        self.extras().aliased.insert(target);
        self.add((Content::Alias, Word::UNCLEAR), span, target.0, None);
        Ok(())
    }

    fn extras(&mut self) -> &mut Extras {
        self.document.extras.get_or_insert_default()
    }

    fn mark_aliased(&mut self) {
        let Some(extras) = &self.document.extras else { return };
        let mut outermost: Vec<Span> = Vec::new();
        for &id in &extras.aliased {
            let span = NodeRef { document: &self.document, id }.span();
            if outermost.last().is_none_or(|around| span.end > around.end) {
                outermost.push(span);
            }
        }
        self.extras().aliased_spans = outermost;
    }

    /// Works out the entries of mapping `id`, if it has a merge key: its own entries first, then
    /// those of each merged mapping that are not there yet.
    fn merge(&mut self, id: NodeId) {
        let mapping = NodeRef { document: &self.document, id };
        if !mapping.own_entries().any(|(key, _)| is_merge_key(key)) {
            return;
        }
        let (from, own): (Vec<_>, Vec<_>) =
            mapping.own_entries().partition(|(key, _)| is_merge_key(*key));
        let mut names: HashSet<_> = own.iter().map(|(key, _)| key.text()).collect();
        let mut merged = unique(own, Counts::Last);
        let mut defect = None;
        for (_, value) in from {
            let sources = if value.is_sequence() { value.items().collect() } else { vec![value] };
            for source in sources {
                if !source.is_mapping() {
                    let message = "merge key `<<` must hold a mapping, or a list of them";
                    defect = Some((message.to_owned(), source.span().start));
                }
                let new = source.entries().filter(|(key, _)| !names.contains(&key.text()));
                merged.extend(unique(new.collect(), Counts::Last));
                names.extend(source.entries().map(|(key, _)| key.text()));
            }
        }
        if let Some((message, offset)) = defect {
            self.extras().defect.get_or_insert(SyntaxError { message, offset });
        }
        self.extras().merged.insert(id, merged);
    }
}

/// Whether a key is `<<` as YAML 1.1 means it: quoted, it is a key like any other.
fn is_merge_key(key: NodeRef<'_>) -> bool {
    key.content() == Content::Scalar(ScalarStyle::Plain) && key.is("<<", Word::of(b"<<"))
}
