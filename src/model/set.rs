//! The set of resources of a run, looked up by identity.

use std::collections::{BTreeMap, BTreeSet};

use super::kustomize::{is_renamed_alike, previous_names};
use super::local::{file, function_configs, is_local};
use super::producer::{self, Product};
use super::workload::is_workload_kind;
use super::{Config, ConfigKind, Identity, Resource, Workload};
use crate::error::Problem;
use crate::options::Options;
use crate::yaml::{Document, NodeRef};

/// The workloads and configs of a run.
#[derive(Debug, Default)]
pub(crate) struct ResourceSet<'d> {
    /// In input order.
    pub(crate) workloads: Vec<Workload<'d>>,
    /// In input order.
    pub(crate) configs: Vec<Config<'d>>,
    by_name: Names<'d>,
    /// Those that kustomize has renamed, by the names that they had.
    by_previous_name: Names<'d>,
    /// The labels of the Namespaces, by name.
    namespaces: BTreeMap<&'d str, Option<NodeRef<'d>>>,
    /// Bare Pods.
    pub(crate) pods: Vec<Resource<'d>>,
    /// What says that a config will be made elsewhere.
    producers: BTreeMap<ConfigKind, BTreeMap<&'d str, Vec<Producer<'d>>>>,
    /// The documents that are a `ResourceList`, each by its source and its number there.
    resource_lists: BTreeSet<(usize, usize)>,
}

/// The numbers of configs by kind, namespace and name.
type Names<'d> = BTreeMap<ConfigKind, BTreeMap<&'d str, BTreeMap<&'d str, Vec<usize>>>>;

/// The configs that a name may mean, where it must mean one.
#[derive(Debug)]
pub(crate) struct Ambiguous<'s, 'd>(pub(crate) Vec<&'s Config<'d>>);

/// What makes a config.
#[derive(Debug)]
struct Producer<'d> {
    resource: Resource<'d>,
    is_anywhere: bool,
}

impl Producer<'_> {
    fn reaches(&self, namespace: &str) -> bool {
        self.is_anywhere || self.resource.id.namespace == namespace
    }
}

impl<'d> ResourceSet<'d> {
    /// The resources of `documents`, a list for each source.
    ///
    /// # Errors
    ///
    /// Returns an error, and which source it is in, if a document holds a workload or a config and
    /// has a defect.
    pub(crate) fn collect(
        documents: &'d [Vec<Document<'d>>],
        options: &'d Options,
    ) -> Result<Self, (usize, Problem)> {
        let mut set = Self::default();
        // What is not needed is never touched.
        let most = documents.iter().map(Vec::len).sum();
        set.configs.reserve_exact(most);
        set.workloads.reserve_exact(most);
        for (source, documents) in documents.iter().enumerate() {
            for (index, document) in documents.iter().enumerate() {
                set.add(document, (source, index), options).map_err(|problem| (source, problem))?;
            }
        }
        Ok(set)
    }

    fn add(
        &mut self,
        document: &'d Document<'d>,
        number: (usize, usize),
        options: &'d Options,
    ) -> Result<(), Problem> {
        let before = (self.workloads.len(), self.configs.len());
        if let Some(root) = document.root() {
            self.add_resource(root, number, options);
        }
        let has_config = self.configs.len() > before.1;
        if before.0 == self.workloads.len() && !has_config {
            return Ok(());
        }
        document.defect().map_or(Ok(()), |defect| {
            let problem = Problem::from(defect);
            Err(if has_config { problem.private() } else { problem })
        })
    }

    /// Whether kustomize has renamed any config.
    pub(crate) fn has_renamed(&self) -> bool {
        !self.by_previous_name.is_empty()
    }

    /// Whether `resource` comes from kustomize or kpt, whose YAML is not kubectl's.
    pub(crate) fn is_in_resource_list(&self, resource: &Resource<'_>) -> bool {
        self.resource_lists.contains(&(resource.source, resource.document))
    }

    /// The names of the configs of that kind in a namespace, and those that they had before
    /// kustomize renamed them.
    pub(crate) fn names_in(&self, namespace: &str, kind: ConfigKind) -> impl Iterator<Item = &str> {
        let names = self.by_name.get(&kind).and_then(|names| names.get(namespace));
        let names = names.into_iter().flat_map(BTreeMap::keys);
        let previous = self.by_previous_name.get(&kind).and_then(|names| names.get(namespace));
        let previous = previous.into_iter().flat_map(BTreeMap::keys);
        names.chain(previous).copied()
    }

    /// The config of its own namespace that `from` means by `name`.
    ///
    /// # Errors
    ///
    /// Returns the configs that it may mean, if kustomize has renamed several of that name.
    pub(crate) fn resolve(
        &self,
        from: &Resource<'_>,
        kind: ConfigKind,
        name: &str,
    ) -> Result<Option<&Config<'d>>, Ambiguous<'_, 'd>> {
        let namespace = from.id.namespace;
        let current = self.config(namespace, kind, name);
        if self.by_previous_name.is_empty() {
            return Ok(current);
        }
        let previous = self.by_previous_name.get(&kind).and_then(|names| names.get(namespace));
        let previous = previous.and_then(|names| names.get(name)).into_iter().flatten();
        let mut candidates: Vec<_> = previous.map(|&index| &self.configs[index]).collect();
        candidates.extend(current);
        candidates.sort_unstable_by_key(|config| config.name());
        candidates.dedup_by_key(|config| config.name());
        if candidates.len() > 1 {
            candidates.retain(|config| is_renamed_alike(&config.resource, from));
        }
        match *candidates {
            [] => Ok(None),
            [one] => Ok(Some(one)),
            _ => Err(Ambiguous(candidates)),
        }
    }

    /// What `from` may call a config instead of its name: names that kustomize has replaced.
    pub(crate) fn other_names(&self, from: &Resource<'_>, config: &Config<'d>) -> Vec<&'d str> {
        let is_meant = |name: &&str| {
            let meant = self.resolve(from, config.kind, name).ok().flatten();
            meant.is_some_and(|meant| meant.name() == config.name())
        };
        previous_names(&config.resource).filter(is_meant).collect()
    }

    /// The labels of a Namespace, if it is in the bundle and has any.
    pub(crate) fn namespace_labels(&self, name: &str) -> Option<NodeRef<'d>> {
        *self.namespaces.get(name)?
    }

    /// The resource in the bundle that some controller or kustomize makes that config from.
    pub(crate) fn producer(
        &self,
        namespace: &str,
        kind: ConfigKind,
        name: &str,
    ) -> Option<&Resource<'d>> {
        let producers = self.producers.get(&kind)?.get(name)?;
        let mut here = producers.iter().filter(|producer| producer.reaches(namespace));
        here.next().map(|producer| &producer.resource)
    }

    /// The names of the configs of that kind that something in the bundle makes in a namespace.
    pub(crate) fn produced_names(
        &self,
        namespace: &str,
        kind: ConfigKind,
    ) -> impl Iterator<Item = &str> {
        let producers = self.producers.get(&kind).into_iter().flatten();
        let here = producers.filter(move |(_, producers)| {
            producers.iter().any(|producer| producer.reaches(namespace))
        });
        here.map(|(name, _)| *name)
    }

    /// The config of that name, if it is in the bundle: the first, if it is there twice.
    pub(crate) fn config(
        &self,
        namespace: &str,
        kind: ConfigKind,
        name: &str,
    ) -> Option<&Config<'d>> {
        self.configs(namespace, kind, name).next()
    }

    /// The configs of that name: several, if the bundle holds it more than once.
    pub(crate) fn configs(
        &self,
        namespace: &str,
        kind: ConfigKind,
        name: &str,
    ) -> impl Iterator<Item = &Config<'d>> + Clone {
        let names = self.by_name.get(&kind).and_then(|names| names.get(namespace));
        let indexes = names.and_then(|names| names.get(name)).into_iter().flatten();
        indexes.map(|&index| &self.configs[index])
    }

    /// Every config that shares its identity with others, together with them.
    pub(crate) fn duplicate_configs(&self) -> impl Iterator<Item = Vec<&Config<'d>>> {
        let groups = self.by_name.values().flat_map(BTreeMap::values).flat_map(BTreeMap::values);
        let groups = groups.filter(|indexes| indexes.len() > 1);
        groups.map(|indexes| indexes.iter().map(|&index| &self.configs[index]).collect())
    }

    fn add_resource(&mut self, node: NodeRef<'d>, number: (usize, usize), options: &'d Options) {
        let Some(resource) = Resource::read(node, number, options) else { return };
        if is_local(&resource) {
            return;
        }
        if resource.id.kind == "ResourceList" {
            self.resource_lists.insert(number);
        }
        let items = node.get("items").filter(|items| items.is_sequence());
        if let Some(items) = items.filter(|_| is_list_kind(resource.id.kind)) {
            let function_configs = function_configs(items);
            // An item that is an alias is the resource it stands for once more; a list among
            // them would be opened as often as it is named.
            let others = items.items().filter(|item| !item.is_alias() || !is_list(*item));
            let others = others.filter(|item| {
                function_configs.is_empty() || !function_configs.contains(&file(*item))
            });
            others.for_each(|item| self.add_resource(item, number, options));
        } else if let Some(kind) = ConfigKind::of(resource.id) {
            self.add_products(&resource);
            self.add_config(Config::new(kind, resource));
        } else if let Some(workload) = Workload::read(&resource, options) {
            self.workloads.push(workload);
        } else {
            self.add_other(resource);
        }
    }

    fn add_config(&mut self, config: Config<'d>) {
        let Identity { namespace, name, .. } = config.resource.id;
        let index = self.configs.len();
        let names = self.by_name.entry(config.kind).or_default().entry(namespace).or_default();
        // Nearly always the only one: a vector that grows begins with room for four.
        names.entry(name).or_insert_with(|| Vec::with_capacity(1)).push(index);
        for name in previous_names(&config.resource) {
            let names = self.by_previous_name.entry(config.kind).or_default();
            names.entry(namespace).or_default().entry(name).or_default().push(index);
        }
        self.configs.push(config);
    }

    fn add_other(&mut self, resource: Resource<'d>) {
        match (resource.id.group(), resource.id.kind) {
            ("", "Namespace") => {
                let labels = resource.node.at(["metadata", "labels"]);
                self.namespaces.insert(resource.id.name, labels);
            }
            ("", "Pod") => self.pods.push(resource),
            _ => self.add_products(&resource),
        }
    }

    fn add_products(&mut self, resource: &Resource<'d>) {
        for Product { kind, name, is_anywhere } in producer::products(resource) {
            let producer = Producer { resource: resource.clone(), is_anywhere };
            self.producers.entry(kind).or_default().entry(name).or_default().push(producer);
        }
    }
}

/// Whether a document whose root says `kind` has to be read: it may be, or hold, a resource that
/// matters.
pub(crate) fn is_wanted(kind: &str, options: &Options) -> bool {
    ConfigKind::ALL.iter().any(|config| config.name() == kind)
        || is_list_kind(kind)
        || is_workload_kind(kind, options)
        || producer::is_producer_kind(kind)
        || matches!(kind, "Namespace" | "Pod")
}

fn is_list_kind(kind: &str) -> bool {
    kind.ends_with("List")
}

fn is_list(node: NodeRef<'_>) -> bool {
    node.get("kind").and_then(NodeRef::text).is_some_and(is_list_kind)
}
