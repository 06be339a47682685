//! Which fields the transformers of a build change: kustomize's own tables, and what
//! `configurations` add to them.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock};

use super::error::BuildError;
use super::field_spec::{FieldSpec, KindSelector};
use super::id::Gvk;
use super::node::Node;

/// The lists of fields that a configuration can add to.
const LISTS: [&str; 10] = [
    "commonAnnotations",
    "commonLabels",
    "images",
    "labels",
    "namePrefix",
    "nameSuffix",
    "namespace",
    "replicas",
    "templateLabels",
    "varReference",
];

/// Lists of fields by the transformer that changes them.
#[derive(Debug, Default, Clone)]
pub(super) struct Configuration {
    lists: BTreeMap<&'static str, Vec<FieldSpec>>,
    name_references: Vec<NameReference>,
}

/// The fields that hold the name of a resource of some kinds.
#[derive(Debug, Clone)]
pub(super) struct NameReference {
    pub(super) target: KindSelector,
    /// By the kind that has them; those of every kind by an empty one.
    fields: HashMap<String, Vec<Arc<FieldSpec>>>,
}

impl NameReference {
    fn new(target: KindSelector, all: impl IntoIterator<Item = FieldSpec>) -> Self {
        let mut fields = HashMap::<_, Vec<_>>::new();
        for field in all {
            fields.entry(field.selector.kind.clone()).or_default().push(field.into());
        }
        Self { target, fields }
    }

    /// The fields that resources of that kind have.
    pub(super) fn fields_of(&self, gvk: &Gvk) -> impl Iterator<Item = &Arc<FieldSpec>> {
        let fields = [&*gvk.kind, ""].into_iter().filter_map(|kind| self.fields.get(kind));
        fields.flatten().filter(|field| field.selector.matches(gvk))
    }
}

impl Configuration {
    /// What a configuration file says.
    ///
    /// # Errors
    ///
    /// Returns an error if a list of it is not a list of fields.
    pub(super) fn read(root: &Node) -> Result<Self, BuildError> {
        let fields = |node: &Node| node.items()?.iter().map(FieldSpec::read).collect();
        let mut this = Self::default();
        for name in LISTS {
            if let Some(node) = root.get(name) {
                this.lists.insert(name, fields(node)?);
            }
        }
        for entry in root.get("nameReference").map_or(Ok(&[][..]), Node::items)? {
            let specs: Vec<_> =
                entry.get("fieldSpecs").map(fields).transpose()?.unwrap_or_default();
            let target = KindSelector::read(entry)?;
            this.name_references.push(NameReference::new(target, specs));
        }
        Ok(this)
    }

    /// Adds what `other` has to `own`.
    pub(super) fn merge(own: &mut Arc<Self>, other: &Arc<Self>) {
        if other.is_empty() {
            return;
        }
        if own.is_empty() {
            own.clone_from(other);
            return;
        }
        let own = Arc::make_mut(own);
        for (name, fields) in &other.lists {
            let list = own.lists.entry(name).or_default();
            let new = fields.iter().filter(|field| !list.contains(field)).cloned();
            let new: Vec<_> = new.collect();
            list.extend(new);
        }
        own.name_references.extend(other.name_references.iter().cloned());
    }

    fn is_empty(&self) -> bool {
        self.lists.is_empty() && self.name_references.is_empty()
    }

    /// The fields of that list: kustomize's own, then those that were added.
    pub(super) fn list(&self, name: &str) -> impl Iterator<Item = &FieldSpec> {
        let own = DEFAULT.lists.get(name).into_iter().flatten();
        own.chain(self.lists.get(name).into_iter().flatten())
    }

    /// The fields that were added to that list.
    pub(super) fn added(&self, name: &str) -> &[FieldSpec] {
        self.lists.get(name).map_or(&[], Vec::as_slice)
    }

    /// The fields that hold names.
    pub(super) fn name_references(&self) -> impl Iterator<Item = &NameReference> {
        default_name_references().iter().chain(&self.name_references)
    }
}

/// The fields that hold names in every build; they come first among those of any.
pub(super) fn default_name_references() -> &'static [NameReference] {
    &DEFAULT.name_references
}

/// The workloads of Kubernetes' own and where their pod template is.
const TEMPLATES: [(&str, &str, &str); 6] = [
    ("", "Deployment", "spec/template"),
    ("", "ReplicaSet", "spec/template"),
    ("", "DaemonSet", "spec/template"),
    ("", "StatefulSet", "spec/template"),
    ("", "Job", "spec/template"),
    ("", "CronJob", "spec/jobTemplate/spec/template"),
];

/// Where a pod's specification names ConfigMaps.
const CONFIG_MAP_NAMES: [&str; 6] = [
    "volumes/configMap/name",
    "containers/env/valueFrom/configMapKeyRef/name",
    "initContainers/env/valueFrom/configMapKeyRef/name",
    "containers/envFrom/configMapRef/name",
    "initContainers/envFrom/configMapRef/name",
    "volumes/projected/sources/configMap/name",
];

/// Where a pod's specification names Secrets.
const SECRET_NAMES: [&str; 7] = [
    "volumes/secret/secretName",
    "containers/env/valueFrom/secretKeyRef/name",
    "initContainers/env/valueFrom/secretKeyRef/name",
    "containers/envFrom/secretRef/name",
    "initContainers/envFrom/secretRef/name",
    "imagePullSecrets/name",
    "volumes/projected/sources/secret/name",
];

/// Where else there are variables of kustomize.
const OTHER_VARIABLE_PLACES: [(&str, &str); 7] = [
    ("", "metadata/annotations"),
    ("", "metadata/labels"),
    ("Deployment", "spec/template/metadata/annotations"),
    ("Ingress", "spec/rules/host"),
    ("Ingress", "spec/tls/hosts"),
    ("Ingress", "spec/tls/secretName"),
    ("Service", "spec/ports/port"),
];

/// Where a container has variables of kustomize.
const VARIABLE_PLACES: [&str; 4] = ["args", "command", "env/value", "volumeMounts/mountPath"];

static DEFAULT: LazyLock<Configuration> = LazyLock::new(|| Configuration {
    lists: BTreeMap::from([
        ("commonAnnotations", metadata("annotations")),
        ("commonLabels", [selectors(), metadata("labels")].concat()),
        ("templateLabels", metadata("labels").split_off(1)),
        ("varReference", variable_places()),
    ]),
    name_references: vec![
        names("ConfigMap", &CONFIG_MAP_NAMES, &[]),
        names(
            "Secret",
            &SECRET_NAMES,
            &[("Ingress", "spec/tls/secretName"), ("ServiceAccount", "imagePullSecrets/name")],
        ),
    ],
});

/// The metadata of all resources and that of pod templates.
fn metadata(key: &str) -> Vec<FieldSpec> {
    let mut fields = vec![FieldSpec::new("", "", &format!("metadata/{key}"), true)];
    let templates =
        [("", "ReplicationController", "spec/template"), ("batch", "CronJob", "spec/jobTemplate")];
    for (group, kind, template) in templates.into_iter().chain(TEMPLATES) {
        fields.push(FieldSpec::new(group, kind, &format!("{template}/metadata/{key}"), true));
    }
    fields
}

/// The selectors of workloads and Services.
fn selectors() -> Vec<FieldSpec> {
    let labels = ["Deployment", "ReplicaSet", "DaemonSet", "StatefulSet"];
    let labels = labels.map(|kind| FieldSpec::new("", kind, "spec/selector/matchLabels", true));
    let maps = ["Service", "ReplicationController"].map(|kind| {
        let mut field = FieldSpec::new("", kind, "spec/selector", true);
        field.selector.version.push_str("v1");
        field
    });
    [labels.to_vec(), maps.to_vec()].concat()
}

/// The fields that hold the name of a `kind` of version v1.
fn names(kind: &str, in_pod: &[&str], elsewhere: &[(&str, &str)]) -> NameReference {
    let bare = [("", "Pod", "spec"), ("", "PodTemplate", "template/spec")].into_iter();
    let templates = bare.map(|(group, kind, spec)| (group, kind, spec.to_owned()));
    let templates = templates.chain(
        TEMPLATES.into_iter().map(|(group, kind, path)| (group, kind, format!("{path}/spec"))),
    );
    let in_pods = templates.flat_map(|(group, kind, spec)| {
        in_pod.iter().map(move |path| FieldSpec::new(group, kind, &format!("{spec}/{path}"), false))
    });
    let elsewhere = elsewhere.iter().map(|(kind, path)| FieldSpec::new("", kind, path, false));
    let target =
        KindSelector { kind: kind.to_owned(), version: "v1".to_owned(), ..KindSelector::default() };
    NameReference::new(target, in_pods.chain(elsewhere))
}

/// The fields of pods in which `$(NAME)` stands for a variable of kustomize.
fn variable_places() -> Vec<FieldSpec> {
    let pods = [("", "Pod", "spec")].into_iter().map(|(_, kind, spec)| (kind, spec.to_owned()));
    let pods =
        pods.chain(TEMPLATES.into_iter().map(|(_, kind, path)| (kind, format!("{path}/spec"))));
    let fields = pods.flat_map(|(kind, spec)| {
        ["containers", "initContainers"].into_iter().flat_map(move |containers| {
            let spec = spec.clone();
            VARIABLE_PLACES.into_iter().map(move |place| {
                FieldSpec::new("", kind, &format!("{spec}/{containers}/{place}"), false)
            })
        })
    });
    let others = OTHER_VARIABLE_PLACES.into_iter();
    fields.chain(others.map(|(kind, path)| FieldSpec::new("", kind, path, false))).collect()
}
