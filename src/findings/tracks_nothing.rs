//! `tracks-nothing`: a workload has opted in and refers to no config, or misspells a reference.

use super::{Draft, Found, Subject};
use crate::finding::Code;
use crate::model::{Annotation, ConfigKind, Workload};
use crate::reference::Reference;
use crate::rules::{Declared, Switches};
use crate::source::Place;
use crate::suggest::nearest;
use crate::yaml::NodeRef;

pub(super) fn find(subject: Subject<'_, '_>, found: &mut Found<'_>) {
    let Subject { workload, plan, references, declared } = subject;
    let asks = asks(declared);
    if !plan.is_opted_in || asks.iter().all(Option::is_none) {
        return;
    }
    let mut walk = Walk { workload, found, is_any: false };
    for list in ["initContainers", "containers", "volumes"] {
        let node = workload.template.node.at(["spec", list]);
        let path = format!("{}.spec.{list}", workload.template.path);
        walk.value(node, if list == "volumes" { &VOLUMES } else { &CONTAINERS }, &path);
    }
    let has_list = declared.switches.iter().any(|switches| switches.list.is_some());
    let is_asked = |kind: ConfigKind| asks[kind as usize].is_some();
    let is_any = references.iter().any(|own| own.is_mounted() && is_asked(own.kind));
    if !walk.is_any && !has_list && !is_any && !declared.wave.is_on() {
        let annotation = asks.into_iter().flatten().next();
        nothing(found, workload, references, annotation);
    }
}

/// The annotation that asks for configs of each kind, if any does.
fn asks<'s, 'd>(declared: &'s Declared<'d>) -> [Option<&'s Annotation<'d>>; 3] {
    let wave = declared.wave.opt_in.as_ref().filter(|wave| wave.is_true());
    ConfigKind::ALL.map(|kind| {
        let Switches { list, search, auto, typed_auto, .. } = &declared.switches[kind as usize];
        let autos = [auto, typed_auto].into_iter().flatten().filter(|auto| auto.is_truthy());
        let search = search.iter().filter(|search| search.is_true());
        let list = list.iter().map(|list| &list.annotation);
        autos.chain(search).chain(list).chain(wave).next()
    })
}

fn nothing(
    found: &mut Found<'_>,
    workload: &Workload<'_>,
    references: &[Reference<'_>],
    annotation: Option<&Annotation<'_>>,
) {
    let Some(annotation) = annotation else { return };
    let id = workload.resource.id;
    let unmounted = references.iter().find(|reference| !reference.is_mounted());
    let message = format!("{id} has opted in, and its pod template refers to no config");
    let help = match unmounted {
        Some(Reference { volume: Some(volume), .. }) => {
            format!("no container mounts volume `{volume}`: add it to `volumeMounts`")
        }
        _ if !references.is_empty() => {
            "opt in for the kind of config that it refers to, or remove the annotation".to_owned()
        }
        _ => format!("remove `{}`, or refer to the configs that it needs", annotation.key),
    };
    let draft = Draft::new(annotation.place.clone(), message, help);
    let draft = draft.label("tracks nothing").field(annotation.field());
    found.add(Code::TracksNothing, &workload.resource, draft);
}

/// What a part of a pod template may hold, as far as it leads to references.
enum Shape {
    /// A list of these.
    List(&'static Self),
    /// A mapping: the fields that lead on, and the words for which each of them is mistaken.
    Fields(&'static [(&'static str, &'static [&'static str], &'static Self)]),
    /// A mapping that names a config: the field with the name, and the words for which it is mistaken.
    Name(&'static str, &'static [&'static str]),
}

/// Words that people write for `name`.
const NAMES: &[&str] =
    &["configMapName", "configmapName", "secretName", "configName", "configMap", "secret"];
const NAMED: Shape = Shape::Name("name", NAMES);
const SECRET_NAMED: Shape = Shape::Name("secretName", &["name", "secret"]);

const CONTAINERS: Shape = Shape::List(&Shape::Fields(&[
    ("envFrom", &["envfrom"], &Shape::List(&ENV_FROM)),
    ("env", &["envs"], &Shape::List(&ENV)),
]));
const ENV_FROM: Shape = Shape::Fields(&[
    ("configMapRef", &["configMap", "configMapKeyRef", "configMapName", "configRef"], &NAMED),
    ("secretRef", &["secret", "secretKeyRef", "secretName"], &NAMED),
]);
const ENV: Shape = Shape::Fields(&[(
    "valueFrom",
    &["configMapKeyRef", "secretKeyRef", "configMapRef", "secretRef"],
    &Shape::Fields(&[
        ("configMapKeyRef", &["configMapRef", "configMap", "configMapKey"], &NAMED),
        ("secretKeyRef", &["secretRef", "secret", "secretKey"], &NAMED),
    ]),
)]);
const VOLUMES: Shape = Shape::List(&Shape::Fields(&[
    ("configMap", &["configMapRef", "configMapName"], &NAMED),
    ("secret", &["secretRef", "secretName"], &SECRET_NAMED),
    (
        "projected",
        &[],
        &Shape::Fields(&[(
            "sources",
            &["source"],
            &Shape::List(&Shape::Fields(&[
                ("configMap", &["configMapRef", "configMapName"], &NAMED),
                ("secret", &["secretRef", "secretName"], &NAMED),
            ])),
        )]),
    ),
]));

/// Looks for references that are none.
struct Walk<'w, 'd, 'f> {
    workload: &'w Workload<'d>,
    found: &'w mut Found<'f>,
    is_any: bool,
}

impl<'d> Walk<'_, 'd, '_> {
    fn value(&mut self, node: Option<NodeRef<'d>>, shape: &Shape, path: &str) {
        let Some(node) = node.filter(|node| !node.is_null()) else { return };
        match shape {
            Shape::List(_) if !node.is_sequence() => {
                let help = "put a dash before each entry";
                self.report(node, path, format!("`{path}` must be a list"), help);
            }
            Shape::List(item) => {
                for (index, node) in node.items().enumerate() {
                    self.value(Some(node), item, &format!("{path}[{index}]"));
                }
            }
            Shape::Fields(_) | Shape::Name(..) if !node.is_mapping() => {
                let help = match shape {
                    Shape::Name(name, _) => format!("write `{name}:` before the name"),
                    _ => "give each value a key".to_owned(),
                };
                self.report(node, path, format!("`{path}` must be a mapping"), help);
            }
            Shape::Fields(fields) => self.fields(node, fields, path),
            Shape::Name(name, mistaken) => {
                if node.get(name).is_none() {
                    self.mistaken(node, &[(name, mistaken)], path);
                }
            }
        }
    }

    fn fields(
        &mut self,
        node: NodeRef<'d>,
        fields: &[(&'static str, &'static [&'static str], &'static Shape)],
        path: &str,
    ) {
        for (field, _, shape) in fields {
            self.value(node.get(field), shape, &format!("{path}.{field}"));
        }
        let absent = fields.iter().filter(|(field, ..)| node.get(field).is_none());
        let absent: Vec<_> = absent.map(|(field, mistaken, _)| (*field, *mistaken)).collect();
        self.mistaken(node, &absent, path);
    }

    /// Reports the keys of `node` that are written for one of the `absent` fields.
    fn mistaken(
        &mut self,
        node: NodeRef<'d>,
        absent: &[(&'static str, &'static [&'static str])],
        path: &str,
    ) {
        for (key, _) in node.entries() {
            let Some(text) = key.text() else { continue };
            if let Some(field) = meant(text, absent) {
                let message =
                    format!("`{path}.{text}` refers to no config: there is no such field");
                let help = match field {
                    "valueFrom" => "put it below `valueFrom`".to_owned(),
                    field => format!("write `{field}`"),
                };
                self.report(key, &format!("{path}.{text}"), message, help);
            }
        }
    }

    fn report(&mut self, node: NodeRef<'d>, path: &str, message: String, help: impl Into<String>) {
        self.is_any = true;
        let resource = &self.workload.resource;
        let span = node.span();
        // Of a collection, its first byte: a reader looks for the key.
        let span = if node.text().is_some() { span } else { span.start..span.start };
        let place = Place::new(resource.source, span);
        let draft = Draft::new(place, message, help).label("is no reference").field(path);
        self.found.add(Code::TracksNothing, resource, draft);
    }
}

/// The field that is meant by `text`, if it is one of the words that people write for it, or nearly so.
fn meant(text: &str, absent: &[(&'static str, &'static [&'static str])]) -> Option<&'static str> {
    let is_mistaken = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    let exact =
        absent.iter().find(|(field, words)| field.eq_ignore_ascii_case(text) || is_mistaken(words));
    let exact = exact.map(|(field, _)| *field);
    exact.or_else(|| nearest(text, absent.iter().map(|(field, _)| *field)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_field_of_kubernetes_is_taken_for_another() {
        let fields = |shape: &Shape| match shape {
            Shape::List(Shape::Fields(fields)) | Shape::Fields(fields) => {
                fields.iter().map(|(field, mistaken, _)| (*field, *mistaken)).collect::<Vec<_>>()
            }
            Shape::Name(field, mistaken) => vec![(*field, *mistaken)],
            Shape::List(_) => Vec::new(),
        };
        let container = "args command image imagePullPolicy lifecycle livenessProbe name ports readinessProbe \
            resizePolicy resources restartPolicy securityContext startupProbe stdin stdinOnce \
            terminationMessagePath terminationMessagePolicy tty volumeDevices volumeMounts workingDir";
        let volume = "awsElasticBlockStore azureDisk azureFile cephfs cinder csi downwardAPI emptyDir ephemeral fc \
            flexVolume flocker gcePersistentDisk gitRepo glusterfs hostPath image iscsi name nfs \
            persistentVolumeClaim photonPersistentDisk portworxVolume quobyte rbd scaleIO storageos vsphereVolume";
        for (shape, known) in [
            (&CONTAINERS, container),
            (&VOLUMES, volume),
            (&ENV_FROM, "prefix"),
            (&ENV, "name value"),
            (&NAMED, "key optional items defaultMode"),
            (&SECRET_NAMED, "optional items defaultMode"),
        ] {
            for word in known.split_whitespace() {
                assert_eq!(meant(word, &fields(shape)), None, "{word}");
            }
        }
        let Shape::Fields([(_, _, value_from)]) = ENV else { panic!("it has one field") };
        for word in ["fieldRef", "resourceFieldRef", "fileKeyRef"] {
            assert_eq!(meant(word, &fields(value_from)), None, "{word}");
        }
    }
}
