//! `patches`: strategic merge patches and JSON 6902 patches, in files and inline.

use std::sync::Arc;

use serde::de::IgnoredAny;

use super::super::error::{BuildError, Touches};
use super::super::id::{Gvk, Id};
use super::super::load;
use super::super::node::Node;
use super::super::patch::strategic::Allowed;
use super::super::patch::target::Target;
use super::super::patch::{Failure, Outcome, json6902, strategic};
use super::super::resource::Resource;
use super::super::step::Step;
use super::super::value::Value;

pub(super) fn apply(step: &mut Step<'_, '_>, list: &Node) -> Result<(), BuildError> {
    for entry in list.items()? {
        entry.only(&["path", "patch", "target", "options"])?;
        apply_entry(step, "patches", entry)?;
    }
    Ok(())
}

/// Applies the patch that `entry` of the field `field` says.
pub(super) fn apply_entry(
    step: &mut Step<'_, '_>,
    field: &'static str,
    entry: &Node,
) -> Result<(), BuildError> {
    let target = entry.get("target").map(read_target).transpose()?;
    let options = entry.get("options");
    let is_allowed = |option| options.map_or(Ok(false), |options| options.flag(option));
    let allowed = Allowed {
        name_change: is_allowed("allowNameChange")?,
        kind_change: is_allowed("allowKindChange")?,
    };
    let text = match (entry.text_of("patch")?, entry.text_of("path")?) {
        (Some(patch), None) => Text::Inline(patch.clone()),
        (None, Some(path)) => Text::File(path.clone()),
        (None, None) => return Err(entry.fail("a patch must have `patch` or `path`")),
        (Some(_), Some(_)) => {
            return Err(entry.fail("a patch must not have both `patch` and `path`"));
        }
    };
    let work = Work { field, entry, allowed };
    match text.read(step, entry)? {
        Body::Merge(patches) => match target {
            Some(target) => work.merge_selected(step, &target, &patches),
            // kustomize writes such an option among the patch's annotations.
            None if allowed != Allowed::default() => patches.iter().try_for_each(|patch| {
                work.merge_named(step, &strategic::with_annotation_texts(patch))
            }),
            None => patches.iter().try_for_each(|patch| work.merge_named(step, patch)),
        },
        Body::Operations(operations) => match target {
            Some(target) => work.operate(step, &target, &operations),
            None if operations.items().is_empty() => Ok(()),
            None => Err(entry.fail("a JSON 6902 patch must have a `target`")),
        },
    }
}

/// What a patch selects.
///
/// # Errors
///
/// Returns an error if it is not a selector, or has an expression that is none.
pub(super) fn read_target(node: &Node) -> Result<Target, BuildError> {
    node.only(&[
        "group",
        "version",
        "kind",
        "name",
        "namespace",
        "labelSelector",
        "annotationSelector",
    ])?;
    Target::read(&node.value()).map_err(|message| node.fail(message))
}

/// Where the text of a patch is.
pub(super) enum Text {
    Inline(Arc<str>),
    File(Arc<str>),
}

/// What a patch says.
pub(super) enum Body {
    /// Parts of resources.
    Merge(Vec<Value>),
    /// A list of operations.
    Operations(Value),
}

impl Text {
    /// Reads it for `entry`.
    ///
    /// # Errors
    ///
    /// Returns an error if it is neither kind of patch.
    pub(super) fn read(&self, step: &mut Step<'_, '_>, entry: &Node) -> Result<Body, BuildError> {
        let (bytes, bodies) = match self {
            Self::File(path) => {
                let (file, bytes) = step.read(entry, path)?;
                let bodies = load::bodies(&file, &bytes)?;
                (bytes, bodies)
            }
            // Places within the text would be places of another text.
            Self::Inline(text) => {
                let bodies = load::bodies(&step.kustomization.file, text.as_bytes())
                    .map_err(|error| entry.fail(error.message))?;
                (text.as_bytes().into(), bodies)
            }
        };
        if bytes.starts_with(b"[") && serde_json::from_slice::<IgnoredAny>(&bytes).is_err() {
            return Err(entry.fail("a patch that begins with `[` must be JSON").with_help(
                "put quotes around keys and texts, or write each operation after a dash",
            ));
        }
        let values: Vec<Value> = bodies.into_iter().map(|body| body.value).collect();
        if let [operations @ Value::Sequence(_)] = &values[..] {
            return Ok(Body::Operations(operations.clone().in_old_yaml()));
        }
        let mut patches = Vec::new();
        for value in values {
            flatten(entry, value, &mut patches)?;
        }
        Ok(Body::Merge(patches))
    }
}

fn flatten(entry: &Node, value: Value, patches: &mut Vec<Value>) -> Result<(), BuildError> {
    let id = Id::of(&value);
    if let (true, Some(items @ Value::Sequence(_))) =
        (id.gvk.kind.ends_with("List"), value.get("items"))
    {
        return items.items().iter().try_for_each(|item| flatten(entry, item.clone(), patches));
    }
    if id.gvk.kind.is_empty() || id.name.is_empty() {
        let message = "a patch must be a list of operations, or have `kind` and `metadata.name`";
        return Err(entry.fail(message));
    }
    patches.push(value);
    Ok(())
}

/// A patch at work.
pub(super) struct Work<'w> {
    pub(super) field: &'static str,
    pub(super) entry: &'w Node,
    pub(super) allowed: Allowed,
}

impl Work<'_> {
    /// Merges `patch` into the one resource that it names.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no such resource, or more than one.
    pub(super) fn merge_named(
        &self,
        step: &mut Step<'_, '_>,
        patch: &Value,
    ) -> Result<(), BuildError> {
        let id = Id::of(patch);
        match step.layer.find(&id)[..] {
            [index] => self.merge(step, &[index], patch),
            [] if step.layer.may_lack_resources => Ok(()),
            [] => {
                let message = format!("the patch names {id}, which the build does not have");
                let help = "a patch names a resource by its `apiVersion`, `kind`, name and \
                            namespace, all as they were at one step of the build";
                Err(self.entry.fail(message).with_help(help))
            }
            _ => Err(self.entry.fail(format!("{id} may stand for several resources"))),
        }
    }

    fn merge_selected(
        &self,
        step: &mut Step<'_, '_>,
        target: &Target,
        patches: &[Value],
    ) -> Result<(), BuildError> {
        match patches {
            [] => Ok(()),
            [patch] => self.merge(step, &select(step, target), &strategic::with_texts(patch)),
            _ => Err(self.entry.fail("a patch with a `target` must be one document")),
        }
    }

    fn merge(
        &self,
        step: &mut Step<'_, '_>,
        indices: &[usize],
        patch: &Value,
    ) -> Result<(), BuildError> {
        let mut deleted = Vec::new();
        for &index in indices {
            let resource = step.layer.resource_mut(index);
            if self.allowed.name_change || self.allowed.kind_change {
                resource.remember();
            }
            let result = resource.change(|value| strategic::apply(value, patch, self.allowed));
            if clears_annotations(patch) {
                resource.forget();
            }
            match result {
                Ok(Outcome::Kept) => {}
                Ok(Outcome::Deleted) => deleted.push(index),
                Err(failure) => self.give_up(step, index, failure)?,
            }
        }
        step.layer.remove(&deleted);
        Ok(())
    }

    /// Applies `operations` to each resource that `target` selects.
    ///
    /// # Errors
    ///
    /// Returns an error if an operation fails on any of them.
    pub(super) fn operate(
        &self,
        step: &mut Step<'_, '_>,
        target: &Target,
        operations: &Value,
    ) -> Result<(), BuildError> {
        for index in select(step, target) {
            let resource = step.layer.resource_mut(index);
            resource.remember();
            let result = resource.change(|value| {
                with_annotations(value, |value| json6902::apply(value, operations))
            });
            if let Err(failure) = result {
                self.give_up(step, index, failure)?;
            }
        }
        Ok(())
    }

    fn give_up(
        &self,
        step: &mut Step<'_, '_>,
        index: usize,
        failure: Failure,
    ) -> Result<(), BuildError> {
        let resource = &step.layer.resources[index];
        let id = resource.id().clone();
        match failure {
            Failure::Refused(why) if !resource.is_open() => {
                Err(self.entry.fail(format!("the patch of {id} fails: {why}")))
            }
            Failure::Refused(why) | Failure::Unknown(why) => {
                step.layer.resource_mut(index).open();
                let message = format!("the patch of {id} is not followed: {why}");
                step.unknown(self.entry, self.field, Touches::Nothing, message);
                Ok(())
            }
        }
    }
}

/// The resources that `target` selects, by their index.
fn select(step: &Step<'_, '_>, target: &Target) -> Vec<usize> {
    let resources = step.layer.resources.iter().enumerate();
    let selected = resources.filter(|(_, resource)| is_selected(target, resource));
    selected.map(|(index, _)| index).collect()
}

/// Names and namespaces are selected as they are or as they were at first, of one step or two.
fn is_selected(target: &Target, resource: &Resource) -> bool {
    let Gvk { group, version, kind, .. } = &**resource.gvk();
    let ids = [resource.original_id(), resource.id()];
    target.has_kind(group, version, kind)
        && ids.iter().any(|id| target.has_namespace(id.effective_namespace()))
        && ids.iter().any(|id| target.has_name(&id.name))
        && target.has_metadata(resource.value())
}

/// While a patch is applied, kustomize keeps annotations of its own on every resource: the mapping is
/// there even if the resource has none.
fn with_annotations<R>(value: &mut Value, change: impl FnOnce(&mut Value) -> R) -> R {
    let metadata = |value: &mut Value, edit: fn(&mut Value)| value.get_mut("metadata").map(edit);
    metadata(value, |metadata| {
        if metadata.get("annotations").is_none_or(|value| *value == Value::Null) {
            metadata.set("annotations", Value::mapping());
        }
    });
    let result = change(value);
    metadata(value, |metadata| {
        if metadata.get("annotations").is_some_and(|value| value.entries().is_empty()) {
            metadata.remove("annotations");
        }
    });
    result
}

/// Whether `patch` deletes all annotations, and with them the notes that kustomize keeps among them.
fn clears_annotations(patch: &Value) -> bool {
    let metadata = patch.get("metadata");
    let annotations = metadata.and_then(|metadata| metadata.get("annotations"));
    let is_replaced = |value: &Value| {
        value.get("$patch").is_some_and(|directive| directive.text() != Some("merge"))
    };
    metadata.is_some_and(is_replaced)
        || annotations.is_some_and(|value| *value == Value::Null || is_replaced(value))
}

#[cfg(test)]
mod tests {
    use super::super::super::Resolver;
    use super::super::super::tests::Map;

    #[test]
    fn what_may_fit_a_resource_that_is_not_known_is_not_refused() {
        let merge = "{spec: {template: {spec: {volumes: [{$patch: replace}, {name: v}]}}}}";
        let head = "apiVersion: apps/v1, kind: Deployment, metadata: {name: web}";
        let target = "target: {kind: Deployment}";
        let files = [
            ("r.yaml", format!("{{{head}, spec: {{template: {{spec: {{}}}}}}}}")),
            ("p.yaml", format!("{{{head}, {}", &merge[1..])),
            (
                "kustomization.yaml",
                format!(
                    "resources: [r.yaml]\npatches:\n- path: p.yaml\n- {target}\n  patch: |-\n    \
                     - {{op: remove, path: /spec/template/spec/volumes/0}}\n"
                ),
            ),
        ];
        let files = Map::from(files.iter().map(|(path, text)| (*path, text.as_str())));
        let build = Resolver::new(&files).build("").unwrap();
        assert_eq!(build.unknown.len(), 2);
        assert!(build.resources[0].is_open());
        assert_eq!(&*build.resources[0].id().name, "web");
    }
}
