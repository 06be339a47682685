//! Options from the config of a KRM function: a `Rollstamp`, or the entries of a `ConfigMap`.

use serde_json::{Map, Value};

use super::Options;
use super::file::{self, ConfigProblem};
use crate::model::GroupVersionKind;
use crate::suggest::nearest;
use crate::yaml::NodeRef;

/// The group of our own kind.
const GROUP: &str = "rollstamp.dev";

/// Reads the config of a KRM function, if it is one of ours; `None` if it is of another kind.
///
/// A `ConfigMap` holds the names of options as keys and strings as values: lists with commas,
/// what is inside another option with a dot, as in `annotations.auto`.
///
/// # Errors
///
/// Returns an error if a field is unknown or does not hold what it must.
pub(crate) fn read(node: NodeRef<'_>) -> Result<Option<Options>, ConfigProblem> {
    let text = |key| node.get(key).and_then(NodeRef::text).unwrap_or_default();
    let gvk = GroupVersionKind::new(text("apiVersion"), text("kind"));
    match (&*gvk.group, &*gvk.kind) {
        (GROUP, _) => file::read(node).map(Some),
        ("", "ConfigMap") => from_data(node).map(Some),
        _ => Ok(None),
    }
}

fn from_data(node: NodeRef<'_>) -> Result<Options, ConfigProblem> {
    let whole = file::schema();
    let schema = &whole["$defs"]["Options"];
    let mut options = Map::new();
    for (key, value) in node.get("data").into_iter().flat_map(NodeRef::entries) {
        let name = key.text().unwrap_or_default();
        let problem =
            |message: String, help: String| ConfigProblem { span: key.span(), message, help };
        let Some(kind) = find(schema, &whole, name) else {
            let names = names(schema, &whole);
            let help = nearest(name, names.iter().map(|name| &**name)).map_or_else(
                || format!("it must be one of {}", names.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            return Err(problem(format!("unknown field `{name}` in `data`"), help));
        };
        let text = value.text().filter(|_| !value.is_null()).unwrap_or_default();
        let typed = typed(text, kind).ok_or_else(|| {
            let help = "write the function's config as a `Rollstamp`, or fix the value";
            problem(format!("`data.{name}` must be {}", describe(kind)), help.to_owned())
        })?;
        match name.split_once('.') {
            None => drop(options.insert(name.to_owned(), typed)),
            Some((outer, inner)) => {
                let holder = options.entry(outer).or_insert_with(|| Value::Object(Map::new()));
                holder[inner] = typed;
            }
        }
    }
    let start = node.get("data").unwrap_or(node).span().start;
    let options = file::deserialize(&Value::Object(options), "data", |_| start..start)?;
    file::validated(options, start..start)
}

/// The part of the schema about the option `name`, which may have a dot in it.
fn find<'s>(schema: &'s Value, whole: &'s Value, name: &str) -> Option<&'s Value> {
    let mut schema = schema;
    for part in name.split('.') {
        schema = file::referred(&schema.get("properties")?[part], whole);
    }
    (!schema.is_null() && schema.get("properties").is_none()).then_some(schema)
}

/// The names that options have as keys of a `ConfigMap`.
fn names(schema: &Value, whole: &Value) -> Vec<String> {
    let properties = schema["properties"].as_object().into_iter().flatten();
    let names = properties.flat_map(|(name, schema)| {
        let inner = file::referred(schema, whole)["properties"].as_object();
        match inner {
            Some(inner) => inner.keys().map(|inner| format!("{name}.{inner}")).collect(),
            None => vec![name.clone()],
        }
    });
    names.collect()
}

/// What `text` is where `schema` says what there must be.
fn typed(text: &str, schema: &Value) -> Option<Value> {
    match schema["type"].as_str() {
        Some("boolean") => text.parse().ok().map(Value::Bool),
        Some("array") => {
            let is_of_objects = schema["items"]["$ref"].as_str() == Some("#/$defs/WorkloadKind");
            let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
            (!is_of_objects).then(|| entries.map(Value::from).collect())
        }
        _ => Some(Value::from(text)),
    }
}

fn describe(schema: &Value) -> &'static str {
    match schema["type"].as_str() {
        Some("boolean") => "`true` or `false`",
        _ => "a list of names with commas",
    }
}
