//! `vars`: names for values of resources, which `$(NAME)` stands for.

use std::collections::HashMap;
use std::sync::Arc;

use super::super::error::BuildError;
use super::super::field_path::FieldPath;
use super::super::field_spec::FieldSpec;
use super::super::id::{Gvk, Id};
use super::super::kustomization::Kustomization;
use super::super::layer::Layer;
use super::super::node::Node;
use super::super::resource::Resource;
use super::super::scalar::Plain;
use super::super::step::Step;
use super::super::value::{Scalar, Value};

/// A variable.
#[derive(Debug)]
pub(in super::super) struct Variable {
    name: Arc<str>,
    path: FieldPath,
    node: Node,
}

pub(super) fn apply(step: &mut Step<'_, '_>, list: &Node) -> Result<(), BuildError> {
    for entry in list.items()? {
        entry.only(&["name", "objref", "fieldref"])?;
        let Some(name) = entry.text_of("name")?.cloned() else {
            return Err(entry.fail("a variable must have a `name`"));
        };
        if step.layer.variables.iter().any(|known| known.name == name) {
            let message = format!("there must not be two variables `{}`", name.escape_debug());
            return Err(entry.fail(message));
        }
        mark(step, entry, &name)?;
        let path = field(entry)?.unwrap_or_else(|| "metadata.name".into());
        let path = FieldPath::parse_with_indices(&path);
        step.layer.variables.push(Variable { name, path, node: entry.clone() }.into());
    }
    Ok(())
}

fn field(entry: &Node) -> Result<Option<Arc<str>>, BuildError> {
    let Some(field) = entry.get("fieldref") else { return Ok(None) };
    field.only(&["fieldpath", "fieldPath"])?;
    let path = field.text_of("fieldpath")?.or(field.text_of("fieldPath")?);
    Ok(path.filter(|path| !path.is_empty()).cloned())
}

/// Marks the resource that `entry` names, by which it is known however its name changes.
fn mark(step: &mut Step<'_, '_>, entry: &Node, name: &Arc<str>) -> Result<(), BuildError> {
    let Some(object) = entry.get("objref") else {
        return Err(entry.fail("a variable must have an `objref`"));
    };
    object.only(&["apiVersion", "group", "version", "kind", "name", "namespace"])?;
    let text = |key| Ok(object.text_of(key)?.map(ToString::to_string).unwrap_or_default());
    let (api_version, kind): (String, String) = (text("apiVersion")?, text("kind")?);
    let gvk = if api_version.is_empty() {
        Gvk::of_parts(&text("group")?, &text("version")?, &kind)
    } else {
        Gvk::new(&api_version, &kind)
    };
    let namespace = text("namespace")?;
    let is_anywhere = namespace.is_empty() && !gvk.is_cluster_scoped();
    let wanted = Id { gvk: gvk.into(), namespace: namespace.into(), name: text("name")?.into() };
    let is_wanted = |id: &Id| {
        if is_anywhere { id.gvk == wanted.gvk && id.name == wanted.name } else { *id == wanted }
    };
    let resources = step.layer.resources.iter().enumerate();
    let found = resources.filter(|(_, resource)| {
        is_wanted(resource.id()) || resource.previous_ids().iter().any(is_wanted)
    });
    match found.map(|(index, _)| index).collect::<Vec<_>>()[..] {
        [] => Ok(()),
        [index] => {
            step.layer.resource_mut(index).variables.push(name.clone());
            Ok(())
        }
        _ => Err(object.fail(format!("{wanted} may stand for several resources"))),
    }
}

/// Puts the values of variables where `$(NAME)` stands.
///
/// # Errors
///
/// Returns an error if there is no resource or no field of it that a variable names, or if a variable
/// may stand where it cannot.
pub(in super::super) fn resolve(
    layer: &mut Layer,
    kustomization: &Kustomization,
) -> Result<(), BuildError> {
    if layer.variables.is_empty() {
        return Ok(());
    }
    let mut values = HashMap::new();
    for variable in &layer.variables {
        if values.insert(variable.name.clone(), variable.meaning(layer)?).is_some() {
            return Err(variable.node.fail("another base has a variable of this name"));
        }
    }
    let values = Values(values);
    let configuration = layer.configuration.clone();
    let fields: Vec<_> = configuration.list("varReference").collect();
    for index in 0..layer.resources.len() {
        let resource = layer.resources[index].clone();
        for field in fields.iter().filter(|field| field.selector.matches(resource.gvk())) {
            let uses = values.uses(&resource, field).map_err(|why| {
                let message = format!("{}: {why}", resource.id());
                BuildError::of_file(&kustomization.file, message)
            })?;
            match uses {
                Uses::None => {}
                Uses::Unknown => layer.resource_mut(index).open(),
                Uses::Known => layer.resource_mut(index).change(|value| {
                    field.change(value, &mut |value| values.expand(value));
                }),
            }
        }
    }
    Ok(())
}

/// What a variable stands for.
enum Meaning {
    Scalar(Scalar),
    /// A list or a mapping, which kustomize does not put anywhere.
    Nothing,
    /// What a resource that is not known has.
    Unknown,
}

impl Variable {
    fn meaning(&self, layer: &Layer) -> Result<Meaning, BuildError> {
        let mut resources = layer.resources.iter();
        let resource = resources.find(|resource| resource.variables.contains(&self.name));
        let Some(resource) = resource else {
            if layer.may_lack_resources {
                return Ok(Meaning::Unknown);
            }
            return Err(self.node.fail("the build does not have the resource of the variable"));
        };
        if resource.is_open() {
            return Ok(Meaning::Unknown);
        }
        match self.path.find(resource.value()) {
            None => Err(self.node.fail("the resource does not have the field of the variable")),
            Some(Value::Sequence(_) | Value::Mapping(_)) => Ok(Meaning::Nothing),
            // kustomize takes the word that null is written with.
            Some(Value::Null) => Ok(Meaning::Unknown),
            Some(Value::Scalar(scalar)) => self.typed(scalar),
        }
    }

    fn typed(&self, scalar: &Scalar) -> Result<Meaning, BuildError> {
        let (text, is_quoted) = match Plain::of_scalar(scalar) {
            // Within a text, Go writes it in another way.
            Plain::Float(number) if !(1e-4..1e6).contains(&number.abs()) => {
                return Ok(Meaning::Unknown);
            }
            Plain::Integer(_) => {
                let number = scalar.text.parse::<i64>();
                let wrong = |_| self.node.fail("the value of a variable must be a decimal number");
                (number.map_err(wrong)?.to_string().into(), false)
            }
            Plain::Float(number) => (number.to_string().into(), false),
            Plain::Boolean(is_true) => (is_true.to_string().into(), false),
            Plain::Time(_) | Plain::Text => (scalar.text.clone(), true),
        };
        Ok(Meaning::Scalar(Scalar { text, is_quoted }))
    }
}

/// What the variables stand for.
struct Values(HashMap<Arc<str>, Meaning>);

/// Whether a field uses variables.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Uses {
    None,
    Known,
    Unknown,
}

impl Values {
    fn uses(&self, resource: &Resource, field: &FieldSpec) -> Result<Uses, String> {
        let mut uses = Uses::None;
        let mut is_wrong = false;
        field.each(resource.value(), &mut |value| match value {
            Value::Sequence(items) => {
                is_wrong |= items.iter().any(|item| string(item).is_none());
                items.iter().for_each(|item| uses = uses.max(self.uses_of(item)));
            }
            Value::Mapping(entries) => {
                entries.iter().for_each(|(_, value)| uses = uses.max(self.uses_of(value)));
            }
            other => uses = uses.max(self.uses_of(other)),
        });
        let message = "a list in which variables may stand must have nothing but texts";
        if is_wrong { Err(message.to_owned()) } else { Ok(uses) }
    }

    fn uses_of(&self, value: &Value) -> Uses {
        let Some(text) = string(value).filter(|text| text.contains('$')) else { return Uses::None };
        let is_unknown = pieces(text).any(|piece| match piece {
            Piece::Variable(name) => matches!(self.0.get(name), Some(Meaning::Unknown)),
            Piece::Text(_) => false,
        });
        if is_unknown { Uses::Unknown } else { Uses::Known }
    }

    fn expand(&self, value: &mut Value) {
        if let Some(items) = value.items_mut() {
            for item in items {
                self.expand_text(item);
            }
        } else if let Some(entries) = value.entries_mut() {
            for (_, value) in entries {
                self.expand_text(value);
            }
        } else {
            self.expand_text(value);
        }
    }

    /// A text that is nothing but a variable becomes a number if that is one.
    fn expand_text(&self, value: &mut Value) {
        let Some(text) = string(value).filter(|text| text.contains('$')) else { return };
        let mut expanded = String::new();
        let mut whole = None;
        for piece in pieces(text) {
            match piece {
                Piece::Text(text) => expanded.push_str(text),
                Piece::Variable(name) => match self.0.get(name) {
                    Some(Meaning::Scalar(scalar)) => {
                        expanded.push_str(&scalar.text);
                        whole =
                            Some(scalar.clone()).filter(|_| name.len() + "$()".len() == text.len());
                    }
                    _ => expanded.extend(["$(", name, ")"]),
                },
            }
        }
        *value = whole.map_or_else(|| Value::string(expanded), Value::Scalar);
    }
}

/// A value's text, if it is a string.
fn string(value: &Value) -> Option<&str> {
    match value {
        Value::Scalar(scalar) if Plain::of_scalar(scalar) == Plain::Text => Some(&scalar.text),
        _ => None,
    }
}

/// A piece of a text.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'t> {
    Text(&'t str),
    /// The name in `$(NAME)`.
    Variable(&'t str),
}

/// The pieces of `text`, in which `$$` stands for a dollar sign.
fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let dollar = rest.find('$').unwrap_or(rest.len());
        if dollar > 0 {
            let (before, after) = rest.split_at(dollar);
            rest = after;
            return Some(Piece::Text(before));
        }
        if rest.is_empty() {
            return None;
        }
        if let Some((name, after)) = rest.strip_prefix("$(").and_then(|rest| rest.split_once(')')) {
            rest = after;
            return Some(Piece::Variable(name));
        }
        let (dollar, after) = match rest.strip_prefix("$$") {
            Some(after) => ("$", after),
            None => rest.split_at(1),
        };
        rest = after;
        Some(Piece::Text(dollar))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_as_kustomize_reads_them() {
        use Piece::{Text, Variable};
        for (text, read) in [
            ("x-$(A)-y", &[Text("x-"), Variable("A"), Text("-y")][..]),
            ("$(A)$(B)", &[Variable("A"), Variable("B")]),
            ("$$(A)", &[Text("$"), Text("(A)")]),
            ("$x $", &[Text("$"), Text("x "), Text("$")]),
            ("$(", &[Text("$"), Text("(")]),
            ("", &[]),
        ] {
            assert_eq!(pieces(text).collect::<Vec<_>>(), read, "{text}");
        }
    }
}
