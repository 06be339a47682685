//! The graph in the language of Graphviz.

use super::graph::{Edge, EdgeKind, Graph, Shape};
use super::{Report, escape};

pub(super) fn graph(reports: &[Report<'_>]) -> String {
    let Graph { nodes, edges } = Graph::new(reports);
    let node = |(index, (shape, kind, name)): (usize, &(Shape, String, String))| {
        let shape = match shape {
            Shape::Workload => "shape=box",
            Shape::Config => "shape=ellipse",
            Shape::Missing => "shape=ellipse, style=dotted",
            Shape::Producer => "shape=hexagon",
        };
        format!("  n{index} [{shape}, label=\"{}\\n{}\"];\n", quoted(kind), quoted(name))
    };
    let edge = |Edge { from, to, kind }: &Edge| {
        let style = match kind {
            EdgeKind::Tracked(_) | EdgeKind::Makes => "solid",
            EdgeKind::Untracked(_) => "dashed",
        };
        format!("  n{from} -> n{to} [style={style}, label=\"{}\"];\n", kind.label())
    };
    let nodes: Vec<_> = nodes.iter().enumerate().map(node).collect();
    let edges: Vec<_> = edges.iter().map(edge).collect();
    format!("digraph rollstamp {{\n  rankdir=LR;\n{}{}}}\n", nodes.concat(), edges.concat())
}

/// Text between quotes.
fn quoted(text: &str) -> String {
    escape(text).replace('\\', "\\\\").replace('"', "\\\"")
}
