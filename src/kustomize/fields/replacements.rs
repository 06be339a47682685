//! `replacements`: copies a value from one resource into others.

use super::super::error::{BuildError, Touches};
use super::super::field_path::{FieldPath, Leaf, copy};
use super::super::id::Id;
use super::super::load;
use super::super::node::Node;
use super::super::patch::Failure;
use super::super::patch::target::Target;
use super::super::resource::Resource;
use super::super::step::Step;
use super::super::value::{Scalar, Value};
use super::patches::read_target;

/// The field that is meant where none is said.
const DEFAULT_FIELD: &str = "metadata.name";

pub(super) fn apply(step: &mut Step<'_, '_>, list: &Node) -> Result<(), BuildError> {
    for entry in list.items()? {
        let Some(path) = entry.text_of("path")? else {
            replace(step, entry, entry)?;
            continue;
        };
        entry.only(&["path"])?;
        let (file, bytes) = step.read(entry, path)?;
        for document in load::documents(&file, load::text(&file, &bytes)?)? {
            let Some(root) = document.root().filter(|root| !root.is_null()) else { continue };
            let root = Node::read(&file, root, &mut load::MAX_NODES.clone());
            let root = root.ok_or_else(|| load::too_long(&file))?;
            match root.items() {
                Ok(items) => items.iter().try_for_each(|item| replace(step, entry, item))?,
                Err(_) => replace(step, entry, &root)?,
            }
        }
    }
    Ok(())
}

/// Does what `node` says, which `entry` of the kustomization file is or names.
fn replace(step: &mut Step<'_, '_>, entry: &Node, node: &Node) -> Result<(), BuildError> {
    node.only(&["source", "sourceValue", "targets"])?;
    let Some(targets) = node.get("targets") else {
        return Err(node.fail("a replacement must have `targets`"));
    };
    let value = match (node.get("source"), node.text_of("sourceValue")?) {
        (Some(source), None) => find(step, source)?,
        (None, Some(text)) => Found::Value(Value::plain(text.clone())),
        _ => return Err(node.fail("a replacement must have either `source` or `sourceValue`")),
    };
    for node in targets.items()? {
        let target = Selection::read(node)?;
        for index in 0..step.layer.resources.len() {
            if target.has(&step.layer.resources[index]) {
                target.put(step, entry, index, &value)?;
            }
        }
    }
    Ok(())
}

/// The value to copy.
enum Found {
    Value(Value),
    /// It is not known, for that reason.
    Unknown(&'static str),
}

fn find(step: &Step<'_, '_>, source: &Node) -> Result<Found, BuildError> {
    let keys = ["group", "version", "kind", "name", "namespace", "fieldPath", "options"];
    source.only(&keys)?;
    let wanted = Wanted::read(source)?;
    let resources = step.layer.resources.iter();
    let mut sources = resources.filter(|resource| all_ids(resource).any(|id| wanted.is(id)));
    let resource = match (sources.next(), sources.next()) {
        (Some(resource), None) => resource,
        (None, _) if step.layer.may_lack_resources => {
            return Ok(Found::Unknown("its source may be a resource that is not known"));
        }
        (None, _) => {
            return Err(source.fail("the build does not have the source of the replacement"));
        }
        (Some(_), Some(_)) => return Err(source.fail("several resources match the source")),
    };
    if resource.is_open() {
        return Ok(Found::Unknown("its source is not known"));
    }
    let path = source.text_of("fieldPath")?.map_or(DEFAULT_FIELD, |path| path);
    let value = FieldPath::parse(path).find(resource.value());
    let is_there = |value: &&Value| match value {
        Value::Null => false,
        Value::Scalar(_) => true,
        Value::Sequence(items) => !items.is_empty(),
        Value::Mapping(entries) => !entries.is_empty(),
    };
    let missing = || source.fail(format!("the source has no `{}`", path.escape_debug()));
    let value = value.filter(is_there).ok_or_else(missing)?;
    Options::read(source)?.piece(source, value).map(Found::Value)
}

/// A source's kind, name and namespace; what is empty stands for any.
struct Wanted {
    kind: super::super::field_spec::KindSelector,
    name: String,
    namespace: String,
}

impl Wanted {
    fn read(node: &Node) -> Result<Self, BuildError> {
        let text = |key| Ok(node.text_of(key)?.map(ToString::to_string).unwrap_or_default());
        Ok(Self {
            kind: super::super::field_spec::KindSelector::read(node)?,
            name: text("name")?,
            namespace: text("namespace")?,
        })
    }

    fn is(&self, id: &Id) -> bool {
        let namespace = Id { namespace: self.namespace.as_str().into(), ..id.clone() };
        (self.name.is_empty() || self.name == *id.name)
            && (self.namespace.is_empty() || namespace == *id)
            && self.kind.matches(&id.gvk)
    }
}

/// What names a resource, and what has named it.
fn all_ids(resource: &Resource) -> impl Iterator<Item = &Id> {
    std::iter::once(resource.id()).chain(resource.previous_ids())
}

/// The `options` of a source or a target.
#[derive(Default)]
struct Options {
    delimiter: String,
    index: i64,
    create: bool,
}

impl Options {
    fn read(node: &Node) -> Result<Self, BuildError> {
        let Some(options) = node.get("options") else { return Ok(Self::default()) };
        options.only(&["delimiter", "index", "encoding", "create"])?;
        let delimiter = options.text_of("delimiter")?.map(ToString::to_string);
        let index = options.get("index").map(|node| {
            let number = node.value().text().and_then(|text| text.parse().ok());
            number.ok_or_else(|| node.fail("`index` must be a number"))
        });
        Ok(Self {
            delimiter: delimiter.unwrap_or_default(),
            index: index.transpose()?.unwrap_or_default(),
            create: options.flag("create")?,
        })
    }

    /// The piece of a source's value that is meant.
    fn piece(&self, node: &Node, value: &Value) -> Result<Value, BuildError> {
        if self.delimiter.is_empty() {
            return Ok(value.clone());
        }
        let text = value.text().ok_or_else(|| node.fail("`delimiter` must be that of a text"))?;
        let piece = usize::try_from(self.index)
            .ok()
            .and_then(|index| text.split(&*self.delimiter).nth(index));
        piece.map(Value::string).ok_or_else(|| node.fail("the source has no piece of that `index`"))
    }

    /// Puts `value` into a target's field.
    fn put(&self, field: &mut Value, value: &Value) -> Result<(), Failure> {
        if self.delimiter.is_empty() {
            return copy(field, value);
        }
        let Value::Scalar(Scalar { text, .. }) = &*field else {
            return Err(Failure::Refused("`delimiter` must be that of a text".to_owned()));
        };
        let mut pieces: Vec<&str> = text.split(&*self.delimiter).collect();
        let new = value.text().unwrap_or_default();
        match usize::try_from(self.index) {
            Err(_) => pieces.insert(0, new),
            Ok(index) if index >= pieces.len() => pieces.push(new),
            Ok(index) => pieces[index] = new,
        }
        let joined = pieces.join(&self.delimiter);
        copy(field, &Value::string(joined))
    }
}

/// An entry of `targets`.
struct Selection {
    select: Target,
    reject: Vec<Target>,
    paths: Vec<FieldPath>,
    options: Options,
}

impl Selection {
    fn read(node: &Node) -> Result<Self, BuildError> {
        node.only(&["select", "reject", "fieldPaths", "options"])?;
        let Some(select) = node.get("select") else {
            return Err(node.fail("a target must have `select`"));
        };
        let reject = node.get("reject").map_or(Ok(&[][..]), Node::items)?;
        let paths = node.texts_of("fieldPaths")?;
        let mut paths: Vec<_> = paths.iter().map(|(_, path)| FieldPath::parse(path)).collect();
        if paths.is_empty() {
            paths.push(FieldPath::parse(DEFAULT_FIELD));
        }
        Ok(Self {
            select: read_target(select)?,
            reject: reject.iter().map(read_target).collect::<Result<_, _>>()?,
            paths,
            options: Options::read(node)?,
        })
    }

    fn has(&self, resource: &Resource) -> bool {
        let is = |target: &Target| {
            all_ids(resource).any(|id| {
                target.has_kind(&id.gvk.group, &id.gvk.version, &id.gvk.kind)
                    && target.has_name(&id.name)
                    && target.has_namespace(id.effective_namespace())
            })
        };
        // To be rejected, labels and annotations are enough, and so is the rest.
        let is_rejected = |target: &Target| {
            target.says_metadata() && target.has_metadata(resource.value())
                || target.says_id() && is(target)
        };
        self.select.has_metadata(resource.value())
            && !self.reject.iter().any(is_rejected)
            && is(&self.select)
    }

    fn put(
        &self,
        step: &mut Step<'_, '_>,
        entry: &Node,
        index: usize,
        value: &Found,
    ) -> Result<(), BuildError> {
        let result = match value {
            Found::Unknown(why) => Err(Failure::Unknown((*why).to_owned())),
            Found::Value(value) => {
                let resource = step.layer.resource_mut(index);
                resource.change(|target| self.change(target, value))
            }
        };
        let resource = &step.layer.resources[index];
        let id = resource.id().clone();
        match result {
            Ok(()) => Ok(()),
            Err(Failure::Refused(why)) if !resource.is_open() => {
                Err(entry.fail(format!("the replacement in {id} fails: {why}")))
            }
            Err(Failure::Refused(why) | Failure::Unknown(why)) => {
                step.layer.resource_mut(index).open();
                let message = format!("the replacement in {id} is not followed: {why}");
                step.unknown(entry, "replacements", Touches::Nothing, message);
                Ok(())
            }
        }
    }

    fn change(&self, target: &mut Value, value: &Value) -> Result<(), Failure> {
        let create = self.options.create.then(|| Leaf::of(value));
        for path in &self.paths {
            let put = &mut |field: &mut Value| self.options.put(field, value);
            if path.change(target, create, put)? == 0 {
                return Err(Failure::Refused("it does not have the field".to_owned()));
            }
        }
        Ok(())
    }
}
