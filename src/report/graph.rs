//! The graph of workloads, configs and what makes configs.

use std::collections::BTreeMap;

use super::Report;
use crate::model::ConfigKind;
use crate::plan::ConfigPlan;
use crate::rules::Rule;

/// What a node of the graph stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Workload,
    Config,
    /// A config that is not in the bundle.
    Missing,
    Producer,
}

/// A line from a workload to a config, or from what makes a config to the config.
#[derive(Debug)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) kind: EdgeKind,
}

/// What an edge says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EdgeKind {
    /// The workload tracks the config, by this rule.
    Tracked(Rule),
    /// The workload refers to the config or lists it, and does not track it; by this rule, or none.
    Untracked(Option<Rule>),
    /// The config is made from it.
    Makes,
}

impl EdgeKind {
    /// What to write at the edge.
    pub(super) fn label(self) -> String {
        match self {
            Self::Tracked(rule) | Self::Untracked(Some(rule)) => rule.to_string(),
            Self::Untracked(None) => "not tracked".to_owned(),
            Self::Makes => "makes".to_owned(),
        }
    }
}

/// Nodes by their numbers, and the edges between them.
#[derive(Debug, Default)]
pub(super) struct Graph {
    /// The kind, and the namespace and name.
    pub(super) nodes: Vec<(Shape, String, String)>,
    pub(super) edges: Vec<Edge>,
}

impl Graph {
    /// The graph of several bundles, which have no node in common.
    pub(super) fn new(reports: &[Report<'_>]) -> Self {
        let mut graph = Self::default();
        for report in reports {
            graph.add(report);
        }
        graph
    }

    fn add(&mut self, report: &Report<'_>) {
        let mut known = BTreeMap::new();
        for workload in report.workloads.iter().copied() {
            let id = &workload.id;
            let name = format!("{}/{}", id.namespace, id.name);
            let from = self.node(Shape::Workload, &id.gvk.kind, name);
            for config in &workload.configs {
                let to = self.config(config, &mut known);
                let kind = match config.rule {
                    Some(rule) if config.is_tracked => EdgeKind::Tracked(rule),
                    rule => EdgeKind::Untracked(rule),
                };
                self.edges.push(Edge { from, to, kind });
            }
        }
    }

    fn config<'p>(
        &mut self,
        config: &'p ConfigPlan,
        known: &mut BTreeMap<(ConfigKind, &'p str, &'p str), usize>,
    ) -> usize {
        let key = (config.kind, &*config.namespace, &*config.name);
        if let Some(node) = known.get(&key) {
            return *node;
        }
        let shape = if config.source.is_some() { Shape::Config } else { Shape::Missing };
        let node =
            self.node(shape, config.kind.name(), format!("{}/{}", config.namespace, config.name));
        known.insert(key, node);
        if let Some((id, _)) = &config.producer {
            let name = format!("{}/{}", id.namespace, id.name);
            let from = self.node(Shape::Producer, &id.gvk.kind, name);
            self.edges.push(Edge { from, to: node, kind: EdgeKind::Makes });
        }
        node
    }

    fn node(&mut self, shape: Shape, kind: &str, name: String) -> usize {
        self.nodes.push((shape, kind.to_owned(), name));
        self.nodes.len() - 1
    }
}
