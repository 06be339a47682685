//! The graph as a flow chart of Mermaid.

use super::graph::{Edge, EdgeKind, Graph, Shape};
use super::{Report, escape};

pub(super) fn graph(reports: &[Report<'_>]) -> String {
    let Graph { nodes, edges } = Graph::new(reports);
    let node = |(index, (shape, kind, name)): (usize, &(Shape, String, String))| {
        let text = format!("{}<br>{}", quoted(kind), quoted(name));
        match shape {
            Shape::Workload => format!("  n{index}[\"{text}\"]\n"),
            Shape::Config => format!("  n{index}([\"{text}\"])\n"),
            Shape::Missing => format!("  n{index}([\"{text}<br>not in the bundle\"])\n"),
            Shape::Producer => format!("  n{index}{{{{\"{text}\"}}}}\n"),
        }
    };
    let edge = |Edge { from, to, kind }: &Edge| {
        let label = kind.label();
        match kind {
            EdgeKind::Tracked(_) | EdgeKind::Makes => format!("  n{from} -->|{label}| n{to}\n"),
            EdgeKind::Untracked(_) => format!("  n{from} -.->|{label}| n{to}\n"),
        }
    };
    let nodes: Vec<_> = nodes.iter().enumerate().map(node).collect();
    let edges: Vec<_> = edges.iter().map(edge).collect();
    format!("flowchart LR\n{}{}", nodes.concat(), edges.concat())
}

/// Text between quotes of Mermaid, which knows entities but no escapes.
fn quoted(text: &str) -> String {
    escape(text).replace('#', "#35;").replace('"', "#quot;").replace('<', "#lt;")
}
