//! `duplicate-key`: a mapping gives a key twice, and the last one counts.

use super::{Context, Draft, Found, Subject};
use crate::digest::ConfigDigest;
use crate::finding::{Code, Severity};
use crate::model::{Annotations, Config, Resource, Workload};
use crate::options::Options;
use crate::reference::{Reference, Seen, references};
use crate::source::Place;

/// Of workloads that have to do with stamps: what all others give twice is no business of ours.
pub(super) fn find(context: &Context<'_>, subject: Subject<'_, '_>, found: &mut Found<'_>) {
    let Subject { workload, plan, .. } = subject;
    if plan.is_opted_in || plan.stamp.current.is_some() {
        let counts = || workload_differs(context, workload);
        report(context, &workload.resource, counts, found);
    }
}

/// The same of a config that is tracked.
pub(super) fn find_in_config(context: &Context<'_>, config: &Config<'_>, found: &mut Found<'_>) {
    let counts = || config_differs(context.options, config);
    report(context, &config.resource, counts, found);
}

/// Reports each key of `resource` that is given twice: an error if it `counts` which of them is taken.
fn report(
    context: &Context<'_>,
    resource: &Resource<'_>,
    counts: impl FnOnce() -> bool,
    found: &mut Found<'_>,
) {
    let mut duplicates = resource.node.duplicates().peekable();
    if duplicates.peek().is_none() {
        return;
    }
    let severity = if counts() { Severity::Error } else { Severity::Warning };
    let is_in_list = context.resources.is_in_resource_list(resource);
    let refuses = if is_in_list { "; kustomize refuses it" } else { "" };
    for (first, again) in duplicates {
        let name = again.text().unwrap_or_default();
        let message = match severity {
            Severity::Error => {
                format!("key `{name}` is given twice, and the stamp depends on which one counts")
            }
            _ => format!("key `{name}` is given twice, and the last one counts"),
        };
        let help = if name.ends_with("/reload") {
            "write one list, with commas".to_owned()
        } else {
            format!("remove one of them: kubectl and Helm take the last one{refuses}")
        };
        let place = |node: crate::yaml::NodeRef<'_>| Place::new(resource.source, node.span());
        let draft = Draft::new(place(again), message, help)
            .severity(severity)
            .label("is given again here")
            .context(place(first), "is given here first");
        found.add(Code::DuplicateKey, resource, draft);
    }
}

/// Whether the stamp of `workload` would have been worked out from something else if the first of its keys
/// counted.
fn workload_differs(context: &Context<'_>, workload: &Workload<'_>) -> bool {
    let own = &workload.resource;
    let node = own.node.resolved();
    let document = node.document().with_first_keys();
    let number = (own.source, own.document);
    let other = Resource::read(document.node(node.id()), number, context.options);
    let Some(other) = other.and_then(|other| Workload::read(&other, context.options)) else {
        return true;
    };
    let annotations = |annotations: Annotations<'_>| -> Vec<(String, String)> {
        let known = context.known.iter();
        let known = known.filter_map(|known| annotations.get(known.key));
        known.map(|own| (own.key.to_owned(), own.value.to_owned())).collect()
    };
    let (old, new) = (references(&workload.template), references(&other.template));
    own.id.to_id() != other.resource.id.to_id()
        || annotations(own.annotations()) != annotations(other.resource.annotations())
        || annotations(workload.template_annotations()) != annotations(other.template_annotations())
        || !old.iter().map(said).eq(new.iter().map(said))
}

/// What counts of a reference.
fn said<'r>(reference: &'r Reference<'_>) -> impl PartialEq + use<'r> {
    let keys = match &reference.keys {
        Seen::All => None,
        Seen::Keys(keys) => Some(keys.iter().map(|(key, _)| *key).collect::<Vec<_>>()),
    };
    (reference.kind, reference.name, keys, reference.reader)
}

/// Whether `config` would have another name or other content if the first of its keys counted.
fn config_differs(options: &Options, config: &Config<'_>) -> bool {
    let own = &config.resource;
    let node = own.node.resolved();
    let document = node.document().with_first_keys();
    let number = (own.source, own.document);
    let Some(other) = Resource::read(document.node(node.id()), number, options) else {
        return true;
    };
    let is_other = own.id.to_id() != other.id.to_id();
    let other = Config::new(config.kind, other);
    is_other
        || match (ConfigDigest::of(config), ConfigDigest::of(&other)) {
            (Ok(own), Ok(other)) => own != other,
            _ => true,
        }
}
