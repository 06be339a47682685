//! The findings: one file each for what they are about.

mod ambiguous_config;
mod annotations;
mod coverage;
mod dangling;
mod duplicate_key;
mod duplicate_resource;
mod lists;
mod misplaced;
mod no_rollout;
mod not_a_string;
mod not_read;
mod search_and_match;
mod stamp;
mod tracks_nothing;
mod unapplied_document;
mod unreadable;

use std::collections::{HashMap, HashSet};
use std::convert::Infallible;
use std::sync::{Arc, OnceLock};

use annotations::Known;

use crate::finding::{Code, Finding, Severity};
use crate::model::{Config, ConfigKind, OptIns, Resource, ResourceId, ResourceSet, Workload};
use crate::options::Options;
use crate::parallel;
use crate::plan::WorkloadPlan;
use crate::reference::Reference;
use crate::rules::Declared;
use crate::source::{Place, Source};
use crate::stamp::Goal;
use crate::yaml::NodeId;

pub(crate) use unreadable::{of_sources, unwritable};

/// The annotation that keeps findings about a resource from being reported.
pub(crate) const ALLOW: &str = "rollstamp.dev/allow";

/// What the findings are looked for in.
pub(crate) struct Context<'a> {
    sources: &'a [Source<'a>],
    resources: &'a ResourceSet<'a>,
    options: &'a Options,
    goal: Goal,
    known: Vec<Known<'a>>,
    opt_ins: OptIns,
    /// Where else a config is, by kind and name.
    elsewhere: OnceLock<HashMap<(ConfigKind, &'a str), Elsewhere<'a>>>,
}

/// Where a config is that is not in the namespace where it is looked for.
#[derive(Debug, Clone, Copy)]
enum Elsewhere<'a> {
    /// It has no namespace, and the workload has another than the one that this means.
    Nowhere,
    /// In the first namespace that has one of that name.
    In(&'a str),
}

impl<'a> Context<'a> {
    pub(crate) fn new(
        sources: &'a [Source<'a>],
        resources: &'a ResourceSet<'a>,
        options: &'a Options,
        goal: Goal,
    ) -> Self {
        let known = annotations::known(options);
        let opt_ins = OptIns::new(options);
        Self { opt_ins, sources, resources, options, goal, known, elsewhere: OnceLock::new() }
    }

    /// Where a config of that kind and name is, which is not where it is looked for.
    fn elsewhere(&self, kind: ConfigKind, name: &str) -> Option<Elsewhere<'a>> {
        let all = self.elsewhere.get_or_init(|| {
            // The first counts, and one without a namespace before all others.
            let configs = self.resources.configs.iter().rev();
            let (homed, homeless): (Vec<_>, Vec<_>) =
                configs.partition(|config| config.resource.has_namespace());
            let configs = homed.into_iter().chain(homeless);
            configs.map(|config| ((config.kind, config.name()), elsewhere(config))).collect()
        });
        all.get(&(kind, name)).copied()
    }
}

fn elsewhere<'a>(config: &Config<'a>) -> Elsewhere<'a> {
    let namespace = config.resource.id.namespace;
    if config.resource.has_namespace() { Elsewhere::In(namespace) } else { Elsewhere::Nowhere }
}

/// A workload, and what has been worked out about it.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'s, 'a> {
    pub(crate) workload: &'a Workload<'a>,
    pub(crate) plan: &'s WorkloadPlan,
    pub(crate) references: &'s [Reference<'a>],
    pub(crate) declared: &'s Declared<'a>,
}

/// What has been found so far.
struct Found<'a> {
    options: &'a Options,
    findings: Vec<Finding>,
    /// The resource that the last one was about, by its document and node, and what that allows.
    allowed: Option<((usize, usize, NodeId), Vec<Code>)>,
}

/// A finding before it is known whether it is reported.
struct Draft {
    /// That of the code, unless this one is milder or worse.
    severity: Option<Severity>,
    message: String,
    help: String,
    place: Place,
    label: String,
    context: Vec<(Place, String)>,
    field: Option<String>,
    current: Option<String>,
    proposed: Option<String>,
}

impl Draft {
    fn new(place: Place, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            severity: None,
            message: message.into(),
            help: help.into(),
            place,
            label: String::new(),
            context: Vec::new(),
            field: None,
            current: None,
            proposed: None,
        }
    }

    fn severity(self, severity: Severity) -> Self {
        Self { severity: Some(severity), ..self }
    }

    fn label(self, label: impl Into<String>) -> Self {
        Self { label: label.into(), ..self }
    }

    fn field(self, field: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..self }
    }

    /// What the field says, and what it must say.
    fn values(self, current: Option<String>, proposed: Option<String>) -> Self {
        Self { current, proposed, ..self }
    }

    fn context(mut self, place: Place, label: impl Into<String>) -> Self {
        self.context.push((place, label.into()));
        self
    }
}

/// The codes of the findings that `resource` allows.
fn allowed_by(resource: &Resource<'_>) -> Vec<Code> {
    let Some(allow) = resource.annotations().get(ALLOW) else { return Vec::new() };
    let names: HashSet<_> = allow.entries().collect();
    Code::ALL.into_iter().filter(|code| names.contains(code.name())).collect()
}

impl<'a> Found<'a> {
    fn new(options: &'a Options) -> Self {
        Self { options, findings: Vec::new(), allowed: None }
    }

    /// Adds a finding about `resource`, unless that allows it. Whether the options do is looked at in the end.
    fn add(&mut self, code: Code, resource: &Resource<'_>, draft: Draft) {
        let owner = (resource.source, resource.document, resource.node.id());
        let allowed = match self.allowed.take() {
            Some((last, allowed)) if last == owner => allowed,
            _ => allowed_by(resource),
        };
        let is_allowed = allowed.contains(&code);
        self.allowed = Some((owner, allowed));
        if is_allowed {
            return;
        }
        self.push(code, Some(resource.id.to_id()), draft);
    }

    /// Reports a finding about `resource`, if it is known which.
    fn push(&mut self, code: Code, resource: Option<Arc<ResourceId>>, draft: Draft) {
        let Draft { severity, message, help, place, label, context, field, current, proposed } =
            draft;
        let severity = match severity.unwrap_or(code.severity()) {
            Severity::Warning if self.options.strict => Severity::Error,
            severity => severity,
        };
        // Mostly there is one: a vector that grows begins with room for four.
        self.findings.reserve_exact(usize::from(self.findings.is_empty()));
        self.findings.push(Finding {
            code,
            severity,
            message,
            help,
            place,
            label,
            context,
            field,
            current,
            proposed,
            resource,
        });
    }
}

/// Finds what a user can mend about one workload.
pub(crate) fn of_workload(context: &Context<'_>, subject: Subject<'_, '_>) -> Vec<Finding> {
    let mut found = Found::new(context.options);
    if context.goal == Goal::Check {
        stamp::find(subject, &mut found);
    }
    duplicate_key::find(context, subject, &mut found);
    ambiguous_config::find(context, subject, &mut found);
    tracks_nothing::find(subject, &mut found);
    dangling::find(context, subject, &mut found);
    lists::find(context, subject, &mut found);
    annotations::find(context, subject, &mut found);
    misplaced::find(context, &mut found, subject.workload);
    not_a_string::find(context, subject, &mut found);
    no_rollout::find(subject, &mut found);
    found.findings
}

/// Finds what a user can mend about the bundle as a whole, and about what are no workloads.
pub(crate) fn of_bundle(context: &Context<'_>, plans: &[WorkloadPlan]) -> Vec<Finding> {
    let mut found = Found::new(context.options);
    let tracked: HashSet<_> = plans.iter().flat_map(WorkloadPlan::tracked).collect();
    let is_tracked = |config: &Config<'_>| {
        let id = config.resource.id;
        tracked.contains(&(config.kind, id.namespace, id.name))
    };
    duplicate_resource::find(context, plans, is_tracked, &mut found);
    search_and_match::find(context, &mut found);
    not_read::find(context, &mut found);
    no_rollout::find_pods(context, &mut found);
    unapplied_document::find(context, &mut found);
    let of_config = |config| {
        let mut found = Found::new(context.options);
        annotations::find_in_config(context, config, &mut found);
        if is_tracked(config) {
            duplicate_key::find_in_config(context, config, &mut found);
        }
        misplaced::find_in_config(context, &mut found, config);
        not_a_string::find_in_config(context, config, &mut found);
        if is_tracked(config) {
            coverage::find(context, config, &mut found);
            unreadable::find_in_config(config, &mut found);
        }
        found.findings
    };
    let Ok(()) = parallel::each::<_, _, Infallible>(&context.resources.configs, of_config, |own| {
        found.findings.extend(own);
        Ok(())
    });
    found.findings
}
