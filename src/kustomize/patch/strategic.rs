//! Strategic merge, as kustomize does it (`merge2` of kyaml), which is not as the API server does it.

mod list;

use std::collections::HashMap;
use std::sync::Arc;

use super::schema::Shape;
use super::{Failure, Outcome};
use crate::kustomize::Value;

type Result<T> = std::result::Result<T, Failure>;

/// The key of a directive: `delete`, `merge` or `replace`.
const DIRECTIVE: &str = "$patch";

/// What a patch may change of a resource's identity; kustomize's `options` of a patch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Allowed {
    pub(crate) name_change: bool,
    pub(crate) kind_change: bool,
}

/// Applies `patch` to `resource`, which keeps its `apiVersion`, its namespace and, unless it is
/// `allowed` to change them, its kind and its name.
///
/// # Errors
///
/// Returns an error if the two do not fit together, or if what kustomize makes of them is not
/// followed here; the resource is left as it was.
pub(crate) fn apply(resource: &mut Value, patch: &Value, allowed: Allowed) -> Result<Outcome> {
    let kept = |path: &[&str]| resource.at(path.iter().copied()).cloned();
    let identity = [
        (&["apiVersion"][..], kept(&["apiVersion"]), false),
        (&["kind"], kept(&["kind"]), allowed.kind_change),
        (&["metadata", "name"], kept(&["metadata", "name"]), allowed.name_change),
        (&["metadata", "namespace"], kept(&["metadata", "namespace"]), false),
    ];
    // A resource that is to be replaced is left as it is: kustomize drops what it makes of it.
    let mut merged = resource.clone();
    let fate = merge(&mut merged, Origin::Patch(patch), &Shape::Any)?;
    if matches!(fate, Fate::Cleared) || merged.entries().is_empty() {
        return Ok(Outcome::Deleted);
    }
    *resource = merged;
    for (path, value, _) in identity.into_iter().filter(|(.., may_change)| !may_change) {
        restore(resource, path, value);
    }
    Ok(Outcome::Kept)
}

/// `patch` as kustomize applies it to what a target selects, and from `patchesStrategicMerge`: its labels
/// and annotations have become texts, null too, and where there are none, the mapping is gone.
pub(crate) fn with_texts(patch: &Value) -> Value {
    let mut patch = with_annotation_texts(patch);
    write_texts(&mut patch, "labels");
    patch
}

/// The same for annotations alone.
pub(crate) fn with_annotation_texts(patch: &Value) -> Value {
    let mut patch = patch.clone();
    write_texts(&mut patch, "annotations");
    patch
}

fn write_texts(patch: &mut Value, key: &str) {
    let Some(metadata) = patch.get_mut("metadata") else { return };
    let Some(pairs) = metadata.get_mut(key) else { return };
    if pairs.entries().is_empty() {
        metadata.remove(key);
        return;
    }
    for (_, value) in pairs.entries_mut().into_iter().flatten() {
        let text = value.text().unwrap_or("null");
        *value = Value::string(text);
    }
}

/// Sets what is at `path`, or removes it if it was not there.
fn restore(resource: &mut Value, path: &[&str], value: Option<Value>) {
    let [parents @ .., key] = path else { return };
    let mut parent = resource;
    for name in parents {
        if !matches!(parent.get(name), Some(Value::Mapping(_))) {
            if value.is_none() {
                return;
            }
            parent.set(name, Value::mapping());
        }
        let Some(child) = parent.get_mut(name) else { return };
        parent = child;
    }
    if parent.get(key) == value.as_ref() {
        return;
    }
    match value {
        Some(value) => parent.set(key, value),
        None => drop(parent.remove(key)),
    }
}

/// What a value is merged with.
#[derive(Debug, Clone, Copy)]
enum Origin<'p> {
    /// Nothing: the patch does not say it. Even so kustomize goes through its keyed lists.
    Absent,
    /// The patch's value.
    Patch(&'p Value),
    /// The value itself, which comes from the patch: its nulls and directives are carried out.
    Itself,
}

/// What becomes of a value.
#[derive(Debug)]
enum Fate {
    /// It was changed in place, or not at all.
    Kept,
    /// Another takes its place.
    Replaced(Value),
    /// It goes.
    Cleared,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Directive {
    Delete,
    Merge,
    Replace,
}

impl Directive {
    /// The directive that `value` gives, if it is a mapping that gives one.
    fn of(value: &Value) -> Result<Option<Self>> {
        let Some(directive) = value.get(DIRECTIVE) else { return Ok(None) };
        match directive.text() {
            Some("delete") => Ok(Some(Self::Delete)),
            Some("merge") => Ok(Some(Self::Merge)),
            Some("replace") => Ok(Some(Self::Replace)),
            other => {
                let other = other.unwrap_or_default();
                let message = format!("`$patch` must be delete, merge or replace, not '{other}'");
                Err(Failure::Refused(message))
            }
        }
    }
}

fn merge(base: &mut Value, origin: Origin<'_>, shape: &'static Shape) -> Result<Fate> {
    match (&*base, origin) {
        (_, Origin::Absent) if is_settled(base, shape) => Ok(Fate::Kept),
        (_, Origin::Patch(Value::Null)) | (Value::Null, Origin::Itself) => Ok(Fate::Cleared),
        (Value::Null, Origin::Patch(patch)) => {
            Ok(added(patch, shape)?.map_or(Fate::Cleared, Fate::Replaced))
        }
        (Value::Mapping(_), Origin::Patch(Value::Mapping(_)) | Origin::Absent | Origin::Itself) => {
            merge_mapping(base, origin, shape)
        }
        (
            Value::Sequence(_),
            Origin::Patch(Value::Sequence(_)) | Origin::Absent | Origin::Itself,
        ) => list::merge(base, origin, shape),
        (Value::Scalar(_), Origin::Patch(patch @ Value::Scalar(_))) => {
            Ok(Fate::Replaced(patch.clone()))
        }
        (_, Origin::Patch(patch)) => {
            let message = format!("{} must not be patched with {}", noun(base), noun(patch));
            Err(Failure::Refused(message))
        }
        _ => Ok(Fate::Kept),
    }
}

fn noun(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Scalar(_) => "a scalar",
        Value::Sequence(_) => "a list",
        Value::Mapping(_) => "a mapping",
    }
}

/// Whether going through the value's keyed lists changes nothing.
fn is_settled(value: &Value, shape: &'static Shape) -> bool {
    match shape {
        Shape::Any => true,
        Shape::Set => list::is_set(value.items()),
        Shape::Object(_) => {
            value.entries().iter().all(|(key, value)| is_settled(value, shape.field(key)))
        }
        Shape::Keyed(keys, item) => list::is_settled(value.items(), keys[0], item),
    }
}

/// The patch's value where there was none.
fn added(patch: &Value, shape: &'static Shape) -> Result<Option<Value>> {
    let mut value = patch.clone();
    let fate = match &value {
        // Here a directive of the list itself is an item like any other.
        Value::Sequence(_) => list::merge_items(&mut value, Origin::Itself, shape)?,
        // An unknown directive is a key like any other.
        Value::Mapping(_) if Directive::of(patch).is_err() => {
            merge_entries(&mut value, Origin::Itself, shape)?
        }
        _ => merge(&mut value, Origin::Itself, shape)?,
    };
    Ok(match fate {
        Fate::Kept => Some(value),
        Fate::Replaced(value) => Some(value),
        Fate::Cleared => None,
    })
}

fn merge_mapping(base: &mut Value, origin: Origin<'_>, shape: &'static Shape) -> Result<Fate> {
    let directive = match origin {
        Origin::Absent => None,
        Origin::Patch(patch) => Directive::of(patch)?,
        Origin::Itself => Directive::of(base)?,
    };
    match (directive, origin) {
        (Some(Directive::Delete), _) => return Ok(Fate::Cleared),
        (Some(Directive::Replace), Origin::Patch(patch)) => {
            let mut value = patch.clone();
            value.remove(DIRECTIVE);
            merge_entries(&mut value, Origin::Itself, shape)?;
            return Ok(Fate::Replaced(value));
        }
        (Some(_), _) => drop(base.remove(DIRECTIVE)),
        (None, _) => {}
    }
    merge_entries(base, origin, shape)
}

/// Merges key by key: first the base's, in its order, then the patch's new ones.
fn merge_entries(base: &mut Value, origin: Origin<'_>, shape: &'static Shape) -> Result<Fate> {
    let patch = if let Origin::Patch(patch) = origin { patch.entries() } else { &[] };
    let shape = own_shape(base, origin).unwrap_or(shape);
    let mut rest: HashMap<&str, &Value> =
        patch.iter().map(|(key, value)| (&**key, value)).collect();
    if matches!(origin, Origin::Patch(_)) {
        // It was carried out.
        rest.remove(DIRECTIVE);
    }
    let Some(entries) = base.entries_mut() else { return Ok(Fate::Kept) };
    for (key, mut value) in std::mem::take(entries) {
        let origin = match origin {
            Origin::Patch(_) => rest.remove(&*key).map_or(Origin::Absent, Origin::Patch),
            other => other,
        };
        match merge(&mut value, origin, shape.field(&key))? {
            Fate::Kept => entries.push((key, value)),
            Fate::Replaced(new) => entries.push((key, written_like(new, &value))),
            Fate::Cleared => {}
        }
    }
    for (key, value) in patch {
        if rest.contains_key(&**key)
            && let Some(value) = added(value, shape.field(key))?
        {
            entries.push((Arc::clone(key), value));
        }
    }
    Ok(Fate::Kept)
}

/// The shape of a value that says its kind. A patch with a target may say another than the base: that
/// does not count.
fn own_shape(base: &Value, origin: Origin<'_>) -> Option<&'static Shape> {
    match origin {
        Origin::Patch(patch) if base.get("kind").is_none() => Shape::of(patch),
        _ => Shape::of(base),
    }
}

/// A new scalar is written in the old one's style: what replaces a quoted text is a string.
fn written_like(new: Value, old: &Value) -> Value {
    match (new, old) {
        (Value::Scalar(mut new), Value::Scalar(old)) => {
            new.is_quoted |= old.is_quoted;
            Value::Scalar(new)
        }
        (new, _) => new,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::read;
    use super::*;

    const DEPLOYMENT: &str = "apiVersion: apps/v1, kind: Deployment, metadata: {name: web}";

    fn merged(base: &str, patch: &str) -> Result<Value> {
        let mut value = read(base);
        apply(&mut value, &read(patch), Allowed::default()).map(|_| value)
    }

    /// What a Deployment's pod is after a patch.
    fn pod(base: &str, patch: &str) -> Result<Value> {
        let whole = |spec: &str| format!("{{{DEPLOYMENT}, spec: {{template: {{spec: {spec}}}}}}}");
        let merged = merged(&whole(base), &whole(patch))?;
        Ok(merged.at(["spec", "template", "spec"]).cloned().unwrap_or(Value::Null))
    }

    /// What the variables of a Deployment's one container are after a patch.
    fn env(base: &str, patch: &str) -> Result<Value> {
        let whole = |env: &str| format!("{{containers: [{{name: c, env: {env}}}]}}");
        let pod = pod(&whole(base), &whole(patch))?;
        Ok(pod.get("containers").unwrap().items()[0].get("env").cloned().unwrap_or(Value::Null))
    }

    #[test]
    fn items_of_the_patch_come_first() {
        for (base, patch, result) in [
            (
                "[{name: A}, {name: B}]",
                "[{name: C}, {name: B}]",
                "[{name: C}, {name: B}, {name: A}]",
            ),
            (
                "[{name: A, value: x}]",
                "[{name: A, valueFrom: {k: v}}]",
                "[{name: A, value: x, valueFrom: {k: v}}]",
            ),
            ("null", "[{name: A}, {name: A, value: x}]", "[{name: A, value: x}]"),
            // Of the base's items with one name the last stays, even where the first is patched.
            ("[{name: A, v: 1}, {name: A, v: 2}]", "[{name: A, v: 3}]", "[{name: A, v: 2}]"),
            ("[{name: A, v: 1}, {name: A, v: 2}]", "[{name: B}]", "[{name: B}, {name: A, v: 2}]"),
        ] {
            assert_eq!(env(base, patch).unwrap(), read(result), "{base} {patch}");
        }
    }

    #[test]
    fn directives_are_carried_out() {
        for (base, patch, result) in [
            ("[{name: A}, {name: B}]", "[{name: A, $patch: delete}]", "[{name: B}]"),
            ("[{name: A}]", "[{name: A, $patch: delete}]", "[]"),
            ("[{name: A}]", "[{$patch: replace}, {name: B}]", "[{name: B}]"),
            ("[{name: A}]", "[{$patch: delete}]", "null"),
            ("[{name: A}]", "[{$patch: merge}, {name: B}]", "[{name: B}, {name: A}]"),
            // An item cannot be replaced.
            (
                "[{name: A, value: x}]",
                "[{name: A, $patch: replace, v: y}]",
                "[{name: A, value: x}]",
            ),
        ] {
            assert_eq!(env(base, patch).unwrap(), read(result), "{base} {patch}");
        }
        assert!(matches!(env("[{name: A}]", "[{name: A, $patch: x}]"), Err(Failure::Refused(_))));
        let pod =
            pod("{a: {b: c}, d: {e: f}}", "{a: {$patch: replace, x: 'y'}, d: {$patch: delete}}");
        assert_eq!(pod.unwrap(), read("{a: {x: 'y'}}"));
    }

    #[test]
    fn lists_without_a_key_are_replaced() {
        let base =
            "{containers: [{name: c, envFrom: [{a: b}], args: [x]}], tolerations: [{key: k}]}";
        let patch = "{containers: [{name: c, envFrom: [{c: d}], args: [{$patch: delete}]}]}";
        let result = "{containers: [{name: c, envFrom: [{c: d}], args: [{$patch: delete}]}], \
                      tolerations: [{key: k}]}";
        assert_eq!(pod(base, patch).unwrap(), read(result));
    }

    #[test]
    fn lists_of_unknown_kinds_are_replaced() {
        for kind in ["argoproj.io/v1alpha1, kind: Rollout", "apps/v1beta1, kind: Deployment"] {
            let whole = |name: &str| {
                format!(
                    "{{apiVersion: {kind}, spec: {{template: {{spec: {{containers: [{{name: {name}}}]}}}}}}}}"
                )
            };
            assert_eq!(merged(&whole("a"), &whole("b")).unwrap(), read(&whole("b")));
        }
    }

    #[test]
    fn ports_are_told_apart_by_number_and_protocol() {
        let whole = |ports: &str| format!("{{containers: [{{name: c, ports: {ports}}}]}}");
        let base =
            "[{containerPort: 1}, {containerPort: 2, protocol: UDP}, {containerPort: 3, name: x}]";
        let patch =
            "[{containerPort: 3, name: z}, {containerPort: 4}, {containerPort: 2, protocol: TCP}]";
        let result = "[{containerPort: 4}, {containerPort: 2, protocol: TCP}, {containerPort: 1}, \
                      {containerPort: 2, protocol: UDP}, {containerPort: 3, name: z}]";
        assert_eq!(pod(&whole(base), &whole(patch)).unwrap(), read(&whole(result)));
    }

    #[test]
    fn null_deletes_what_the_base_has_and_what_the_patch_adds() {
        let base = "{kind: ConfigMap, a: {x: '1'}, b: null, c: {d: null}}";
        let patch = "{a: {x: null}, n: {x: null, l: [null]}, m: null}";
        let result = "{kind: ConfigMap, a: {}, b: null, c: {d: null}, n: {l: [null]}}";
        assert_eq!(merged(base, patch).unwrap(), read(result));
    }

    #[test]
    fn a_quoted_text_stays_one() {
        let base = "{kind: ConfigMap, data: {a: 'x', b: x, c: '1'}}";
        let patch = "{data: {a: 3, b: 3, c: true}}";
        let result = "{kind: ConfigMap, data: {a: '3', b: 3, c: 'true'}}";
        assert_eq!(merged(base, patch).unwrap(), read(result));
    }

    #[test]
    fn a_resource_keeps_its_identity() {
        let base = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}";
        let patch =
            "{apiVersion: v2, kind: Other, metadata: {name: b, namespace: n, labels: {l: m}}}";
        let result = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, labels: {l: m}}}";
        assert_eq!(merged(base, patch).unwrap(), read(result));
        let mut renamed = read(base);
        let allowed = Allowed { name_change: true, kind_change: true };
        apply(&mut renamed, &read(patch), allowed).unwrap();
        assert_eq!(renamed.at(["metadata", "name"]).unwrap().text(), Some("b"));
        assert_eq!(renamed.get("kind").unwrap().text(), Some("Other"));
        assert_eq!(merged(base, "{metadata: null}").unwrap(), read(base));
    }

    #[test]
    fn labels_of_a_patch_with_a_target_are_texts() {
        let patch = "{metadata: {labels: {a: null, b: 1}, annotations: {}}, data: {a: null}}";
        let texts = "{metadata: {labels: {a: 'null', b: '1'}}, data: {a: null}}";
        assert_eq!(with_texts(&read(patch)), read(texts));
        assert_eq!(with_texts(&read("{metadata: {annotations: null}}")), read("{metadata: {}}"));
    }

    #[test]
    fn a_resource_can_be_deleted_and_not_be_replaced() {
        let mut base = read("{kind: ConfigMap, data: {a: b}}");
        let patch = read("{$patch: replace, data: {c: d}}");
        assert_eq!(apply(&mut base, &patch, Allowed::default()), Ok(Outcome::Kept));
        assert_eq!(base, read("{kind: ConfigMap, data: {a: b}}"));
        let patch = read("{$patch: delete}");
        assert_eq!(apply(&mut base, &patch, Allowed::default()), Ok(Outcome::Deleted));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for (base, patch) in [
            ("{a: {b: c}}", "{a: d}"),
            ("{a: [b]}", "{a: d}"),
            ("{a: b}", "{a: [d]}"),
            ("{a: b}", "{a: {c: d}}"),
        ] {
            assert!(matches!(merged(base, patch), Err(Failure::Refused(_))), "{base} {patch}");
        }
    }

    #[test]
    fn a_patch_that_fails_changes_nothing() {
        let base = "{kind: ConfigMap, metadata: {name: a}, data: {a: b}, list: [x]}";
        let mut value = read(base);
        let patch = read("{metadata: {name: c}, data: {a: c}, list: {}}");
        assert!(apply(&mut value, &patch, Allowed::default()).is_err());
        assert_eq!(value, read(base));
    }

    #[test]
    fn what_nobody_means_is_not_followed() {
        for (base, patch) in [
            ("[{value: x}]", "[{name: A}]"),
            ("[{name: A}]", "[{value: x}]"),
            ("null", "[{$patch: replace}, {name: A}]"),
        ] {
            assert!(matches!(env(base, patch), Err(Failure::Unknown(_))), "{base} {patch}");
        }
    }
}
