//! What aliases stand for: the one bound for everything that follows them.
//!
//! A few lines of aliases of aliases can name more nodes than any memory holds. Whoever reads a tree follows
//! aliases without a thought, because a document in which that could go wrong is refused when it is read.
//! kubectl refuses such documents too.

use std::collections::HashMap;

use super::super::{MAX_DEPTH, Span, SyntaxError};
use super::NodeId;

/// How many nodes the aliases of one document may stand for, besides one for each of its bytes.
const MAX_NODES: usize = 50_000;

/// How many bytes the aliases of one document may stand for, besides ten for each of its own: some sixteen
/// times what the API server takes.
const MAX_BYTES: usize = 16 << 20;

/// How much a node comes to with all that is in it, aliases followed.
#[derive(Debug, Clone, Copy, Default)]
struct Extent {
    nodes: usize,
    bytes: usize,
    /// How many collections are in each other.
    height: usize,
}

/// An anchored node that has not ended yet.
#[derive(Debug)]
struct Open {
    anchor: usize,
    id: NodeId,
    /// Where it begins, and what aliases stood for until then.
    start: usize,
    aliased: Extent,
    /// How many collections are around it, and around the innermost in it.
    level: usize,
    deepest: usize,
}

/// The anchors of a document, and what its aliases stand for.
#[derive(Debug, Default)]
pub(super) struct Aliases {
    /// The node of each anchor by the reader's number, and its extent once it has ended.
    anchors: HashMap<usize, (NodeId, Option<Extent>)>,
    open: Vec<Open>,
    /// What all aliases so far stand for.
    aliased: Extent,
}

impl Aliases {
    /// A scalar has an anchor.
    pub(super) fn scalar(&mut self, anchor: usize, id: NodeId, span: &Span) {
        let extent = Extent { nodes: 1, bytes: span.len(), height: 0 };
        self.anchors.insert(anchor, (id, Some(extent)));
    }

    /// A collection with an anchor begins, with `level` collections around it.
    pub(super) fn begin(&mut self, anchor: usize, id: NodeId, start: usize, level: usize) {
        self.anchors.insert(anchor, (id, None));
        let (aliased, deepest) = (self.aliased, level);
        self.open.push(Open { anchor, id, start, aliased, level, deepest });
    }

    /// A collection begins with `level` others around it.
    #[inline]
    pub(super) fn deepen(&mut self, level: usize) {
        if let Some(open) = self.open.last_mut() {
            open.deepest = open.deepest.max(level + 1);
        }
    }

    /// The collection `id` ends at byte `end`, and `next` is the node after it.
    #[inline]
    pub(super) fn end(&mut self, id: NodeId, end: usize, next: NodeId) {
        let Some(open) = self.open.pop_if(|open| open.id == id) else { return };
        let extent = Extent {
            nodes: next.index() - id.index() + self.aliased.nodes - open.aliased.nodes,
            bytes: end.saturating_sub(open.start) + self.aliased.bytes - open.aliased.bytes,
            height: open.deepest - open.level,
        };
        if let Some((node, known)) = self.anchors.get_mut(&open.anchor)
            && *node == id
        {
            *known = Some(extent);
        }
        if let Some(around) = self.open.last_mut() {
            around.deepest = around.deepest.max(open.deepest);
        }
    }

    /// The node that an alias of `anchor` stands for, with `level` collections around the alias.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no such node, if the alias is inside of it, or if the aliases of a document
    /// of `length` bytes come to too much.
    pub(super) fn resolve(
        &mut self,
        anchor: usize,
        level: usize,
        (span, length): (Span, usize),
    ) -> Result<NodeId, SyntaxError> {
        let refuse = |message: String| Err(SyntaxError { message, offset: span.start });
        let (id, extent) = match self.anchors.get(&anchor) {
            Some((id, Some(extent))) => (*id, *extent),
            Some((_, None)) => {
                return refuse("an alias must not stand inside the node it names".to_owned());
            }
            None => {
                return refuse("an alias must name an anchor of its own document".to_owned());
            }
        };
        self.aliased.nodes += extent.nodes;
        self.aliased.bytes += extent.bytes;
        if self.aliased.nodes > MAX_NODES + length {
            return refuse(format!("aliases stand for more than {MAX_NODES} nodes"));
        }
        if self.aliased.bytes > MAX_BYTES + 10 * length {
            return refuse(format!("aliases stand for more than {MAX_BYTES} bytes"));
        }
        if level + extent.height > MAX_DEPTH {
            return refuse(format!("aliases make collections nest deeper than {MAX_DEPTH} levels"));
        }
        self.deepen((level + extent.height).saturating_sub(1));
        Ok(id)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::parse_all;

    fn refusal(text: &str) -> String {
        parse_all(text, false).expect_err("it is refused").message
    }

    #[test]
    fn what_aliases_stand_for_is_bounded() {
        let link = |at| format!("a{at}: &a{at} [*a{0}, *a{0}]\n", at - 1);
        let bomb = (1..40).map(link).collect::<Vec<_>>().concat();
        assert_eq!(
            refusal(&format!("a0: &a0 b\n{bomb}")),
            "aliases stand for more than 50000 nodes"
        );

        let many = "- *a\n".repeat(300);
        let big = "x".repeat(100_000);
        assert_eq!(
            refusal(&format!("- &a {big}\n{many}")),
            "aliases stand for more than 16777216 bytes"
        );

        let merges =
            format!("x: &a {{{}}}\ny: {{<<: [{}]}}\n", "k: v, ".repeat(500), "*a, ".repeat(500));
        assert_eq!(refusal(&merges), "aliases stand for more than 50000 nodes");
    }

    #[test]
    fn links_of_aliases_are_as_deep_as_what_they_stand_for() {
        let links = |count: usize| {
            let link = |at| format!("a{at}: &a{at} {{b: [*a{}]}}\n", at - 1);
            "a0: &a0 c\n".to_owned() + &(1..count).map(link).collect::<Vec<_>>().concat()
        };
        assert!(parse_all(&links(64), false).is_ok());
        assert_eq!(refusal(&links(65)), "aliases make collections nest deeper than 128 levels");
        assert!(refusal(&links(30_000)).starts_with("aliases make"));
    }

    #[test]
    fn usual_aliases_are_read() {
        let items = "- {<<: *base, name: x, env: *env}\n".repeat(1000);
        let text = format!("- &base {{a: b, c: {{d: e}}}}\n- &env [f, g: h]\n{items}");
        assert!(parse_all(&text, false).is_ok());
    }
}
