//! Lists whose items are told apart by a key.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{DIRECTIVE, Directive, Fate, Origin, Result, Shape, added};
use crate::kustomize::Value;
use crate::kustomize::patch::Failure;

/// How many items a list may have if it takes two keys to tell them apart: each is compared with each.
const MAX_PAIRED: usize = 1000;

/// Merges a list; one without a key is replaced as a whole.
pub(super) fn merge(base: &mut Value, origin: Origin<'_>, shape: &'static Shape) -> Result<Fate> {
    let is_merged = matches!(shape, Shape::Keyed(..) | Shape::Set);
    let list = match origin {
        Origin::Patch(patch) if !is_merged => return Ok(Fate::Replaced(patch.clone())),
        Origin::Patch(patch) => patch,
        Origin::Itself if is_merged => &*base,
        _ => return merge_items(base, origin, shape),
    };
    let Some((directive, rest)) = directive(list.items())? else {
        return merge_items(base, origin, shape);
    };
    match (directive, origin) {
        (Directive::Delete, _) => Ok(Fate::Cleared),
        (Directive::Merge, Origin::Patch(_)) => {
            merge_items(base, Origin::Patch(&Value::of_items(rest)), shape)
        }
        _ => {
            let mut value = Value::of_items(rest);
            merge_items(&mut value, Origin::Itself, shape)?;
            Ok(Fate::Replaced(value))
        }
    }
}

/// The directive for the list itself, in an item of its own, and the list without it.
fn directive(items: &[Value]) -> Result<Option<(Directive, Vec<Value>)>> {
    let Some(item) = items.iter().find(|item| item.get(DIRECTIVE).is_some()) else {
        return Ok(None);
    };
    if item.entries().len() > 1 {
        return Ok(None);
    }
    let is_same = |other: &&Value| other.get(DIRECTIVE) != item.get(DIRECTIVE);
    let directive = Directive::of(item)?;
    Ok(directive.map(|directive| (directive, items.iter().filter(is_same).cloned().collect())))
}

/// Merges a list whose directive was carried out.
pub(super) fn merge_items(
    base: &mut Value,
    origin: Origin<'_>,
    shape: &'static Shape,
) -> Result<Fate> {
    let Some(items) = base.items_mut() else { return Ok(Fate::Kept) };
    match shape {
        Shape::Any | Shape::Object(_) => {}
        Shape::Set => unite(items, origin),
        Shape::Keyed([key], item) => merge_keyed(items, origin, key, item)?,
        Shape::Keyed(keys, item) => Paired { keys, item }.merge(items, origin)?,
    }
    Ok(Fate::Kept)
}

/// The patch's scalars, then those of the base that it lacks.
fn unite(items: &mut Vec<Value>, origin: Origin<'_>) {
    let patch = if let Origin::Patch(patch) = origin { patch.items() } else { &[] };
    let mut seen = HashSet::new();
    let all = patch.iter().chain(&*items);
    let united = all.filter(|item| seen.insert(item.text())).cloned().collect();
    *items = united;
}

/// Whether no scalar is there twice.
pub(super) fn is_set(items: &[Value]) -> bool {
    let mut seen = HashSet::new();
    items.iter().all(|item| seen.insert(item.text()))
}

/// Whether every item has a key of its own, and is settled itself.
pub(super) fn is_settled(items: &[Value], key: &str, shape: &'static Shape) -> bool {
    let mut seen = HashSet::new();
    items.iter().all(|item| {
        item.get(key)
            .and_then(Value::text)
            .is_some_and(|value| !value.is_empty() && seen.insert(value))
            && super::is_settled(item, shape)
    })
}

/// The patch's items in its order, each merged with the base's of its key, then the base's others.
fn merge_keyed(
    base: &mut Vec<Value>,
    origin: Origin<'_>,
    key: &str,
    shape: &'static Shape,
) -> Result<()> {
    let patch = if let Origin::Patch(patch) = origin { patch.items() } else { &[] };
    let patch_keys = keys(patch, key)?;
    let base_keys = keys(base, key)?;
    let mut order = Vec::new();
    let mut seen = HashSet::new();
    for name in patch_keys.iter().chain(&base_keys) {
        if seen.insert(name) {
            order.push(name);
        }
    }
    let first_in_patch = firsts(&patch_keys);
    let first_in_base = firsts(&base_keys);
    let last_in_base: HashMap<_, _> =
        base_keys.iter().enumerate().map(|(index, name)| (name, index)).collect();
    let mut merged = Vec::with_capacity(order.len());
    for name in order {
        let item = first_in_patch.get(name).map(|index| &patch[*index]);
        let Some(first) = first_in_base.get(name) else {
            merged.extend(item.map(|item| added(item, shape)).transpose()?.flatten());
            continue;
        };
        let origin = match origin {
            Origin::Patch(_) => item.map_or(Origin::Absent, Origin::Patch),
            other => other,
        };
        // An item that is to be replaced stays, and of several with one key the last does.
        if !matches!(super::merge(&mut base[*first], origin, shape)?, Fate::Cleared) {
            merged.push(base[last_in_base[name]].clone());
        }
    }
    *base = merged;
    Ok(())
}

fn keys(items: &[Value], key: &str) -> Result<Vec<Arc<str>>> {
    let keys = items.iter().map(|item| match item.get(key) {
        Some(Value::Scalar(scalar)) if !scalar.text.is_empty() => Ok(Arc::clone(&scalar.text)),
        _ => Err(Failure::Unknown(format!(
            "a list that is merged by `{key}` has an item without it"
        ))),
    });
    keys.collect()
}

fn firsts(keys: &[Arc<str>]) -> HashMap<&Arc<str>, usize> {
    keys.iter().enumerate().rev().map(|(index, key)| (key, index)).collect()
}

/// A list that takes two keys to tell its items apart, such as ports.
struct Paired {
    keys: &'static [&'static str],
    item: &'static Shape,
}

/// An item's values of some keys, empty where it has none.
type Values = Vec<Arc<str>>;

impl Paired {
    fn merge(&self, base: &mut Vec<Value>, origin: Origin<'_>) -> Result<()> {
        let patch = if let Origin::Patch(patch) = origin { patch.items() } else { &[] };
        if base.len() + patch.len() > MAX_PAIRED {
            let message = format!("a list of ports must not have more than {MAX_PAIRED} items");
            return Err(Failure::Unknown(message));
        }
        keys(base, self.keys[0])?;
        keys(patch, self.keys[0])?;
        let pairs = self.pairs(patch.iter().chain(&*base));
        let used = self.used(&pairs);
        let mut patch = patch.to_vec();
        let mut merged = Vec::new();
        for pair in &pairs {
            let value = self.merge_pair(base, &mut patch, pair, origin)?;
            let values: Values = used.iter().map(|index| Arc::clone(&pair[*index])).collect();
            match value {
                Some(value) => self.put(&mut merged, value, &used, &values),
                None => base.retain(|item| !self.has(item, &used, &values)),
            }
        }
        for item in &*base {
            let values = used.iter().filter_map(|index| item.get(self.keys[*index])?.text());
            let values: Values = values.map(Arc::from).collect();
            if used.len() > 1 {
                merged.retain(|other| !self.has(other, &used, &values));
            }
            self.put(&mut merged, item.clone(), &used, &values);
        }
        *base = merged;
        Ok(())
    }

    /// Merges the first items that have the values of `pair`. A directive is carried out once: the
    /// next that comes across its item finds none.
    fn merge_pair(
        &self,
        base: &mut [Value],
        patch: &mut [Value],
        pair: &Values,
        origin: Origin<'_>,
    ) -> Result<Option<Value>> {
        let item = patch.iter_mut().find(|item| self.is(item, pair)).map(|item| {
            let whole = item.clone();
            item.remove(DIRECTIVE);
            whole
        });
        let Some(own) = base.iter_mut().find(|item| self.is(item, pair)) else {
            return item.map_or(Ok(None), |item| added(&item, self.item));
        };
        let origin = match (origin, &item) {
            (Origin::Patch(_), Some(item)) => Origin::Patch(item),
            (Origin::Patch(_), None) => Origin::Absent,
            (other, _) => other,
        };
        match super::merge(own, origin, self.item)? {
            Fate::Kept => Ok(Some(own.clone())),
            Fate::Replaced(value) => Ok(Some(value)),
            Fate::Cleared => {
                own.remove(DIRECTIVE);
                Ok(None)
            }
        }
    }

    /// The keys' values of all `items`, once each; of two that differ only in that one lacks a value,
    /// both get it.
    fn pairs<'v>(&self, items: impl Iterator<Item = &'v Value>) -> Vec<Values> {
        let mut pairs: Vec<Values> = Vec::new();
        for item in items {
            let value = |key: &&str| item.get(key).and_then(Value::text).unwrap_or_default().into();
            let pair = self.keys.iter().map(value).collect();
            if !pairs.contains(&pair) {
                pairs.push(pair);
            }
        }
        for first in 0..pairs.len() {
            for second in 0..pairs.len() {
                if let Some(joint) = joint(&pairs[first], &pairs[second]) {
                    pairs[first].clone_from(&joint);
                    pairs[second] = joint;
                }
            }
        }
        pairs
    }

    /// The keys for which any item has a value.
    fn used(&self, pairs: &[Values]) -> Vec<usize> {
        (0..self.keys.len()).filter(|key| pairs.iter().any(|pair| !pair[*key].is_empty())).collect()
    }

    /// Whether `item` has the values of `pair` that are not empty.
    fn is(&self, item: &Value, pair: &Values) -> bool {
        self.keys.iter().zip(pair).all(|(key, value)| {
            value.is_empty() || item.get(key).and_then(Value::text) == Some(value)
        })
    }

    /// Whether `item` has all `values`, of which an empty one stands for any, and a missing one for
    /// none in particular.
    fn has(&self, item: &Value, used: &[usize], values: &Values) -> bool {
        used.iter().zip(values).all(|(key, value)| {
            let own = item.get(self.keys[*key]).and_then(Value::text);
            own.is_some_and(|own| value.is_empty() || own == &**value)
        })
    }

    fn put(&self, items: &mut Vec<Value>, item: Value, used: &[usize], values: &Values) {
        let mut is_found = false;
        for other in items.iter_mut().filter(|other| self.has(other, used, values)) {
            other.clone_from(&item);
            is_found = true;
        }
        if !is_found {
            items.push(item);
        }
    }
}

fn joint(first: &Values, second: &Values) -> Option<Values> {
    let is_common = first.iter().zip(second).any(|(first, second)| first == second);
    let both = first.iter().zip(second).map(|(first, second)| {
        let longer = if first.is_empty() { second } else { first };
        let fits = first == second || first.is_empty() || second.is_empty();
        fits.then(|| Arc::clone(longer))
    });
    if is_common { both.collect() } else { None }
}
