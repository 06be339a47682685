//! Works out what single workloads need: the candidates, the decisions, the stamp.

mod bundle;
mod edits;
mod horizon;
mod missing;
mod syntax_help;
mod variables;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::convert::Infallible;

use crate::digest::{self, ConfigDigest};
use crate::error::Problem;
use crate::finding::Finding;
use crate::findings::{self, Context, Subject, unwritable};
use crate::model::{Config, ConfigKind, Coverage, ResourceSet, Workload};
use crate::options::{Keys, Options, Strategy};
use crate::parallel;
use crate::plan::{ConfigPlan, ConfigSource, WorkloadPlan};
use crate::reference::{self, Reference, references};
use crate::rules::{self, Candidate, Decision, Declared, List, Rule};
use crate::source::{Place, Source};
use crate::stamp::{Stamp, State, Variable};
use variables::Container;

pub(crate) use bundle::{parse, plan_documents};
pub use bundle::{plan, plan_check, plan_strip};
pub(crate) use horizon::Horizon;
pub(crate) use variables::NeededVariable;

/// A config that a workload may track, by what it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Called<'d> {
    kind: ConfigKind,
    name: &'d str,
    namespace: &'d str,
}

/// Works out what single workloads need.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Planner<'a> {
    pub(crate) sources: &'a [Source<'a>],
    pub(crate) options: &'a Options,
    pub(crate) resources: &'a ResourceSet<'a>,
    pub(crate) horizon: &'a Horizon,
}

impl<'a> Planner<'a> {
    /// The plans of all workloads, in input order, and what is found about each of them.
    pub(crate) fn workloads(&self, context: &Context<'a>) -> (Vec<WorkloadPlan>, Vec<Finding>) {
        let workloads = &self.resources.workloads;
        let (mut plans, mut findings) = (Vec::with_capacity(workloads.len()), Vec::new());
        let plan = |workload| self.workload(workload, context);
        let Ok(()) = parallel::each::<_, _, Infallible>(workloads, plan, |(plan, own)| {
            plans.push(plan);
            findings.extend(own);
            Ok(())
        });
        (plans, findings)
    }

    fn workload(
        &self,
        workload: &'a Workload<'a>,
        context: &Context<'a>,
    ) -> (WorkloadPlan, Vec<Finding>) {
        let resource = &workload.resource;
        let references = references(&workload.template);
        let uses = reference::group(&references, |own| self.name(workload, own.kind, own.name));
        let declared = Declared::read(workload, self.options);
        let has_variables = self.options.strategy == Strategy::EnvVars;
        let containers = if has_variables { Container::all(workload) } else { Vec::new() };
        let candidates = self.candidates(workload, &references, &declared);
        let mut configs = Vec::with_capacity(candidates.len());
        let mut digests = Vec::new();
        let mut variables = Vec::new();
        let mut is_invalid = false;
        for name in candidates {
            let uses = uses.get(&(name.kind, name.name)).map_or(&[][..], Vec::as_slice);
            let candidate = self.candidate(workload, name, uses, &declared);
            let decision = rules::decide(&candidate);
            let digest = digest_of(&candidate, &decision, uses, declared.keys);
            let digest = digest.unwrap_or_else(|_| {
                is_invalid = true;
                None
            });
            if decision.is_tracked && has_variables {
                variables.push(self.variable(workload, &containers, &candidate, uses));
            }
            configs.push(self.config_plan(workload, &candidate, decision, digest.as_deref(), uses));
            digests.extend(digest);
        }
        let digests = digests.iter().map(Cow::as_ref);
        let is_empty = digests.len() == 0 || is_invalid;
        let input = if is_empty { String::new() } else { digest::input(digests) };
        let mut clash = None;
        if has_variables {
            let missing = || self.missing(workload, &declared, &configs);
            clash = variables::add_left_over(workload, &containers, missing, &mut variables).err();
        }
        let lacks_any = || is_invalid || !self.missing(workload, &declared, &configs).is_empty();
        let (mut stamp, stamp_place) = if self.is_open(workload, &configs, lacks_any) {
            self.open_stamp(workload)
        } else {
            self.stamp(workload, input, lacks_any, variables)
        };
        stamp.is_unknown |= is_invalid;
        let unmounted = references.iter().filter_map(|reference| {
            let place = Place::new(resource.source, reference.node.span());
            let volume = reference.volume.filter(|_| !reference.is_mounted())?.to_owned();
            Some((volume, reference.kind, reference.name.to_owned(), place))
        });
        let plan = WorkloadPlan {
            id: resource.id.to_id(),
            place: resource.place(),
            name_place: resource.name_place(),
            template_path: workload.template.path.to_owned(),
            is_opted_in: declared.is_anything(self.options)
                && workload.ignored_by(self.options).is_none(),
            stamp,
            stamp_place,
            configs,
            unmounted: unmounted.collect(),
        };
        let subject =
            Subject { workload, plan: &plan, references: &references, declared: &declared };
        let mut findings = findings::of_workload(context, subject);
        findings.extend(clash.and_then(|clash| unwritable(resource, clash, self.options)));
        findings.shrink_to_fit();
        (plan, findings)
    }

    /// What the workload may track: the configs that it refers to, in the order of their first
    /// use, then those that it does not use, by kind and name.
    fn candidates(
        &self,
        workload: &'a Workload<'a>,
        references: &[Reference<'a>],
        declared: &Declared<'a>,
    ) -> Vec<Called<'a>> {
        let namespace = workload.resource.id.namespace;
        let mut unused = BTreeSet::new();
        for (kind, switches) in ConfigKind::ALL.into_iter().zip(&declared.switches) {
            let patterns = switches.list.iter().flat_map(List::patterns);
            let names = patterns.flat_map(|own| own.among(self.resources, namespace, kind));
            let resolve = |name| self.resources.resolve(&workload.resource, kind, name);
            let configs = names.filter_map(|name| resolve(name).ok().flatten()).map(Config::name);
            unused.extend(configs.map(|name| Called { kind, name, namespace }));
        }
        let extra = declared.wave.extra.iter();
        unused.extend(extra.map(|&(kind, namespace, name)| Called { kind, name, namespace }));
        let name = |reference: &Reference<'a>| {
            let kind = reference.kind;
            Called { kind, name: self.name(workload, kind, reference.name), namespace }
        };
        unused
            .extend(references.iter().filter(|reference| declared.wave.sees(reference)).map(name));
        let used = references.iter().filter(|reference| reference.is_mounted()).map(name);
        let mut seen = BTreeSet::new();
        used.chain(unused).filter(|name| seen.insert(*name)).collect()
    }

    /// What the config is called that `workload` means by `name`.
    fn name(&self, workload: &Workload<'a>, kind: ConfigKind, name: &'a str) -> &'a str {
        if !self.resources.has_renamed() {
            return name;
        }
        let config = self.resources.resolve(&workload.resource, kind, name);
        config.ok().flatten().map_or(name, Config::name)
    }

    fn candidate<'c>(
        &self,
        workload: &'c Workload<'c>,
        Called { kind, name, namespace }: Called<'c>,
        uses: &[&Reference<'_>],
        declared: &'c Declared<'c>,
    ) -> Candidate<'c>
    where
        'a: 'c,
    {
        let own = workload.resource.id.namespace;
        let config = self.resources.config(namespace, kind, name);
        let switches = &declared.switches[kind as usize];
        let has_names = switches.list.is_some() || switches.exclude.is_some();
        let other_names = config
            .filter(|_| has_names)
            .map(|config| self.resources.other_names(&workload.resource, config));
        let is_extra = || declared.wave.extra.contains(&(kind, namespace, name));
        Candidate {
            kind,
            namespace,
            name,
            other_names: other_names.unwrap_or_default(),
            config,
            is_own_namespace: namespace == own,
            is_referenced: namespace == own && uses.iter().any(|use_| use_.is_mounted()),
            is_seen_by_wave: uses.iter().any(|use_| declared.wave.sees(use_)) || is_extra(),
            has_container: self.has_container(workload),
            workload_ignored_by: workload.ignored_by(self.options),
            switches,
            wave: &declared.wave,
            resources: self.resources,
            options: self.options,
        }
    }

    /// Whether there is a container that can use a config. Of a kind that the options name, the operator may
    /// add the containers; only variables need one in the manifest.
    fn has_container(&self, workload: &Workload<'_>) -> bool {
        let is_annotated = self.options.strategy == Strategy::Annotations;
        workload.template.list("containers").next().is_some()
            || is_annotated && workload.is_of_own_kind(self.options)
    }

    fn config_plan(
        &self,
        workload: &Workload<'_>,
        candidate: &Candidate<'_>,
        decision: Decision,
        digest: Option<&ConfigDigest>,
        uses: &[&Reference<'_>],
    ) -> ConfigPlan {
        let source = workload.resource.source;
        let Candidate { kind, namespace, name, .. } = *candidate;
        // Of no more room than it needs: every config of every workload has one.
        let mut references = Vec::with_capacity(uses.len());
        references.extend(uses.iter().filter(|use_| use_.is_mounted()).map(|reference| {
            (reference.path(workload.template.path), Place::new(source, reference.node.span()))
        }));
        let config_source = candidate.config.map(|config| ConfigSource {
            place: config.resource.place(),
            name_place: config.resource.name_place(),
            coverage: match config.coverage() {
                Coverage::NamedByContent if !candidate.is_referenced => Coverage::Content,
                coverage => coverage,
            },
            keys: digest.into_iter().flat_map(ConfigDigest::keys).cloned().collect(),
        });
        let producer = self.resources.producer(namespace, kind, name);
        let producer = producer.filter(|_| config_source.is_none());
        ConfigPlan {
            kind,
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            is_tracked: decision.is_tracked,
            rule: decision.rule,
            because: decision.because,
            option: decision.option,
            why_not: decision.why_not,
            source: config_source,
            producer: producer.map(|producer| (producer.id.to_id(), producer.place())),
            references,
        }
    }

    /// Whether the workload, or what it tracks, may be changed by what is not seen of the bundle.
    fn is_open(
        &self,
        workload: &Workload<'_>,
        configs: &[ConfigPlan],
        lacks_any: impl FnOnce() -> bool,
    ) -> bool {
        let horizon = self.horizon;
        let is_open = |config: &ConfigPlan| {
            let source = config.source.as_ref().filter(|_| config.is_tracked);
            source.is_some_and(|source| horizon.is_open(source.place.start))
        };
        horizon.is_open(workload.resource.place().start)
            || configs.iter().any(is_open)
            || horizon.may_lack_resources && lacks_any()
    }

    /// The stamp of a workload whose stamp cannot be known: what is there is left as it is.
    fn open_stamp(&self, workload: &Workload<'_>) -> (Stamp, Option<Place>) {
        let old = workload.template_annotations().get(&self.options.annotation);
        let stamp = Stamp {
            annotation: self.options.annotation.clone(),
            state: State::None,
            is_unknown: false,
            is_open: true,
            current: old.as_ref().map(|annotation| annotation.value.to_owned()),
            expected: None,
            digest_input: String::new(),
            variables: Vec::new(),
        };
        (stamp, old.map(|annotation| annotation.place))
    }

    /// The plan of a workload that is to have the stamp `expected`, whoever has worked that out.
    pub(crate) fn plan_with(
        &self,
        workload: &Workload<'_>,
        expected: Option<&str>,
    ) -> WorkloadPlan {
        let mut plan = self.plan_without(workload);
        plan.stamp.state = State::of(plan.stamp.current.as_deref(), expected);
        plan.stamp.expected = expected.map(str::to_owned);
        plan
    }

    /// The same, with `variables` in the place of the annotation.
    pub(crate) fn plan_with_variables(
        &self,
        workload: &Workload<'_>,
        variables: &[NeededVariable],
    ) -> WorkloadPlan {
        let mut plan = self.plan_without(workload);
        plan.stamp.variables = variables::needed(workload, variables);
        let states = plan.stamp.variables.iter().map(|variable| variable.state);
        plan.stamp.state = states.min().unwrap_or(State::None);
        plan
    }

    /// The plan of a workload whose stamp is left as it is.
    pub(crate) fn plan_without(&self, workload: &Workload<'_>) -> WorkloadPlan {
        let (stamp, stamp_place) = self.open_stamp(workload);
        WorkloadPlan {
            id: workload.resource.id.to_id(),
            place: workload.resource.place(),
            name_place: workload.resource.name_place(),
            template_path: workload.template.path.to_owned(),
            is_opted_in: true,
            stamp,
            stamp_place,
            configs: Vec::new(),
            unmounted: Vec::new(),
        }
    }

    fn stamp(
        &self,
        workload: &Workload<'_>,
        digest_input: String,
        lacks_any: impl FnOnce() -> bool,
        variables: Vec<Variable>,
    ) -> (Stamp, Option<Place>) {
        let is_due = !digest_input.is_empty() && self.options.strategy == Strategy::Annotations;
        let is_stampable = workload.is_stampable(self.options);
        let expected = (is_due && is_stampable).then(|| digest::stamp(&digest_input));
        let old = workload.template_annotations().get(&self.options.annotation);
        let current = old.as_ref().map(|annotation| annotation.value.to_owned());
        let own = State::of(current.as_deref(), expected.as_deref());
        let is_unknown = own == State::Extra
            && digest_input.is_empty()
            && self.options.strategy == Strategy::Annotations
            && lacks_any();
        let own = if is_unknown { State::None } else { own };
        let states = variables.iter().map(|variable| variable.state).chain([own]);
        let state = states.min().filter(|_| is_stampable).unwrap_or(State::None);
        let annotation = self.options.annotation.clone();
        let stamp = Stamp {
            annotation,
            state,
            is_unknown,
            is_open: false,
            current,
            expected,
            digest_input,
            variables,
        };
        (stamp, old.map(|annotation| annotation.place))
    }
}

/// The digest of a config that is tracked and in the bundle: of all its entries, or of those that the pod can
/// see.
///
/// # Errors
///
/// Returns an error if Kubernetes would refuse the content.
fn digest_of<'a>(
    candidate: &Candidate<'a>,
    decision: &Decision,
    uses: &[&Reference<'_>],
    keys: Keys,
) -> Result<Option<Cow<'a, ConfigDigest>>, &'a Problem> {
    let config = candidate.config.filter(|_| decision.is_tracked);
    // What is only listed is not in the template, so its new name would roll nothing.
    let is_part = |config: &&Config<'_>| match config.coverage() {
        Coverage::NamedByContent => !candidate.is_referenced,
        coverage => coverage.is_stamped(),
    };
    let Some(config) = config.filter(is_part) else { return Ok(None) };
    let digest = ConfigDigest::of(config)?;
    let is_whole = keys == Keys::All || decision.rule == Some(Rule::Listed);
    let seen = if is_whole { None } else { reference::seen_keys(uses) };
    Ok(Some(seen.map_or(Cow::Borrowed(digest), |keys| Cow::Owned(digest.only(&keys)))))
}
