//! Where a node of a built resource stands in the file that the resource comes from.
//!
//! A build moves resources into other namespaces, renames them and patches them, but most of what it
//! yields is as it was written. So a node of the built resource is looked up by its path in the original:
//! what is not there, because a patch or a transformer added it, is shown where it would be.

use crate::yaml::{Document, NodeRef, Span};

/// One step from a node to a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step<'d> {
    /// The value of a key.
    Value(&'d str),
    /// A key itself.
    Key(&'d str),
    /// An item of a list, and what it is called if it has a `name`: patches put items into another order.
    Item(usize, Option<&'d str>),
}

/// The bytes of the original resource at `original` for the node at `span` of `built`.
pub(super) fn locate(built: &Document<'_>, span: &Span, original: NodeRef<'_>) -> Span {
    let Some(root) = built.root() else { return head(original) };
    let mut node = original.resolved();
    for step in path(root, span) {
        let next = match step {
            Step::Value(key) => node.get(key),
            Step::Key(key) => {
                return node.own(key).map_or_else(|| head(node), |(key, _)| key.span());
            }
            Step::Item(index, name) => item(node, index, name),
        };
        let Some(next) = next else { return head(node) };
        node = next.resolved();
    }
    if span.is_empty() || is_collection(node) { head(node) } else { node.span() }
}

/// The item of that name, or of that index.
fn item<'d>(list: NodeRef<'d>, index: usize, name: Option<&str>) -> Option<NodeRef<'d>> {
    let named = name.and_then(|name| list.items().find(|item| name_of(*item) == Some(name)));
    named.or_else(|| list.items().nth(index))
}

/// The steps from `root` to the node at `span`, or to the last node around it.
fn path<'d>(root: NodeRef<'d>, span: &Span) -> Vec<Step<'d>> {
    let mut steps = Vec::new();
    let mut node = root;
    while node.span() != *span {
        let Some((step, next)) = child(node, span) else { break };
        steps.push(step);
        if matches!(step, Step::Key(_)) {
            break;
        }
        node = next;
    }
    steps
}

fn child<'d>(node: NodeRef<'d>, span: &Span) -> Option<(Step<'d>, NodeRef<'d>)> {
    let holds = |node: NodeRef<'_>| node.span().start <= span.start && span.end <= node.span().end;
    let entry = node.own_entries().find_map(|(key, value)| {
        let name = key.text()?;
        if holds(key) {
            return Some((Step::Key(name), key));
        }
        holds(value).then_some((Step::Value(name), value))
    });
    let item = || {
        let (index, item) = node.items().enumerate().find(|(_, item)| holds(*item))?;
        Some((Step::Item(index, name_of(item)), item))
    };
    entry.or_else(item)
}

fn name_of(item: NodeRef<'_>) -> Option<&str> {
    item.get("name")?.text()
}

fn is_collection(node: NodeRef<'_>) -> bool {
    node.is_mapping() || node.is_sequence()
}

/// Where a collection begins, or the bytes of a scalar.
fn head(node: NodeRef<'_>) -> Span {
    let span = node.span();
    if is_collection(node) { span.start..span.start } else { span }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    fn located<'t>(built: &str, part: &str, original: &'t str) -> &'t str {
        let (built_documents, documents) =
            (yaml::parse_all(built, false).unwrap(), yaml::parse_all(original, false).unwrap());
        let start = built.find(part).unwrap();
        let span = start..start + part.len();
        let span = locate(&built_documents[0], &span, documents[0].root().unwrap());
        &original[span.start..]
    }

    #[test]
    fn a_node_is_found_by_its_path() {
        let original =
            "metadata:\n  name: web\nspec:\n  volumes:\n  - name: a\n  - name: b\n    x: 1\n";
        let built = r#"{"metadata":{"name":"pre-web","namespace":"n"},"spec":{"volumes":[{"name":"b","x":1}]}}"#;

        assert_eq!(located(built, "\"pre-web\"", original).lines().next(), Some("web"));
        assert_eq!(located(built, "1", original), "1\n");
        assert_eq!(located(built, "\"x\"", original), "x: 1\n");
    }

    #[test]
    fn what_the_build_added_is_shown_where_it_would_be() {
        let original = "metadata:\n  name: web\nspec: {}\n";
        let built = r#"{"metadata":{"namespace":"n","annotations":{"a":"b"}}}"#;

        assert!(located(built, "\"n\"", original).starts_with("name: web\n"));
        assert!(located(built, "\"b\"", original).starts_with("name: web\n"));
    }
}
