//! Works out what single workloads need: the candidates, the decisions, the stamp.

mod bundle;
mod edits;
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
use crate::rules::pattern::Pattern;
use crate::rules::{self, Candidate, Decision, Declared, List, Rule};
use crate::source::{Place, Source};
use crate::stamp::{Stamp, State, Variable};

pub(crate) use bundle::plan_documents;
pub use bundle::{plan, plan_check, plan_strip};

/// A config that a workload may track, by what it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Called<'d> {
    kind: ConfigKind,
    name: &'d str,
    namespace: &'d str,
}

/// What a workload tracks and does not track, and what its stamp is made of.
struct Tracked {
    configs: Vec<ConfigPlan>,
    /// The text to hash, empty if nothing is tracked; `None` if Kubernetes would refuse the content of a config.
    input: Option<String>,
    variables: Vec<Variable>,
}

/// Works out what single workloads need.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Planner<'a> {
    pub(crate) sources: &'a [Source<'a>],
    pub(crate) options: &'a Options,
    pub(crate) resources: &'a ResourceSet<'a>,
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
        let declared = Declared::read(workload, self.options);
        let Tracked { configs, input, mut variables } =
            self.tracked(workload, &references, &declared);
        let mut clash = None;
        if self.options.strategy == Strategy::EnvVars {
            let missing = || self.missing(workload, &declared, &configs);
            clash = variables::add_left_over(workload, missing, &mut variables).err();
        }
        let is_invalid = input.is_none();
        let lacks_any = || is_invalid || !self.missing(workload, &declared, &configs).is_empty();
        let (mut stamp, stamp_place) =
            self.stamp(workload, input.unwrap_or_default(), lacks_any, variables);
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
            is_opted_in: declared.is_anything(self.options) && !workload.is_ignored(self.options),
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

    /// What the workload tracks and does not track.
    fn tracked(
        &self,
        workload: &'a Workload<'a>,
        references: &[Reference<'a>],
        declared: &Declared<'a>,
    ) -> Tracked {
        let uses = reference::group(references, |own| self.name(workload, own.kind, own.name));
        let candidates = self.candidates(workload, references, declared);
        let (mut configs, mut variables) = (Vec::with_capacity(candidates.len()), Vec::new());
        let mut digests = Ok(Vec::new());
        for name in candidates {
            let uses = uses.get(&(name.kind, name.name)).map_or(&[][..], Vec::as_slice);
            let candidate = self.candidate(workload, name, uses, declared);
            let decision = rules::decide(&candidate);
            let digest = digest_of(&candidate, &decision, uses, declared.keys);
            if decision.is_tracked && self.options.strategy == Strategy::EnvVars {
                variables.push(self.variable(workload, &candidate, uses));
            }
            let known = digest.as_ref().ok().and_then(Option::as_deref);
            configs.push(self.config_plan(workload, &candidate, decision, known, uses));
            match (&mut digests, digest) {
                (Ok(digests), Ok(digest)) => digests.extend(digest),
                (digests, Err(problem)) => *digests = Err(problem),
                (Err(_), Ok(_)) => {}
            }
        }
        let input = digests.ok().map(|digests| match &*digests {
            [] => String::new(),
            digests => digest::input(digests.iter().map(Cow::as_ref)),
        });
        Tracked { configs, input, variables }
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
            for pattern in switches.list.iter().flat_map(List::patterns) {
                let name = |name| Called { kind, name, namespace };
                match pattern {
                    Pattern::Name(own) => {
                        let config = self.resources.resolve(&workload.resource, kind, own);
                        unused.extend(config.ok().flatten().map(Config::name).map(name));
                    }
                    Pattern::Regex(_) => {
                        let names = self.resources.names_in(namespace, kind);
                        let names = names.filter(|name| pattern.matches(name));
                        let resolve = |name| self.resources.resolve(&workload.resource, kind, name);
                        let configs = names.filter_map(|name| resolve(name).ok().flatten());
                        unused.extend(configs.map(Config::name).map(name));
                    }
                }
            }
        }
        let extra = declared.wave.extra(namespace);
        unused.extend(extra.map(|(kind, namespace, name)| Called { kind, name, namespace }));
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
        let other_names =
            config.map(|config| self.resources.other_names(&workload.resource, config));
        let is_extra = || declared.wave.extra(own).any(|extra| extra == (kind, namespace, name));
        Candidate {
            kind,
            namespace,
            name,
            other_names: other_names.unwrap_or_default(),
            config,
            is_own_namespace: namespace == own,
            is_referenced: namespace == own && uses.iter().any(|use_| use_.is_mounted()),
            is_seen_by_wave: uses.iter().any(|use_| declared.wave.sees(use_)) || is_extra(),
            has_container: workload.template.list("containers").next().is_some(),
            is_workload_ignored: workload.is_ignored(self.options),
            switches: &declared.switches[kind as usize],
            wave: &declared.wave,
            resources: self.resources,
            options: self.options,
        }
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
            coverage: config.coverage(),
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
            why_not: decision.why_not,
            source: config_source,
            producer: producer.map(|producer| (producer.id.to_id(), producer.place())),
            references,
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
        let stamp =
            Stamp { annotation, state, is_unknown, current, expected, digest_input, variables };
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
    let Some(config) = config.filter(|config| config.coverage() != Coverage::Injected) else {
        return Ok(None);
    };
    let digest = ConfigDigest::of(config)?;
    let is_whole = keys == Keys::All || decision.rule == Some(Rule::Listed);
    let seen = if is_whole { None } else { reference::seen_keys(uses) };
    Ok(Some(seen.map_or(Cow::Borrowed(digest), |keys| Cow::Owned(digest.only(&keys)))))
}
