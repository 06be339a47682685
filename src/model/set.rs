//! The set of resources of a run, looked up by identity.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::OnceLock;

use super::kustomize::{Affixes, Renamed, previous_names};
use super::member::Member;
use super::names::{Names, Stem, around, beginning};
use super::placeholder::{Replacer, Replacers};
use super::producer::{self, Product};
use super::workload::workload_ref;
use super::{Config, ConfigKind, Identity, Injected, Resource, Workload};
use crate::error::Problem;
use crate::options::Options;
use crate::parallel;
use crate::yaml::{Document, NodeRef, Span};

/// The workloads and configs of a run.
#[derive(Debug, Default)]
pub(crate) struct ResourceSet<'d> {
    /// In input order.
    pub(crate) workloads: Vec<Workload<'d>>,
    /// In input order.
    pub(crate) configs: Vec<Config<'d>>,
    by_name: Names<'d, Named>,
    /// Those that kustomize has renamed, by the names that they had.
    by_previous_name: Names<'d, Renamed<'d>>,
    /// The labels of the Namespaces, by name.
    namespaces: BTreeMap<&'d str, Option<NodeRef<'d>>>,
    /// Bare Pods.
    pub(crate) pods: Vec<Resource<'d>>,
    /// What is no workload, config or Pod.
    pub(crate) others: Vec<Other<'d>>,
    /// Argo Rollouts that leave their pod template to a workload: its kind, namespace and name.
    rollouts: BTreeMap<(&'d str, &'d str, &'d str), Resource<'d>>,
    /// What says that a config will be made elsewhere.
    producers: BTreeMap<ConfigKind, BTreeMap<Cow<'d, str>, Vec<Producer<'d>>>>,
    /// Who replaces parts of configs before they are applied.
    replacers: Replacers<'d>,
    /// Configs and workloads in documents that only `...` parts from the one before.
    pub(crate) unapplied: Vec<Resource<'d>>,
    /// The documents that are a `ResourceList`, each by its source and its number there.
    resource_lists: BTreeSet<(usize, usize)>,
}

/// The configs of one identity.
#[derive(Debug, Default)]
struct Named {
    /// Their numbers.
    indexes: Vec<usize>,
    /// The keys of all of them, in order; `None` if something in the cluster adds more.
    keys: OnceLock<Option<Box<[Box<str>]>>>,
}

/// The configs that a name may mean, where it must mean one.
#[derive(Debug)]
pub(crate) struct Ambiguous<'s, 'd> {
    /// The first of them by name.
    pub(crate) configs: Vec<&'s Config<'d>>,
    /// How many more there are.
    pub(crate) others: usize,
}

/// What is no workload, config or Pod, and where it stands.
#[derive(Debug)]
pub(crate) struct Other<'d> {
    pub(crate) kind: Option<&'d str>,
    pub(crate) source: usize,
    pub(crate) span: Span,
}

impl<'d> Other<'d> {
    fn of(resource: &Resource<'d>) -> Self {
        let span = resource.node.resolved().span();
        Self { kind: Some(resource.id.kind), source: resource.source, span }
    }
}

/// What makes a config.
#[derive(Debug)]
struct Producer<'d> {
    resource: Resource<'d>,
    /// The namespace of the config; `None` if it may be in any.
    namespace: Option<&'d str>,
}

impl Producer<'_> {
    fn reaches(&self, namespace: &str) -> bool {
        self.namespace.is_none_or(|own| own == namespace)
    }
}

/// The names of those of `producers` that reach `namespace`.
fn reaching<'p>(
    producers: impl Iterator<Item = (&'p str, &'p Vec<Producer<'p>>)>,
    namespace: &str,
) -> impl Iterator<Item = &'p str> {
    let reaches = move |all: &[Producer<'_>]| all.iter().any(|own| own.reaches(namespace));
    producers.filter(move |(_, all)| reaches(all)).map(|(name, _)| name)
}

impl<'d> ResourceSet<'d> {
    /// The resources of `documents`, a list for each source.
    ///
    /// Beside them it returns what is wrong with documents that hold a workload or a config and have a
    /// defect, and which source each is in: their resources are not in the set.
    pub(crate) fn collect(
        documents: &'d [Vec<Document<'d>>],
        options: &'d Options,
    ) -> (Self, Vec<(usize, Problem)>) {
        let (mut set, mut defects) = (Self::default(), Vec::new());
        // What is not needed is never touched.
        let most = documents.iter().map(Vec::len).sum();
        set.configs.reserve_exact(most);
        set.workloads.reserve_exact(most);
        let documents = documents.iter().enumerate().flat_map(|(source, documents)| {
            documents.iter().enumerate().map(move |(index, document)| ((source, index), document))
        });
        let read = |(number, document)| {
            // Boxed, because there are as many of these as documents, and hardly ever a problem.
            (number, Member::all(document, number, options).map_err(Box::new))
        };
        let Ok(()) = parallel::each::<_, _, Infallible>(documents, read, |(number, members)| {
            match members {
                Ok(members) => members.into_iter().for_each(|member| set.add(member, number)),
                Err(problem) => defects.push((number.0, *problem)),
            }
            Ok(())
        });
        set.join_rollouts();
        (set, defects)
    }

    fn add(&mut self, member: Member<'d>, number: (usize, usize)) {
        match member {
            Member::ResourceList => _ = self.resource_lists.insert(number),
            Member::Config(config) => {
                self.add_products(&config.resource);
                self.add_config(config);
            }
            Member::Workload(workload) => {
                self.add_products(&workload.resource);
                self.workloads.push(workload);
            }
            Member::Other(resource) => self.add_other(resource),
            Member::Unapplied(resource) => self.unapplied.push(resource),
            Member::Nameless(node) => {
                self.others.push(Other { kind: None, source: number.0, span: node.span() });
            }
        }
    }

    /// Whether kustomize has renamed any config.
    pub(crate) fn has_renamed(&self) -> bool {
        !self.by_previous_name.is_empty()
    }

    /// Whether `resource` comes from kustomize or kpt, whose YAML is not kubectl's.
    pub(crate) fn is_in_resource_list(&self, resource: &Resource<'_>) -> bool {
        self.resource_lists.contains(&(resource.source, resource.document))
    }

    /// The names of that stem: those of the configs of that kind in a namespace, and those that they had
    /// before kustomize renamed them.
    pub(crate) fn names_of(
        &self,
        namespace: &str,
        kind: ConfigKind,
        stem: Stem<'_>,
    ) -> impl Iterator<Item = &str> {
        let names = self.by_name.within(kind, namespace).into_iter();
        let names = names.flat_map(move |names| beginning(names, stem)).map(|(name, _)| name);
        let previous = self.by_previous_name.within(kind, namespace).into_iter();
        let previous = previous.flat_map(move |names| beginning(names, stem)).map(|(name, _)| name);
        names.chain(previous)
    }

    /// The same names, but those next to `word` in the alphabet.
    pub(crate) fn names_near(
        &self,
        namespace: &str,
        kind: ConfigKind,
        word: &str,
    ) -> impl Iterator<Item = &str> {
        let names = self.by_name.within(kind, namespace).into_iter();
        let names = names.flat_map(move |names| around(names, word)).map(|(name, _)| name);
        let previous = self.by_previous_name.within(kind, namespace).into_iter();
        let previous = previous.flat_map(move |names| around(names, word)).map(|(name, _)| name);
        names.chain(previous)
    }

    /// The keys of all configs of that name, in order; `None` if there is none, or if something in the
    /// cluster adds more.
    pub(crate) fn keys(
        &self,
        namespace: &str,
        kind: ConfigKind,
        name: &str,
    ) -> Option<&[Box<str>]> {
        let named = self.by_name.get(kind, namespace, name)?;
        let keys = named.keys.get_or_init(|| {
            let configs = named.indexes.iter().map(|&index| &self.configs[index]);
            let is_complete = |config: &Config<'_>| config.injected() == Injected::Nothing;
            let keys = || configs.clone().flat_map(Config::keys).collect::<BTreeSet<_>>();
            configs.clone().all(is_complete).then(|| keys().into_iter().map(Into::into).collect())
        });
        keys.as_deref()
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
        let Some(renamed) = self.by_previous_name.get(kind, namespace, name) else {
            return Ok(current);
        };
        if let Some(one) = renamed.only().filter(|_| current.is_none()) {
            return Ok(Some(&self.configs[one]));
        }
        let own = Affixes::of(from);
        let current = current.filter(|config| Affixes::of(&config.resource).are_like(own));
        let count = renamed.alike(own).map(BTreeMap::len).sum::<usize>();
        let alike = renamed.alike(own).flat_map(BTreeMap::values).take(Self::MOST_SHOWN);
        let mut configs: Vec<_> = alike.map(|&index| &self.configs[index]).collect();
        let others = count - configs.len();
        configs.extend(current);
        configs.sort_unstable_by_key(|config| config.name());
        configs.dedup_by_key(|config| config.name());
        match *configs {
            [] => Ok(None),
            [one] if others == 0 => Ok(Some(one)),
            _ => Err(Ambiguous { configs, others }),
        }
    }

    /// How many of the configs that a name may mean are told one by one.
    const MOST_SHOWN: usize = 8;

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
        let producers = self.producers.get(&kind)?;
        let of = |name: &str| {
            let mut here =
                producers.get(name)?.iter().filter(|producer| producer.reaches(namespace));
            here.next().map(|producer| &producer.resource)
        };
        of(name).or_else(|| of(&format!("*{}", &name[name.find('.')?..])))
    }

    /// Whether a config that is not in the bundle will be there: something in the bundle makes it, or
    /// every namespace has it.
    pub(crate) fn is_made(&self, namespace: &str, kind: ConfigKind, name: &str) -> bool {
        producer::is_everywhere(kind, name) || self.producer(namespace, kind, name).is_some()
    }

    /// The key of the first entry of `config`, in a source of that name, that somebody replaces a part of,
    /// and who.
    pub(crate) fn placeholder(
        &self,
        config: &Config<'d>,
        source: &str,
    ) -> Option<(NodeRef<'d>, Replacer)> {
        let replacer = |text| self.replacers.of(&config.resource, source, text);
        config.suspects().find_map(|(key, text)| Some((key, replacer(text)?)))
    }

    /// The names of that stem of the configs of that kind that something in the bundle makes in a
    /// namespace.
    pub(crate) fn produced_of(
        &self,
        namespace: &str,
        kind: ConfigKind,
        stem: Stem<'_>,
    ) -> impl Iterator<Item = &str> {
        let producers = self.producers.get(&kind).into_iter();
        let producers = producers.flat_map(move |producers| beginning(producers, stem));
        reaching(producers, namespace)
    }

    /// The same names, but those next to `word` in the alphabet.
    pub(crate) fn produced_near(
        &self,
        namespace: &str,
        kind: ConfigKind,
        word: &str,
    ) -> impl Iterator<Item = &str> {
        let producers = self.producers.get(&kind).into_iter();
        let producers = producers.flat_map(move |producers| around(producers, word));
        reaching(producers, namespace)
    }

    /// The config of that name, if it is in the bundle: the first, if it is there twice, and no hook of
    /// Helm unless there is nothing else.
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
        let named = self.by_name.get(kind, namespace, name).into_iter();
        named.flat_map(|named| &named.indexes).map(|&index| &self.configs[index])
    }

    /// Every config that shares its identity with others, together with them. Hooks of Helm live and die
    /// apart from what a release keeps.
    pub(crate) fn duplicate_configs(&self) -> impl Iterator<Item = Vec<&Config<'d>>> {
        let groups = self.by_name.values().map(|named| &named.indexes);
        let groups = groups.filter(|indexes| indexes.len() > 1);
        groups.map(|indexes| {
            let configs = indexes.iter().map(|&index| &self.configs[index]);
            configs.filter(|config| !config.resource.is_hook()).collect()
        })
    }

    fn add_config(&mut self, config: Config<'d>) {
        let Identity { namespace, name, .. } = config.resource.id;
        let index = self.configs.len();
        let Named { indexes, .. } = self.by_name.entry(config.kind, namespace, name);
        // Nearly always the only one: a vector that grows begins with room for four.
        indexes.reserve_exact(usize::from(indexes.is_empty()));
        // What a release keeps comes before what it makes for a moment.
        let configs = &self.configs;
        let is_hook = config.resource.is_hook();
        let at =
            indexes.partition_point(|&other: &usize| is_hook || !configs[other].resource.is_hook());
        indexes.insert(at, index);
        for name in previous_names(&config.resource) {
            let renamed = self.by_previous_name.entry(config.kind, namespace, name);
            renamed.add(&config.resource, index);
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
            _ => {
                if let Some((kind, name)) = workload_ref(&resource) {
                    self.rollouts.insert((kind, resource.id.namespace, name), resource);
                    return;
                }
                self.replacers.add(&resource);
                // What a producer carries it may pass on to what it makes.
                if !self.add_products(&resource) {
                    self.others.push(Other::of(&resource));
                }
            }
        }
    }

    /// Whether `resource` makes any config.
    fn add_products(&mut self, resource: &Resource<'d>) -> bool {
        let mut makes = false;
        for Product { kind, name, namespace } in producer::products(resource) {
            let producer = Producer { resource: resource.clone(), namespace };
            self.producers.entry(kind).or_default().entry(name).or_default().push(producer);
            makes = true;
        }
        makes
    }

    /// Gives each Rollout that leaves its pod template to a workload to that workload.
    fn join_rollouts(&mut self) {
        if self.rollouts.is_empty() {
            return;
        }
        for workload in &mut self.workloads {
            let Identity { kind, namespace, name, .. } = workload.resource.id;
            workload.rollout = self.rollouts.remove(&(kind, namespace, name));
        }
        self.others.extend(std::mem::take(&mut self.rollouts).values().map(Other::of));
    }
}
