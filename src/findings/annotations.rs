//! `unknown-annotation`, `misplaced-annotation`, `not-true` and `auto-and-search`: annotations that
//! do nothing, or something else than they seem to.

use super::{ALLOW, Context, Draft, Found, Subject};
use crate::finding::Code;
use crate::model::{self, Annotation, Annotations, ConfigKind, Resource, Workload};
use crate::options::{AnnotationNames, Keys, Options};
use crate::rules::wave::{EXTRA, OPT_IN};
use crate::rules::{KEYS, Switches};
use crate::source::Place;
use crate::suggest::nearest;
use crate::yaml::NodeRef;

/// Where an annotation may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// The metadata of a workload.
    Workload,
    /// The metadata of its pod template.
    Template,
    /// The metadata of a config.
    Config,
    /// Somewhere that nobody looks.
    Nowhere,
}

/// How a value is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    /// Exactly `true` is true.
    Exact,
    /// As Go's `strconv.ParseBool` has it.
    ParseBool,
    /// `all` or `referenced`.
    Keys,
    /// Codes of findings.
    Codes,
    /// Anything goes.
    Text,
}

/// An annotation that somebody reads or writes.
pub(super) struct Known<'o> {
    pub(super) key: &'o str,
    owners: &'static [Owner],
    dialect: Dialect,
}

use Owner::{Config, Nowhere, Template};

/// Everything that Reloader, Wave and rollstamp read or write.
pub(super) fn known(options: &Options) -> Vec<Known<'_>> {
    let names = &options.annotations;
    let mut known = vec![
        (&*names.auto, WORKLOAD_OR_TEMPLATE, Dialect::ParseBool),
        (&names.search, WORKLOAD_OR_TEMPLATE, Dialect::Exact),
        (&names.r#match, &[Config], Dialect::Exact),
        (&names.ignore, &[Config], Dialect::Exact),
        ("deployment.reloader.stakater.com/pause-period", WORKLOAD, Dialect::Text),
        ("deployment.reloader.stakater.com/paused-at", WORKLOAD, Dialect::Text),
        ("reloader.stakater.com/rollout-strategy", WORKLOAD, Dialect::Text),
        ("reloader.stakater.com/last-reloaded-from", &[Template], Dialect::Text),
        (OPT_IN, WORKLOAD, Dialect::Exact),
        ("wave.pusher.com/config-hash", &[Template], Dialect::Text),
        ("wave.pusher.com/scheduling-disabled", WORKLOAD, Dialect::Text),
        (KEYS, WORKLOAD_OR_TEMPLATE, Dialect::Keys),
        (ALLOW, &[Owner::Workload, Config], Dialect::Codes),
        (&options.annotation, &[Template], Dialect::Text),
    ];
    for kind in ConfigKind::ALL {
        known.push((names.list(kind), WORKLOAD_OR_TEMPLATE, Dialect::Text));
        known.push((names.typed_auto(kind), WORKLOAD_OR_TEMPLATE, Dialect::ParseBool));
        known.push((AnnotationNames::exclude(kind), WORKLOAD, Dialect::Text));
    }
    known.extend(EXTRA.map(|(key, _)| (key, WORKLOAD, Dialect::Text)));
    let known = known.into_iter();
    known.map(|(key, owners, dialect)| Known { key, owners, dialect }).collect()
}

const WORKLOAD: &[Owner] = &[Owner::Workload];
const WORKLOAD_OR_TEMPLATE: &[Owner] = &[Owner::Workload, Template];

pub(super) fn find(context: &Context<'_>, subject: Subject<'_, '_>, found: &mut Found<'_>) {
    let Subject { workload, declared, .. } = subject;
    let resource = &workload.resource;
    if let Some(resource) = &workload.rollout {
        let mut reader = Reader { known: &context.known, resource, found };
        reader.annotations(resource.annotations(), Owner::Workload);
        reader.labels(resource.node, "");
    }
    let mut reader = Reader { known: &context.known, resource, found };
    reader.annotations(resource.annotations(), Owner::Workload);
    reader.labels(resource.node, "");
    let path = workload.template.path;
    reader.annotations(workload.template_annotations(), Template);
    reader.labels(workload.template.node, path);
    if let Some(job) = resource.node.at(["spec", "jobTemplate"]) {
        let annotations = Annotations::of(job.get("metadata"), resource.source, "spec.jobTemplate");
        reader.annotations(annotations, Nowhere);
    }
    hidden(context, found, workload);
    auto_and_search(found, workload, &declared.switches[ConfigKind::ConfigMap as usize]);
}

/// The same for what is a config.
pub(super) fn find_in_config(
    context: &Context<'_>,
    config: &model::Config<'_>,
    found: &mut Found<'_>,
) {
    let mut reader = Reader { known: &context.known, resource: &config.resource, found };
    reader.annotations(config.resource.annotations(), Config);
    reader.labels(config.resource.node, "");
}

/// Reads the annotations of one resource.
struct Reader<'r, 'd, 'f> {
    known: &'r [Known<'d>],
    resource: &'r Resource<'d>,
    found: &'r mut Found<'f>,
}

impl<'d> Reader<'_, 'd, '_> {
    fn annotations(&mut self, annotations: Annotations<'d>, owner: Owner) {
        for (annotation, key, _) in annotations.all() {
            match self.known.iter().find(|known| known.key == annotation.key) {
                None => self.unknown(&annotation, key),
                Some(known) if !known.owners.contains(&owner) => {
                    self.misplaced(&annotation, known, key, owner);
                }
                Some(known) => self.value(&annotation, known.dialect),
            }
        }
    }

    fn labels(&mut self, owner: NodeRef<'d>, path: &str) {
        let dot = if path.is_empty() { "" } else { "." };
        let labels = owner.at(["metadata", "labels"]).into_iter().flat_map(NodeRef::entries);
        for (key, _) in labels {
            let text = key.text().unwrap_or_default();
            if self.known.iter().any(|known| known.key == text) {
                let message =
                    format!("`{text}` must be an annotation, not a label, to have an effect");
                let draft =
                    Draft::new(self.place(key), message, "move it to `metadata.annotations`")
                        .label("has no effect here")
                        .field(format!("{path}{dot}metadata.labels.{text}"));
                self.found.add(Code::MisplacedAnnotation, self.resource, draft);
            }
        }
    }

    fn unknown(&mut self, annotation: &Annotation<'d>, key: NodeRef<'d>) {
        let text = annotation.key;
        let known = self.known.iter().map(|known| known.key);
        let prefix = text.split_once('/').map_or("", |(prefix, _)| prefix);
        let is_own = ["reloader.stakater.com", "wave.pusher.com", "rollstamp.dev"]
            .iter()
            .filter_map(|domain| prefix.strip_suffix(domain))
            .any(|rest| rest.is_empty() || rest.ends_with('.'));
        let is_near = || text.contains("stakater") || text.contains("reloader");
        if !is_own && !is_near() {
            return;
        }
        let near = nearest(text, known);
        if near.is_none() && !is_own {
            return;
        }
        let renamed = AnnotationNames::default();
        let renamed = renamed.all().into_iter().position(|(_, default)| default == text);
        let message = format!("unknown annotation `{text}`");
        let help = match (renamed, near) {
            (Some(index), _) => {
                let (_, name) = self.found.options.annotations.all()[index];
                format!("the options rename it: write `{name}`")
            }
            (None, Some(near)) => format!("did you mean `{near}`?"),
            (None, None) => "see `rollstamp findings unknown-annotation`".to_owned(),
        };
        let draft = Draft::new(self.place(key), message, help)
            .label("has no effect")
            .field(annotation.field());
        self.found.add(Code::UnknownAnnotation, self.resource, draft);
    }

    fn misplaced(
        &mut self,
        annotation: &Annotation<'d>,
        known: &Known<'_>,
        key: NodeRef<'d>,
        owner: Owner,
    ) {
        let here = match owner {
            Owner::Workload => "on a workload",
            Template => "on a pod template",
            Config => "on a config",
            Nowhere => "on a CronJob's `jobTemplate`",
        };
        let there = match known.owners {
            [Config] => "the ConfigMap or Secret",
            [Template] => "the pod template",
            [Owner::Workload, Config] => "the workload or the config",
            _ => "the workload",
        };
        let message = format!("`{}` must not stand {here}, where it has no effect", known.key);
        let help = if known.key == self.found.options.annotation {
            // A stamp is written by the program alone.
            "remove it: `stamp` writes the stamp into the pod template".to_owned()
        } else {
            format!("move it to the metadata of {there}")
        };
        let draft = Draft::new(self.place(key), message, help)
            .label("has no effect here")
            .field(annotation.field());
        self.found.add(Code::MisplacedAnnotation, self.resource, draft);
    }

    fn value(&mut self, annotation: &Annotation<'d>, dialect: Dialect) {
        let value = annotation.value;
        let is_false = matches!(value, "0" | "f" | "F" | "false" | "False" | "FALSE");
        let bare = value.trim().trim_matches(['“', '”', '‘', '’', '\'', '"', '\u{a0}']);
        let looks_true =
            || matches!(&*bare.to_lowercase(), "1" | "t" | "true" | "y" | "yes" | "on");
        let (must, label, help) = match dialect {
            Dialect::Exact if !annotation.is_true() && looks_true() => {
                ("must be exactly \"true\" to be true", "is not true", "write \"true\"")
            }
            Dialect::ParseBool if !annotation.is_truthy() && !is_false && !value.is_empty() => {
                let help =
                    if looks_true() { "write \"true\"" } else { "write \"true\" or \"false\"" };
                ("must be a boolean of Go, and anything else is false", "is not true", help)
            }
            Dialect::Keys if value.parse::<Keys>().is_err() => {
                ("must be `all` or `referenced`", "is neither", "write one of them")
            }
            Dialect::Codes => return self.codes(annotation),
            _ => return,
        };
        let message = format!("`{}: {value:?}` {must}", annotation.key);
        let draft = Draft::new(annotation.place.clone(), message, help)
            .label(label)
            .field(annotation.field());
        self.found.add(Code::NotTrue, self.resource, draft);
    }

    fn codes(&mut self, annotation: &Annotation<'d>) {
        for entry in annotation.entries().filter(|entry| Code::by_name(entry).is_none()) {
            let message =
                format!("`{}` must name codes of findings, and `{entry}` is none", annotation.key);
            let near = nearest(entry, Code::ALL.map(Code::name));
            let help = near.map_or_else(
                || "run `rollstamp findings` for all codes".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            let draft = Draft::new(annotation.place.clone(), message, help);
            let draft = draft.label("allows nothing").field(annotation.field());
            self.found.add(Code::UnknownAnnotation, self.resource, draft);
        }
    }

    fn place(&self, node: NodeRef<'_>) -> Place {
        Place::new(self.resource.source, node.span())
    }
}

/// Annotations of a pod template that are not read, because the workload has such of its own.
fn hidden(context: &Context<'_>, found: &mut Found<'_>, workload: &Workload<'_>) {
    let names = &context.options.annotations;
    let own = |key| workload.annotations().find_map(|annotations| annotations.get(key));
    let hiding = ConfigKind::ALL.map(|kind| {
        let four = [names.list(kind), names.typed_auto(kind), &names.search, &names.auto];
        four.into_iter().find_map(own)
    });
    for (annotation, key, _) in workload.template_annotations().all() {
        // The kinds of configs that it would decide about.
        let is_for = |kind: ConfigKind| {
            let keys = [&*names.search, &names.auto, names.list(kind), names.typed_auto(kind)];
            keys.contains(&annotation.key)
        };
        let kinds = ConfigKind::ALL.into_iter().zip(&hiding).filter(|(kind, _)| is_for(*kind));
        let hiders = kinds.map(|(_, hider)| hider.as_ref()).collect::<Option<Vec<_>>>();
        let Some(&hider) = hiders.as_ref().and_then(|hiders| hiders.first()) else { continue };
        if own(annotation.key).is_some_and(|own| own.value == annotation.value) {
            continue;
        }
        let place = Place::new(workload.resource.source, key.span());
        let message = format!(
            "`{}` must stand on the workload: the pod template's annotations are not read beside its own",
            annotation.key
        );
        let help = "move it to the metadata of the workload, or take it away";
        let draft = Draft::new(place, message, help)
            .label("has no effect here")
            .context(hider.place.clone(), "because of this one")
            .field(annotation.field());
        found.add(Code::MisplacedAnnotation, &workload.resource, draft);
    }
}

fn auto_and_search(found: &mut Found<'_>, workload: &Workload<'_>, switches: &Switches<'_>) {
    let (Some(auto), Some(search)) = (&switches.auto, &switches.search) else { return };
    if !auto.is_truthy() || !search.is_true() {
        return;
    }
    let message = format!("{} must not both search and track everything", workload.resource.id);
    let help =
        format!("take `{}` away, or `{}`: it makes the search mean nothing", search.key, auto.key);
    let draft = Draft::new(search.place.clone(), message, help)
        .label("has no effect")
        .context(auto.place.clone(), "because of this one")
        .field(search.field());
    found.add(Code::AutoAndSearch, &workload.resource, draft);
}
