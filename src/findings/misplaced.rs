//! `misplaced-annotation`: an annotation that is not among any annotations.

use std::fmt::Write as _;

use super::{Context, Draft, Found};
use crate::finding::Code;
use crate::model::{Config, Resource, Workload};
use crate::source::Place;
use crate::yaml::NodeRef;

/// Finds keys of annotations in a workload that stand neither in its own annotations or labels nor in those
/// of its pod template.
pub(super) fn find(context: &Context<'_>, found: &mut Found<'_>, workload: &Workload<'_>) {
    let resource = &workload.resource;
    let owners = ["", "spec.jobTemplate", workload.template.path];
    let owners = owners.map(|path| path.split('.').filter(|part| !part.is_empty()).collect());
    // Nearly no workload has any, so the text is counted first.
    let text = &context.sources[resource.source].text()[resource.node.resolved().span()];
    let read = owners.iter().flat_map(|owner: &Vec<_>| {
        let metadata = resource.node.at(owner.iter().copied().chain(["metadata"]));
        let lists = metadata.map(|metadata| LISTS.map(|list| metadata.get(list)));
        let keys = lists.into_iter().flatten().flatten().flat_map(NodeRef::entries);
        keys.filter_map(|(key, _)| key.text()).map(|key| context.opt_ins.count(key))
    });
    if context.opt_ins.count(text) > read.sum() {
        Walk { context, found, resource, owners: &owners, path: Vec::new() }.node(resource.node);
    }
}

/// The same for what is a config: its entries are its own affair.
pub(super) fn find_in_config(context: &Context<'_>, found: &mut Found<'_>, config: &Config<'_>) {
    let resource = &config.resource;
    let mut walk = Walk { context, found, resource, owners: &[Vec::new()], path: Vec::new() };
    for (key, value) in resource.node.entries() {
        let key = key.text().unwrap_or_default();
        if matches!(key, "metadata" | "annotations") {
            walk.below(Part::Key(key), value);
        }
    }
}

/// The fields of `metadata` that are looked at elsewhere.
const LISTS: [&str; 2] = ["annotations", "labels"];

/// A part of a path.
#[derive(Clone, Copy, PartialEq)]
enum Part<'d> {
    Key(&'d str),
    Index(usize),
}

struct Walk<'w, 'd, 'f> {
    context: &'w Context<'d>,
    found: &'w mut Found<'f>,
    resource: &'w Resource<'w>,
    /// The paths of what has metadata that is looked at elsewhere.
    owners: &'w [Vec<&'w str>],
    path: Vec<Part<'w>>,
}

impl<'w> Walk<'w, '_, '_> {
    fn node(&mut self, node: NodeRef<'w>) {
        for (index, item) in node.items().enumerate() {
            self.below(Part::Index(index), item);
        }
        let is_metadata = self.is_metadata();
        for (key, value) in node.entries() {
            let Some(text) = key.text() else { continue };
            if self.context.known.iter().any(|known| known.key == text) {
                self.report(key, text);
            } else if !(is_metadata && LISTS.contains(&text)) {
                self.below(Part::Key(text), value);
            }
        }
    }

    fn below(&mut self, part: Part<'w>, node: NodeRef<'w>) {
        // What an alias stands for is looked at where it is written.
        if node.is_mapping() || node.is_sequence() {
            if node.is_alias() {
                return;
            }
            self.path.push(part);
            self.node(node);
            self.path.pop();
        }
    }

    fn is_metadata(&self) -> bool {
        let Some((last, owner)) = self.path.split_last() else { return false };
        let is_owner =
            |parts: &Vec<&str>| owner.iter().copied().eq(parts.iter().map(|part| Part::Key(part)));
        *last == Part::Key("metadata") && self.owners.iter().any(is_owner)
    }

    fn report(&mut self, key: NodeRef<'_>, text: &str) {
        let mut path = String::new();
        for part in &self.path {
            let dot = if path.is_empty() { "" } else { "." };
            match part {
                Part::Key(key) => write!(path, "{dot}{key}"),
                Part::Index(index) => write!(path, "[{index}]"),
            }
            .expect("a string takes all that is written");
        }
        let (at, field) = if path.is_empty() {
            ("at the top of a manifest".to_owned(), text.to_owned())
        } else {
            (format!("in `{path}`"), format!("{path}.{text}"))
        };
        let place = Place::new(self.resource.source, key.span());
        let message = format!("`{text}` has no effect {at}");
        let draft = Draft::new(place, message, "move it to `metadata.annotations`");
        let draft = draft.label("has no effect here").field(field);
        self.found.add(Code::MisplacedAnnotation, self.resource, draft);
    }
}
