//! The findings: one file each for what they are about.

mod ambiguous_config;
mod annotations;
mod coverage;
mod dangling;
mod duplicate_resource;
mod lists;
mod no_rollout;
mod not_a_string;
mod search_and_match;
mod stamp;

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::error::Problem;
use crate::finding::{Code, Finding, Severity};
use crate::model::{ConfigKind, Resource, ResourceSet, Workload};
use crate::options::Options;
use crate::plan::WorkloadPlan;
use crate::source::Place;

/// The annotation that keeps findings about a resource from being reported.
pub(crate) const ALLOW: &str = "rollstamp.dev/allow";

/// What the findings are looked for in.
struct Context<'a> {
    resources: &'a ResourceSet<'a>,
    /// The plan of each workload, in the order of the workloads.
    plans: &'a [WorkloadPlan],
    options: &'a Options,
    /// The first namespace that says to hold a config, by kind and name.
    namespaces: OnceLock<HashMap<(ConfigKind, &'a str), &'a str>>,
}

impl<'a> Context<'a> {
    fn workloads(&self) -> impl Iterator<Item = (&'a Workload<'a>, &'a WorkloadPlan)> {
        self.resources.workloads.iter().zip(self.plans)
    }

    /// The first namespace that says to hold a config of that kind and name.
    fn namespace_of(&self, kind: ConfigKind, name: &str) -> Option<&'a str> {
        let namespaces = self.namespaces.get_or_init(|| {
            let configs = self.resources.configs.iter().rev();
            let configs = configs.filter(|config| config.resource.has_namespace());
            configs
                .map(|config| ((config.kind, config.name()), &*config.resource.id.namespace))
                .collect()
        });
        namespaces.get(&(kind, name)).copied()
    }
}

/// What has been found so far.
struct Found<'a> {
    options: &'a Options,
    findings: Vec<Finding>,
}

/// A finding before it is known whether it is reported.
struct Draft {
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

impl Found<'_> {
    /// Reports a finding about `resource`, unless it or the options allow it.
    fn add(&mut self, code: Code, resource: &Resource<'_>, draft: Draft) {
        let allow = resource.annotations().get(ALLOW);
        let is_allowed =
            |name| allow.as_ref().is_some_and(|allow| allow.entries().any(|e| e == name));
        if self.options.allow.contains(&code) || is_allowed(code.name()) {
            return;
        }
        let severity = match code.severity() {
            Severity::Warning if self.options.strict => Severity::Error,
            severity => severity,
        };
        let Draft { message, help, place, label, context, field, current, proposed } = draft;
        let resource = resource.id.clone();
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

/// Finds what a user can mend, in input order.
///
/// # Errors
///
/// Returns an error, and which source it is in, if a config has content that Kubernetes would
/// refuse.
pub(crate) fn find(
    plans: &[WorkloadPlan],
    resources: &ResourceSet<'_>,
    options: &Options,
) -> Result<Vec<Finding>, (usize, Problem)> {
    let context = Context { resources, plans, options, namespaces: OnceLock::new() };
    let mut found = Found { options, findings: Vec::new() };
    stamp::find(&context, &mut found);
    duplicate_resource::find(&context, &mut found)?;
    ambiguous_config::find(&context, &mut found);
    dangling::find(&context, &mut found);
    lists::find(&context, &mut found);
    annotations::find(&context, &mut found);
    search_and_match::find(&context, &mut found);
    not_a_string::find(&context, &mut found);
    no_rollout::find(&context, &mut found);
    coverage::find(&context, &mut found);
    let mut findings = found.findings;
    findings.sort_by(|a, b| (&a.place, a.code, &a.message).cmp(&(&b.place, b.code, &b.message)));
    findings.dedup();
    Ok(findings)
}
