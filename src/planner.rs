//! Works out what single workloads need: the candidates, the decisions, the stamp, the edits.

use std::collections::{BTreeMap, BTreeSet};

use crate::digest::{self, ConfigDigest};
use crate::edit::annotation::Writer;
use crate::edit::verify::{Changes, Judge};
use crate::edit::{Edit, apply};
use crate::error::{Error, Problem};
use crate::model::{Annotation, Config, ConfigKind, ResourceSet, Workload};
use crate::options::Options;
use crate::plan::{ConfigPlan, ConfigSource, WorkloadPlan};
use crate::reference::{Reference, references};
use crate::rules::{self, Candidate, Decision, Switches};
use crate::source::{Place, Source};
use crate::stamp::{Stamp, State};
use crate::yaml::{Document, Span};

/// What the edits of a plan are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Goal {
    /// Every stamp is what it must be.
    Stamp,
    /// There is no stamp.
    Strip,
}

/// What has to become of the annotation that holds a stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change<'a> {
    Nothing,
    To(&'a str),
    Remove,
}

/// Works out what single workloads need.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Planner<'a> {
    pub(crate) sources: &'a [Source<'a>],
    pub(crate) options: &'a Options,
    pub(crate) resources: &'a ResourceSet<'a>,
}

impl<'a> Planner<'a> {
    /// The plans of all workloads, in input order.
    ///
    /// # Errors
    ///
    /// Returns an error if a tracked config has content that Kubernetes would refuse.
    pub(crate) fn workloads(&self) -> Result<Vec<WorkloadPlan>, Error> {
        self.resources.workloads.iter().map(|workload| self.workload(workload)).collect()
    }

    /// The edits for one source, in order, each document's proved.
    ///
    /// # Errors
    ///
    /// Returns an error if a stamp cannot be written without changing anything else.
    pub(crate) fn edits(
        &self,
        source: usize,
        documents: &[Document<'_>],
        plans: &[WorkloadPlan],
        goal: Goal,
    ) -> Result<Vec<Edit>, Error> {
        let workloads = self.resources.workloads.iter().zip(plans);
        let mut workloads =
            workloads.filter(|(workload, _)| workload.resource.source == source).peekable();
        let mut edits = Vec::new();
        let mut first = 0;
        // Documents of one extent can only be read again together.
        for group in documents.chunk_by(|a, b| a.extent == b.extent) {
            let mut changes = Changes::new();
            let mut found = Vec::new();
            while let Some((workload, plan)) =
                workloads.next_if(|(workload, _)| workload.resource.document < first + group.len())
            {
                let change = self.change(workload, plan, goal);
                let node = workload.template.node.id();
                changes.insert((workload.resource.document - first, node), change);
                let edited = self.edit(workload, change);
                found.extend(edited.map_err(|problem| self.error(source, problem))?);
            }
            found.sort_by_key(|edit: &Edit| edit.span.start);
            self.prove(source, group, &found, &changes)?;
            edits.extend(found);
            first += group.len();
        }
        Ok(edits)
    }

    fn workload(&self, workload: &'a Workload<'a>) -> Result<WorkloadPlan, Error> {
        let resource = &workload.resource;
        let references = references(&workload.template);
        let uses = group(&references);
        let switches = ConfigKind::ALL.map(|kind| Switches::read(workload, kind));
        let mut configs = Vec::new();
        let mut digests = Vec::new();
        for (kind, name) in self.candidates(workload, &references, &switches) {
            let candidate = Candidate {
                kind,
                name,
                config: self.resources.config(&resource.id.namespace, kind, name),
                is_referenced: uses.contains_key(&(kind, name)),
                switches: &switches[kind as usize],
                options: self.options,
            };
            let decision = rules::decide(&candidate);
            let tracked = candidate.config.filter(|_| decision.is_tracked);
            let digest = tracked.map(|config| self.digest(config)).transpose()?;
            digests.extend(digest);
            let uses = uses.get(&(kind, name)).map_or(&[][..], Vec::as_slice);
            configs.push(config_plan(workload, &candidate, decision, digest, uses));
        }
        let input = if digests.is_empty() { String::new() } else { digest::input(digests) };
        let (stamp, stamp_place) = self.stamp(workload, input);
        Ok(WorkloadPlan {
            id: resource.id.clone(),
            place: resource.place(),
            name_place: resource.name_place(),
            template_path: workload.template.path.clone(),
            is_opted_in: self.options.auto_reload_all || switches.iter().any(Switches::is_present),
            stamp,
            stamp_place,
            configs,
        })
    }

    /// What the workload may track: the configs that it refers to, in the order of their first
    /// use, then those that it only lists, by kind and name.
    fn candidates(
        &self,
        workload: &Workload<'_>,
        references: &[Reference<'a>],
        switches: &[Switches<'a>],
    ) -> Vec<(ConfigKind, &'a str)> {
        let namespace = &workload.resource.id.namespace;
        let listed = ConfigKind::ALL.into_iter().zip(switches).flat_map(|(kind, switches)| {
            let entries = switches.list.iter().flat_map(Annotation::entries);
            let listed =
                entries.filter_map(move |name| self.resources.config(namespace, kind, name));
            let names: BTreeSet<_> = listed.map(Config::name).collect();
            names.into_iter().map(move |name| (kind, name))
        });
        let mut seen = BTreeSet::new();
        let used = references.iter().map(|reference| (reference.kind, reference.name));
        used.chain(listed).filter(|candidate| seen.insert(*candidate)).collect()
    }

    /// The error that `problem` is in source number `source`; its line is not shown if a Secret has a
    /// part in it.
    fn error(&self, source: usize, problem: Problem) -> Error {
        let text = self.sources[source].text();
        let start = text[..problem.span.start].rfind('\n').map_or(0, |end| end + 1);
        let end =
            text[problem.span.start..].find('\n').map_or(text.len(), |at| problem.span.start + at);
        let touches = |config: &&Config<'_>| {
            let span = config.resource.node.resolved().span();
            config.kind == ConfigKind::Secret
                && config.resource.source == source
                && span.start < end
                && start < span.end
        };
        let is_beside_secret = self.resources.configs.iter().any(|config| touches(&config));
        let problem = if is_beside_secret { problem.private() } else { problem };
        problem.in_source(source, self.sources)
    }

    fn digest(&self, config: &'a Config<'a>) -> Result<&'a ConfigDigest, Error> {
        ConfigDigest::of(config)
            .map_err(|problem| self.error(config.resource.source, problem.clone()))
    }

    fn stamp(&self, workload: &Workload<'_>, digest_input: String) -> (Stamp, Option<Place>) {
        let is_due = !digest_input.is_empty() && workload.is_stampable(self.options);
        let expected = is_due.then(|| digest::stamp(&digest_input));
        let old = workload.template_annotations().find(&self.options.annotation);
        let current = old.as_ref().map(|annotation| annotation.value.to_owned());
        let state = State::of(current.as_deref(), expected.as_deref());
        let annotation = self.options.annotation.clone();
        let stamp = Stamp { annotation, state, current, expected, digest_input };
        (stamp, old.map(|annotation| annotation.place))
    }

    fn change<'p>(
        &self,
        workload: &Workload<'_>,
        plan: &'p WorkloadPlan,
        goal: Goal,
    ) -> Change<'p> {
        let is_due = match goal {
            Goal::Stamp => plan.is_stamp_wrong() && workload.is_stampable(self.options),
            Goal::Strip => plan.stamp.current.is_some(),
        };
        match &plan.stamp.expected {
            _ if !is_due => Change::Nothing,
            Some(value) if goal == Goal::Stamp => Change::To(value),
            _ => Change::Remove,
        }
    }

    fn edit(&self, workload: &Workload<'_>, change: Change<'_>) -> Result<Vec<Edit>, Problem> {
        let text = self.sources[workload.resource.source].text();
        let writer = Writer { text, key: &self.options.annotation };
        let (node, path) = (workload.resource.node, &workload.template.path);
        match change {
            Change::Nothing => Ok(Vec::new()),
            Change::To(value) => writer.set(node, path, value),
            Change::Remove => writer.remove(node, path),
        }
    }

    /// Proves that `edits` make the `changes` to the documents of one extent, and no others.
    fn prove(
        &self,
        source: usize,
        documents: &[Document<'_>],
        edits: &[Edit],
        changes: &Changes<'_>,
    ) -> Result<(), Error> {
        let Some(extent) = documents.first().map(|document| document.extent.clone()) else {
            return Ok(());
        };
        if changes.values().all(|change| *change == Change::Nothing) {
            return Ok(());
        }
        let original = &self.sources[source].text()[extent.clone()];
        let edited = apply(original, &relative(edits, extent.start));
        let judge = Judge { key: &self.options.annotation, changes };
        if judge.approves(&documents.iter().collect::<Vec<_>>(), original, &edited) {
            return Ok(());
        }
        let first = edits.first().map_or(extent.clone(), |edit| edit.span.clone());
        let problem = Problem::new(
            first.start..first.start,
            "the edit would change more than the stamp, so nothing is written",
            "this is a bug in rollstamp: please report it with the document",
        );
        Err(problem.private().in_source(source, self.sources))
    }
}

impl WorkloadPlan {
    /// Whether the stamp is not what it must be, on a workload that has a say in it.
    pub fn is_stamp_wrong(&self) -> bool {
        match self.stamp.state {
            State::Missing | State::Stale => true,
            State::Extra => self.is_opted_in,
            State::Current | State::None => false,
        }
    }
}

fn config_plan(
    workload: &Workload<'_>,
    candidate: &Candidate<'_>,
    decision: Decision,
    digest: Option<&ConfigDigest>,
    uses: &[&Reference<'_>],
) -> ConfigPlan {
    let source = workload.resource.source;
    let references = uses.iter().map(|reference| {
        let field = format!("{}.{}", workload.template.path, reference.field);
        (field, Place::new(source, reference.span.clone()))
    });
    let config_source = candidate.config.map(|config| ConfigSource {
        id: config.resource.id.clone(),
        place: config.resource.place(),
        name_place: config.resource.name_place(),
        coverage: config.coverage(),
        keys: digest.into_iter().flat_map(ConfigDigest::keys).map(str::to_owned).collect(),
    });
    ConfigPlan {
        kind: candidate.kind,
        name: candidate.name.to_owned(),
        is_tracked: decision.is_tracked,
        rule: decision.rule,
        because: decision.because,
        source: config_source,
        references: references.collect(),
    }
}

/// References by the config that they name.
type Uses<'r, 'd> = BTreeMap<(ConfigKind, &'d str), Vec<&'r Reference<'d>>>;

fn group<'r, 'd>(references: &'r [Reference<'d>]) -> Uses<'r, 'd> {
    let mut uses = Uses::new();
    for reference in references {
        uses.entry((reference.kind, reference.name)).or_default().push(reference);
    }
    uses
}

/// `edits` counted from `start`.
fn relative(edits: &[Edit], start: usize) -> Vec<Edit> {
    let shift = |span: &Span| span.start - start..span.end - start;
    edits.iter().map(|edit| Edit { span: shift(&edit.span), text: edit.text.clone() }).collect()
}
