//! Fields of resources that a build changes: which kinds have them, and where.

use super::error::BuildError;
use super::id::Gvk;
use super::node::Node;
use super::value::Value;

/// A field of some kinds of resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FieldSpec {
    pub(super) selector: KindSelector,
    /// The keys that lead there. A list on the way stands for each of its items.
    pub(super) path: Vec<String>,
    /// Whether the mappings on the way are made where they are missing.
    pub(super) create: bool,
}

/// Kinds of resources; what is empty stands for any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct KindSelector {
    pub(super) group: String,
    pub(super) version: String,
    pub(super) kind: String,
}

impl KindSelector {
    /// The kinds that `node` names.
    ///
    /// # Errors
    ///
    /// Returns an error if a part of the name is not a string.
    pub(super) fn read(node: &Node) -> Result<Self, BuildError> {
        let text = |key| Ok(node.text_of(key)?.map(ToString::to_string).unwrap_or_default());
        Ok(Self { group: text("group")?, version: text("version")?, kind: text("kind")? })
    }

    /// Whether `gvk` is among them.
    pub(super) fn matches(&self, gvk: &Gvk) -> bool {
        let is = |wanted: &str, own: &str| wanted.is_empty() || wanted == own;
        is(&self.kind, &gvk.kind) && is(&self.group, &gvk.group) && is(&self.version, &gvk.version)
    }
}

impl FieldSpec {
    /// The field at `path` of the kinds that are called `kind`, of any group if `group` is empty.
    pub(super) fn new(group: &str, kind: &str, path: &str, create: bool) -> Self {
        let selector =
            KindSelector { group: group.into(), kind: kind.into(), ..KindSelector::default() };
        Self { selector, path: split(path), create }
    }

    /// The field that `node` names.
    ///
    /// # Errors
    ///
    /// Returns an error if it is not a field as kustomize has it.
    pub(super) fn read(node: &Node) -> Result<Self, BuildError> {
        node.only(&["group", "version", "kind", "path", "create"])?;
        let path = node.text_of("path")?.map(|path| split(path)).unwrap_or_default();
        Ok(Self { selector: KindSelector::read(node)?, path, create: node.flag("create")? })
    }

    /// Hands over each value at the path.
    pub(super) fn each<'v>(&self, value: &'v Value, see: &mut dyn FnMut(&'v Value)) {
        each(value, &self.path, see);
    }

    /// Hands over each value at the path, to be changed.
    pub(super) fn change(&self, value: &mut Value, change: &mut dyn FnMut(&mut Value)) {
        // What is not there must not be copied.
        if self.create || self.is_in(value) {
            change_at(value, &self.path, self.create, change);
        }
    }

    /// The same, where it is known that there is a value.
    pub(super) fn change_present(&self, value: &mut Value, change: &mut dyn FnMut(&mut Value)) {
        change_at(value, &self.path, false, change);
    }

    /// Whether there is any value at the path.
    pub(super) fn is_in(&self, value: &Value) -> bool {
        is_in(value, &self.path)
    }
}

fn is_in(value: &Value, path: &[String]) -> bool {
    match (value, path) {
        (_, []) => true,
        (Value::Sequence(items), _) => items.iter().any(|item| is_in(item, path)),
        (_, [key, rest @ ..]) => value.get(key).is_some_and(|value| is_in(value, rest)),
    }
}

fn each<'v>(value: &'v Value, path: &[String], see: &mut dyn FnMut(&'v Value)) {
    match (value, path) {
        (value, []) => see(value),
        (Value::Sequence(items), _) => items.iter().for_each(|item| each(item, path, see)),
        (_, [key, rest @ ..]) => {
            if let Some(value) = value.get(key) {
                each(value, rest, see);
            }
        }
    }
}

fn change_at(value: &mut Value, path: &[String], create: bool, change: &mut dyn FnMut(&mut Value)) {
    let Some((key, rest)) = path.split_first() else { return change(value) };
    if let Some(items) = value.items_mut() {
        return items.iter_mut().for_each(|item| change_at(item, path, create, change));
    }
    if let Value::Scalar(_) = value {
        return;
    }
    if create && value.get(key).is_none_or(|value| *value == Value::Null) {
        value.set(key, Value::mapping());
    }
    if let Some(value) = value.get_mut(key) {
        change_at(value, rest, create, change);
    }
}

/// The keys of a path, in which `\/` stands for a slash within a key.
fn split(path: &str) -> Vec<String> {
    let path = path.trim_start_matches('/').replace("\\/", "\0");
    let keys = path.split('/').map(|key| key.replace('\0', "/"));
    keys.map(|key| key.strip_suffix("[]").map_or(key.clone(), str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    fn read(text: &str) -> Value {
        Value::of(yaml::parse_all(text, true).unwrap()[0].root().unwrap())
    }

    #[test]
    fn a_list_on_the_way_stands_for_its_items() {
        let mut value = read("{a: [{b: {c: 1}}, {b: {d: 1}}, {x: 1}]}");
        let spec = FieldSpec::new("", "", "a/b/c", false);
        spec.change(&mut value, &mut |value| *value = Value::string("new"));
        assert_eq!(value, read("{a: [{b: {c: 'new'}}, {b: {d: 1}}, {x: 1}]}"));
        let mut seen = Vec::new();
        spec.each(&value, &mut |value| seen.extend(value.text()));
        assert_eq!(seen, ["new"]);
    }

    #[test]
    fn only_a_spec_that_creates_adds_mappings() {
        let mut value = read("{a: {}}");
        let set = &mut |value: &mut Value| value.set("k", Value::string("v"));
        FieldSpec::new("", "", "a/b", false).change(&mut value, set);
        assert_eq!(value, read("{a: {}}"));
        FieldSpec::new("", "", "a/x.y\\/z", true).change(&mut value, set);
        assert_eq!(value, read("{a: {x.y/z: {k: 'v'}}}"));
    }
}
