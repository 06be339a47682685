//! A reference: a field of a pod template that names a config.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};

use crate::model::{ConfigKind, PodTemplate};
use crate::yaml::NodeRef;

/// A field of a pod template that names a config.
#[derive(Debug, Clone)]
pub(crate) struct Reference<'d> {
    pub(crate) kind: ConfigKind,
    pub(crate) name: &'d str,
    pub(crate) field: Field,
    /// Where the name stands.
    pub(crate) node: NodeRef<'d>,
    /// The keys that the pod can see, and where they are named.
    pub(crate) keys: Seen<'d>,
    /// Whether the pod starts without the config or the key.
    pub(crate) is_optional: bool,
    /// The name of the volume, if it is one.
    pub(crate) volume: Option<&'d str>,
    /// Who sees what it refers to.
    pub(crate) reader: Reader,
}

impl Reference<'_> {
    /// The field's path in a workload whose pod template is at `template`.
    pub(crate) fn path(&self, template: &str) -> String {
        // Longer than nearly all, so that it need not grow.
        let mut path = String::with_capacity(template.len() + 64);
        write!(path, "{template}.{}", self.field).expect("a string takes all that is written");
        path
    }

    /// Whether any container sees what it refers to: if not, it is no reference for Reloader.
    pub(crate) fn is_mounted(&self) -> bool {
        self.reader != Reader::Nobody
    }
}

/// The first that sees what a reference refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reader {
    /// A container, by its index.
    Container(usize),
    /// Only an init container.
    InitContainer,
    /// None: a volume that is not mounted.
    Nobody,
}

/// The keys of a config that a pod can see by one reference.
#[derive(Debug, Clone)]
pub(crate) enum Seen<'d> {
    /// Whatever there is.
    All,
    /// These, with the nodes that name them.
    Keys(Vec<(&'d str, NodeRef<'d>)>),
}

/// The path of a reference, below the pod template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    list: &'static str,
    index: usize,
    inner: Option<(&'static str, usize)>,
    leaf: &'static str,
}

impl Field {
    /// Whether an init container has it.
    pub(crate) fn is_of_init_container(&self) -> bool {
        self.list == INIT_CONTAINERS
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "spec.{}[{}]", self.list, self.index)?;
        if let Some((list, index)) = self.inner {
            write!(f, ".{list}[{index}]")?;
        }
        write!(f, ".{}", self.leaf)
    }
}

/// References by the config that they name.
pub(crate) type Uses<'r, 'd> = BTreeMap<(ConfigKind, &'d str), Vec<&'r Reference<'d>>>;

/// Sorts references by the config that they name, which `name` knows.
pub(crate) fn group<'r, 'd>(
    references: &'r [Reference<'d>],
    name: impl Fn(&'r Reference<'d>) -> &'d str,
) -> Uses<'r, 'd> {
    let mut uses = Uses::new();
    for reference in references {
        uses.entry((reference.kind, name(reference))).or_default().push(reference);
    }
    uses
}

/// The keys that a pod can see by `references`; `None` if it sees all.
pub(crate) fn seen_keys<'d>(references: &[&Reference<'d>]) -> Option<BTreeSet<&'d str>> {
    let mut keys = BTreeSet::new();
    for reference in references.iter().filter(|reference| reference.is_mounted()) {
        match &reference.keys {
            Seen::All => return None,
            Seen::Keys(seen) => keys.extend(seen.iter().map(|(key, _)| *key)),
        }
    }
    Some(keys)
}

const INIT_CONTAINERS: &str = "initContainers";

/// The references of `template`, in the order in which a stamp counts its configs: environments of
/// init containers, environments of containers, then volumes.
///
/// As for Reloader, a volume that no container mounts is none: nobody is its reader. Unlike there, a
/// config that several volumes name needs only one of them mounted.
pub(crate) fn references<'d>(template: &PodTemplate<'d>) -> Vec<Reference<'d>> {
    let mut found = Vec::new();
    let mut mounts = BTreeMap::new();
    for list in [INIT_CONTAINERS, "containers"] {
        for (index, container) in template.list(list).enumerate() {
            let is_init = list == INIT_CONTAINERS;
            let reader = if is_init { Reader::InitContainer } else { Reader::Container(index) };
            let first = found.len();
            from_environment(container, list, index, &mut found);
            found[first..].iter_mut().for_each(|reference| reference.reader = reader);
            let mounted = container.get("volumeMounts").into_iter().flat_map(NodeRef::items);
            for name in mounted.filter_map(|mount| mount.get("name")?.text()) {
                let known = mounts.entry(name).or_insert(reader);
                *known = reader.min(*known);
            }
        }
    }
    for (index, volume) in template.list("volumes").enumerate() {
        let name = volume.get("name").and_then(NodeRef::text).unwrap_or_default();
        let first = found.len();
        from_volume(volume, index, &mut found);
        for reference in &mut found[first..] {
            reference.volume = Some(name);
            reference.reader = mounts.get(name).copied().unwrap_or(Reader::Nobody);
        }
    }
    found
}

fn from_environment<'d>(
    container: NodeRef<'d>,
    list: &'static str,
    index: usize,
    found: &mut Vec<Reference<'d>>,
) {
    let items = |field| container.get(field).into_iter().flat_map(NodeRef::items).enumerate();
    for (inner, source) in items("envFrom") {
        let field = |leaf| Field { list, index, inner: Some(("envFrom", inner)), leaf };
        found.extend(reference(source, &CONFIG_MAP_REF, field("configMapRef")));
        found.extend(reference(source, &SECRET_REF, field("secretRef")));
    }
    for (inner, variable) in items("env") {
        let field = |leaf| Field { list, index, inner: Some(("env", inner)), leaf };
        let Some(source) = variable.get("valueFrom") else { continue };
        found.extend(reference(source, &CONFIG_MAP_KEY_REF, field("valueFrom.configMapKeyRef")));
        found.extend(reference(source, &SECRET_KEY_REF, field("valueFrom.secretKeyRef")));
    }
}

fn from_volume<'d>(volume: NodeRef<'d>, index: usize, found: &mut Vec<Reference<'d>>) {
    let list = "volumes";
    let field = |leaf| Field { list, index, inner: None, leaf };
    found.extend(reference(volume, &CONFIG_MAP, field("configMap")));
    found.extend(reference(volume, &SECRET, field("secret")));
    if let Some(csi) = volume.get("csi") {
        found.extend(reference(csi, &CSI, field("csi.volumeAttributes")));
    }
    let sources = volume.at(["projected", "sources"]).into_iter().flat_map(NodeRef::items);
    for (inner, source) in sources.enumerate() {
        let field = |leaf| Field { list, index, inner: Some(("projected.sources", inner)), leaf };
        found.extend(reference(source, &CONFIG_MAP, field("configMap")));
        found.extend(reference(source, &PROJECTED_SECRET, field("secret")));
    }
}

/// How one field of the API names a config.
struct Shape {
    kind: ConfigKind,
    /// The field below the one that holds the reference.
    member: &'static str,
    /// The field that holds the name.
    name: &'static str,
    keys: KeysIn,
}

/// Where a reference names keys.
enum KeysIn {
    /// It does not.
    Nowhere,
    /// `key`
    Key,
    /// `items[].key`, if there are items.
    Items,
}

const fn shape(kind: ConfigKind, member: &'static str, name: &'static str, keys: KeysIn) -> Shape {
    Shape { kind, member, name, keys }
}

const CONFIG_MAP_REF: Shape = shape(ConfigKind::ConfigMap, "configMapRef", "name", KeysIn::Nowhere);
const SECRET_REF: Shape = shape(ConfigKind::Secret, "secretRef", "name", KeysIn::Nowhere);
const CONFIG_MAP_KEY_REF: Shape =
    shape(ConfigKind::ConfigMap, "configMapKeyRef", "name", KeysIn::Key);
const SECRET_KEY_REF: Shape = shape(ConfigKind::Secret, "secretKeyRef", "name", KeysIn::Key);
const CONFIG_MAP: Shape = shape(ConfigKind::ConfigMap, "configMap", "name", KeysIn::Items);
const SECRET: Shape = shape(ConfigKind::Secret, "secret", "secretName", KeysIn::Items);
const PROJECTED_SECRET: Shape = shape(ConfigKind::Secret, "secret", "name", KeysIn::Items);
const CSI: Shape = shape(
    ConfigKind::SecretProviderClass,
    "volumeAttributes",
    "secretProviderClass",
    KeysIn::Nowhere,
);

/// The reference that `parent` makes, if it has one of that shape.
fn reference<'d>(parent: NodeRef<'d>, shape: &Shape, field: Field) -> Option<Reference<'d>> {
    let holder = parent.get(shape.member)?;
    let node = holder.get(shape.name)?;
    let name = node.text().filter(|text| !text.is_empty() && !node.is_null())?;
    let named = |node: NodeRef<'d>| Some((node.get("key")?.text()?, node.get("key")?));
    let keys = match shape.keys {
        KeysIn::Nowhere => Seen::All,
        KeysIn::Key => Seen::Keys(named(holder).into_iter().collect()),
        KeysIn::Items => match holder.get("items").filter(|items| items.items().next().is_some()) {
            Some(items) => Seen::Keys(items.items().filter_map(named).collect()),
            None => Seen::All,
        },
    };
    let is_optional = holder.get("optional").and_then(NodeRef::text) == Some("true");
    Some(Reference {
        kind: shape.kind,
        name,
        field,
        node,
        keys,
        is_optional,
        volume: None,
        reader: Reader::Nobody,
    })
}
