//! Reads the resources of a file.

use std::sync::Arc;

use super::error::BuildError;
use super::resource::{Origin, Resource};
use super::value::Value;
use crate::yaml::{self, Document, Span};

/// How many nodes a file may have once its aliases are resolved.
pub(super) const MAX_NODES: usize = 4_000_000;

/// A value that a file holds, and where.
pub(super) struct Body {
    pub(super) value: Value,
    document: usize,
    pub(super) span: Span,
}

/// The documents of `file` that are not empty.
///
/// # Errors
///
/// Returns an error if it is not YAML or JSON.
pub(super) fn bodies(file: &Arc<str>, bytes: &[u8]) -> Result<Vec<Body>, BuildError> {
    let text = text(file, bytes)?;
    let documents = documents(file, text)?;
    let mut left = MAX_NODES;
    let mut bodies = Vec::new();
    for (index, document) in documents.iter().enumerate() {
        let Some(root) = document.root().filter(|root| !root.is_null()) else { continue };
        if let Some(defect) = document.defect() {
            return Err(BuildError::at(file, defect.offset..defect.offset + 1, defect.message));
        }
        let value = Value::of_at_most(root, &mut left).ok_or_else(|| too_long(file))?;
        bodies.push(Body { value, document: index, span: root.span() });
    }
    Ok(bodies)
}

/// The text of a file.
///
/// # Errors
///
/// Returns an error if it is not UTF-8.
pub(super) fn text<'b>(file: &Arc<str>, bytes: &'b [u8]) -> Result<&'b str, BuildError> {
    str::from_utf8(bytes).map_err(|_| BuildError::of_file(file, "the file must be UTF-8"))
}

/// The documents of `text`.
///
/// # Errors
///
/// Returns the first syntax error.
pub(super) fn documents<'t>(
    file: &Arc<str>,
    text: &'t str,
) -> Result<Vec<Document<'t>>, BuildError> {
    yaml::parse_all(text, true)
        .map_err(|error| BuildError::at(file, error.offset..error.offset, error.message))
}

/// The error about a file whose aliases stand for too much.
pub(super) fn too_long(file: &Arc<str>) -> BuildError {
    BuildError::of_file(file, format!("the file must not stand for more than {MAX_NODES} values"))
        .with_help("use fewer aliases")
}

/// The resources of `file`, the items of lists among them.
///
/// # Errors
///
/// Returns an error if any document is not a resource with a name.
pub(super) fn resources(file: &Arc<str>, bytes: &[u8]) -> Result<Vec<Arc<Resource>>, BuildError> {
    let mut resources = Vec::new();
    for body in bodies(file, bytes)? {
        let place = Place { file, document: body.document, span: &body.span };
        add(&mut resources, &place, body.value, &mut Vec::new())?;
    }
    Ok(resources)
}

struct Place<'a> {
    file: &'a Arc<str>,
    document: usize,
    span: &'a Span,
}

/// Adds `value`, or the items of the list that it is; `items` says where in the lists around it is.
fn add(
    resources: &mut Vec<Arc<Resource>>,
    place: &Place<'_>,
    value: Value,
    items: &mut Vec<usize>,
) -> Result<(), BuildError> {
    let fail = |message: &str| Err(BuildError::at(place.file, place.span.clone(), message));
    let Value::Mapping(_) = value else { return fail("a resource must be a mapping") };
    let text = |value: &Value, key| value.get(key).and_then(Value::text).map(str::to_owned);
    let Some(kind) = text(&value, "kind").filter(|kind| !kind.is_empty()) else {
        return fail("a resource must have a `kind`");
    };
    if kind.ends_with("List")
        && let Some(Value::Sequence(list)) = value.get("items")
    {
        for (index, item) in list.iter().enumerate() {
            items.push(index);
            add(resources, place, item.clone(), items)?;
            items.pop();
        }
        return Ok(());
    }
    let name = value.at(["metadata", "name"]).and_then(Value::text);
    if name.is_none_or(str::is_empty) {
        return fail("a resource must have a `metadata.name`");
    }
    let Place { file, document, span } = place;
    let (file, document, span) = ((*file).clone(), *document, (*span).clone());
    let origin = Origin::Document { file, document, items: items.clone(), span };
    resources.push(Resource::new(value, origin).into());
    Ok(())
}
