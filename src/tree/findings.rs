//! What is to be said about the builds of a tree, beyond what is to be said about each.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::needs::{Home, Instance, Need};
use super::originals::Originals;
use super::{Built, Homes, Tree};
use crate::finding::{Code, Finding, Severity};
use crate::findings::ALLOW;
use crate::kustomize::{BuildError, Note, Unknown};
use crate::model::{GroupVersionKind, ResourceId};
use crate::options::Overlays;
use crate::plan::WorkloadPlan;
use crate::source::Place;
use crate::yaml::Span;

impl Tree<'_> {
    /// The findings of each build, in order. What several builds say of one place is said once.
    pub(super) fn findings(
        &self,
        built: &[Built],
        homes: &Homes<'_>,
        originals: &Originals<'_>,
    ) -> Vec<Vec<Finding>> {
        let mut findings: Vec<_> = built.iter().map(|own| own.plan.findings.clone()).collect();
        for (one, findings) in built.iter().zip(&mut findings) {
            let unknown = one.build.unknown.iter();
            findings.extend(unknown.filter_map(|unknown| build_unknown(one, unknown, originals)));
            findings
                .extend(one.build.notes.iter().filter_map(|note| self::note(one, note, originals)));
        }
        self.gather_stamps(built, homes, &mut findings);
        let mut seen = BTreeSet::new();
        for own in &mut findings {
            own.retain(|finding| {
                let Finding { place, code, message, .. } = finding;
                !self.options.allow.contains(code)
                    && seen.insert((place.clone(), *code, message.clone()))
            });
            own.sort_by(|a, b| (&a.place, a.code, &a.message).cmp(&(&b.place, b.code, &b.message)));
            for finding in own {
                self.raise(finding);
            }
        }
        findings
    }

    /// Says once of a workload what is wrong with its stamp in all builds: the first says it for the others,
    /// or `build-differs` if the file cannot hold the stamps of all.
    fn gather_stamps(&self, built: &[Built], homes: &Homes<'_>, findings: &mut [Vec<Finding>]) {
        let mut told_elsewhere: Vec<BTreeSet<&ResourceId>> = vec![BTreeSet::new(); built.len()];
        let mut differing = Vec::new();
        for (key, (group, home)) in homes {
            let plan = |own: Instance| &built[own.build].plan.workloads[own.workload];
            let instances = group.instances.iter().map(|(own, _)| *own);
            let mut wrong = instances.filter(|own| plan(*own).is_stamp_wrong());
            let Some(first) = wrong.next() else { continue };
            match home {
                Home::Roots if self.options.overlays == Overlays::Transform => continue,
                Home::Roots if !is_allowed(built, first) => {
                    let file = (self.name)(key.file);
                    differing.push((first, build_differs(built, &group.instances, first, &file)));
                    told_elsewhere[first.build].insert(&plan(first).id);
                }
                Home::Roots => _ = told_elsewhere[first.build].insert(&plan(first).id),
                Home::File(_) | Home::Unknown => {}
            }
            for own in wrong {
                told_elsewhere[own.build].insert(&plan(own).id);
            }
        }
        for (findings, told) in findings.iter_mut().zip(&told_elsewhere) {
            findings.retain(|own| {
                let is_told = own.resource.as_ref().is_some_and(|id| told.contains(&**id));
                !own.code.is_fixed_by_stamp() || !is_told
            });
        }
        for (first, finding) in differing {
            findings[first.build].push(finding);
        }
    }

    /// Warnings are errors if the options say so.
    fn raise(&self, finding: &mut Finding) {
        if self.options.strict && finding.severity == Severity::Warning {
            finding.severity = Severity::Error;
        }
    }
}

fn is_allowed(built: &[Built], instance: Instance) -> bool {
    let value = built[instance.build].resource(instance.workload).value();
    let allow = value.at(["metadata", "annotations", ALLOW]).and_then(|value| value.text());
    let mut entries = allow.into_iter().flat_map(|allow| allow.split(',').map(str::trim));
    entries.any(|entry| entry == Code::BuildDiffers.name())
}

/// `build-differs`: the builds of one workload need different stamps, or its file must not be written.
fn build_differs(
    built: &[Built],
    instances: &[(Instance, Need)],
    first: Instance,
    file: &str,
) -> Finding {
    let plan = |own: Instance| &built[own.build].plan.workloads[own.workload];
    let path = |own: Instance| format!("`{}`", built[own.build].path);
    let need =
        |own: Instance| instances.iter().find(|(other, _)| *other == own).map(|(_, need)| need);
    let other = instances.iter().find(|(_, other)| Some(other) != need(first));
    let WorkloadPlan { id, name_place, .. } = plan(first);
    let (message, label, difference) = match other {
        Some((other, _)) => {
            let builds: BTreeSet<_> = instances.iter().map(|(own, _)| path(*own)).collect();
            let builds: Vec<_> = builds.into_iter().collect();
            (
                format!(
                    "{id} needs different stamps in different builds, and `{file}` can hold only one"
                ),
                format!("is built by {}", listed(&builds)),
                difference(plan(first), plan(*other))
                    .map(|what| format!("{} and {} differ in {what}; ", path(first), path(*other))),
            )
        }
        None => (
            format!("{id} needs a stamp, and `{file}` is outside the paths of this run"),
            format!("is built by {}", path(first)),
            None,
        ),
    };
    let help = format!(
        "{}run `kubectl kustomize {} | rollstamp | kubectl apply -f -`, or set `overlays: transform` in `.rollstamp.yaml`",
        difference.unwrap_or_default(),
        built[first.build].path
    );
    Finding { label, ..finding(Code::BuildDiffers, name_place.clone(), id.clone(), message, help) }
}

/// What the stamps of two builds of one workload differ in: configs and keys.
fn difference(one: &WorkloadPlan, other: &WorkloadPlan) -> Option<String> {
    let (one, other) = (contents(one), contents(other));
    let named = |config: &Contents<'_>, keys: &BTreeSet<&str>| {
        let keys: Vec<_> = keys.iter().map(|key| format!("`{key}`")).collect();
        let keys = if keys.is_empty() { String::new() } else { format!(" ({})", listed(&keys)) };
        format!("{} {}{keys}", config.kind, config.name)
    };
    let pairs = one.iter().zip(&other).filter_map(|(one, other)| {
        let keys: BTreeSet<_> =
            one.entries.symmetric_difference(&other.entries).map(|own| own.0).collect();
        (!keys.is_empty()).then(|| named(one, &keys))
    });
    let longer = if one.len() > other.len() { &one[other.len()..] } else { &other[one.len()..] };
    let rest = longer.iter().map(|config| named(config, &BTreeSet::new()));
    let all: Vec<_> = pairs.chain(rest).collect();
    (!all.is_empty()).then(|| listed(&all))
}

/// A config as the stamp of a workload sees it.
struct Contents<'p> {
    kind: &'p str,
    name: &'p str,
    /// Keys and digests.
    entries: BTreeSet<(&'p str, &'p str)>,
}

/// The configs of the stamp of `plan`, in its order.
fn contents(plan: &WorkloadPlan) -> Vec<Contents<'_>> {
    let names = plan.configs.iter().filter(|config| config.is_tracked && config.source.is_some());
    let mut names = names.map(|config| (config.kind.name(), &*config.name));
    let mut contents: Vec<Contents<'_>> = Vec::new();
    for line in plan.stamp.digest_input.lines().skip(1) {
        let entry = line.strip_prefix("  ").and_then(|line| line.split_once(' '));
        if let (Some(entry), Some(config)) = (entry, contents.last_mut()) {
            config.entries.insert(entry);
        } else {
            let (kind, name) = names.next().unwrap_or((line, ""));
            contents.push(Contents { kind, name, entries: BTreeSet::new() });
        }
    }
    contents
}

/// `build-unknown`: a build depends on what cannot be known offline.
fn build_unknown(built: &Built, unknown: &Unknown, originals: &Originals<'_>) -> Option<Finding> {
    let place = place(&unknown.file, Some(&unknown.span), originals)?;
    let open = built.plan.workloads.iter().filter(|plan| plan.stamp.is_open && plan.is_opted_in);
    let open: Vec<_> = open.map(|plan| plan.id.to_string()).collect();
    let consequence = match &*open {
        [] => "what it adds is not seen".to_owned(),
        [one] => format!("{one} is not stamped from source"),
        many => format!("{} workloads are not stamped from source: {}", many.len(), few(many)),
    };
    let message = format!("{}, so {consequence}", unknown.message);
    let help =
        format!("check what is built: `kubectl kustomize {} | rollstamp check -`", built.path);
    let finding = finding(Code::BuildUnknown, place, root_id(&built.path), message, help);
    Some(Finding { field: Some(unknown.field.to_owned()), ..finding })
}

/// What is worth knowing about a build that works.
fn note(built: &Built, note: &Note, originals: &Originals<'_>) -> Option<Finding> {
    let place = place(&note.file, Some(&note.span), originals)?;
    let help = format!("compare with `kubectl kustomize {}`", built.path);
    let id = root_id(&built.path);
    let finding = finding(Code::BuildUnknown, place, id, note.message.clone(), help);
    Some(Finding { severity: Severity::Note, ..finding })
}

/// The finding that `root` cannot be built.
pub(super) fn unreadable(
    path: &str,
    error: &BuildError,
    originals: &Originals<'_>,
) -> Option<Finding> {
    let place = place(&error.file, error.span.as_ref(), originals)?;
    let help = error.help.unwrap_or("fix the kustomization file: kustomize refuses it too");
    let message = format!("kustomize cannot build `{path}`: {}", error.message);
    Some(finding(Code::Unreadable, place, root_id(path), message, help.to_owned()))
}

fn place(file: &str, span: Option<&Span>, originals: &Originals<'_>) -> Option<Place> {
    Some(Place::new(originals.number(file)?, span.cloned().unwrap_or(0..0)))
}

/// What findings about a kustomization file are about.
fn root_id(path: &str) -> Arc<ResourceId> {
    let gvk = GroupVersionKind::new("kustomize.config.k8s.io/v1beta1", "Kustomization");
    Arc::new(ResourceId { gvk, namespace: String::new(), name: path.to_owned() })
}

fn finding(
    code: Code,
    place: Place,
    resource: Arc<ResourceId>,
    message: String,
    help: String,
) -> Finding {
    Finding {
        code,
        severity: code.severity(),
        message,
        help,
        place,
        label: String::new(),
        context: Vec::new(),
        field: None,
        current: None,
        proposed: None,
        resource: Some(resource),
    }
}

/// `a`, `a and b`, `a, b and c`.
fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The first of many.
fn few(items: &[String]) -> String {
    const MOST: usize = 3;
    let rest = items.len().saturating_sub(MOST);
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    format!("{}{more}", items[..items.len().min(MOST)].join(", "))
}
