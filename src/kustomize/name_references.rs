//! Follows the renaming of resources: whoever named one before names it still.

use std::collections::HashMap;
use std::sync::Arc;

use super::configuration::NameReference;
use super::error::BuildError;
use super::field_spec::FieldSpec;
use super::kustomization::Kustomization;
use super::layer::Layer;
use super::resource::Resource;
use super::value::Value;

/// Puts the present names of resources where their former ones stand.
///
/// # Errors
///
/// Returns an error if a name may stand for several resources.
pub(super) fn fix(layer: &mut Layer, kustomization: &Kustomization) -> Result<(), BuildError> {
    let configuration = layer.configuration.clone();
    for reference in configuration.name_references() {
        let candidates = candidates(&layer.resources, reference);
        if candidates.is_empty() {
            continue;
        }
        for index in 0..layer.resources.len() {
            let referrer = layer.resources[index].clone();
            let fields = reference.fields.iter();
            let fields = fields.filter(|field| field.selector.matches(referrer.gvk()));
            for field in fields.filter(|field| field.is_in(referrer.value())) {
                let search = Search { referrer: &referrer, candidates: &candidates };
                let renamed = search.renamed(field, kustomization)?;
                if !renamed.is_empty() {
                    let resource = layer.resource_mut(index);
                    resource
                        .change(|value| field.change(value, &mut |value| rename(value, &renamed)));
                }
            }
        }
    }
    Ok(())
}

type Candidates = HashMap<Arc<str>, Vec<Arc<Resource>>>;

/// The resources that the fields may name, by the names that they had.
fn candidates(resources: &[Arc<Resource>], reference: &NameReference) -> Candidates {
    let mut candidates = Candidates::new();
    for resource in resources {
        let previous = resource.previous_ids();
        if !previous.iter().any(|id| reference.target.matches(&id.gvk)) {
            continue;
        }
        for (index, id) in previous.iter().enumerate() {
            if previous[..index].iter().all(|earlier| earlier.name != id.name) {
                candidates.entry(id.name.clone()).or_default().push(resource.clone());
            }
        }
    }
    candidates
}

/// Who looks for the resource that it names.
struct Search<'s> {
    referrer: &'s Resource,
    candidates: &'s Candidates,
}

impl Search<'_> {
    /// What the names in `field` must become, if anything.
    fn renamed(
        &self,
        field: &FieldSpec,
        kustomization: &Kustomization,
    ) -> Result<HashMap<Arc<str>, Arc<Resource>>, BuildError> {
        let mut names = Vec::new();
        field.each(self.referrer.value(), &mut |value| match value {
            Value::Sequence(items) => names.extend(items.iter().filter_map(name)),
            other => names.extend(name(other)),
        });
        let mut renamed = HashMap::new();
        for name in names {
            let target = self.target(name).map_err(|count| {
                let message = format!(
                    "{} names `{}`, which may stand for {count} resources",
                    self.referrer.id(),
                    name.escape_debug()
                );
                BuildError::of_file(&kustomization.file, message)
            })?;
            if let Some(target) = target.filter(|target| *target.id().name != *name) {
                renamed.insert(Arc::from(name), target.clone());
            }
        }
        Ok(renamed)
    }

    /// The one resource that was called `name`; or how many there are.
    fn target(&self, name: &str) -> Result<Option<&Arc<Resource>>, usize> {
        let Some(all) = self.candidates.get(name) else { return Ok(None) };
        let near: Vec<_> = all.iter().filter(|candidate| self.is_near(candidate)).collect();
        if let [only] = near[..] {
            return Ok(Some(only));
        }
        let alike = near.into_iter().filter(|candidate| self.is_renamed_alike(candidate));
        match &alike.collect::<Vec<_>>()[..] {
            [] => Ok(None),
            [first, rest @ ..] if rest.iter().all(|other| other.id().name == first.id().name) => {
                Ok(Some(first))
            }
            many => Err(many.len()),
        }
    }

    fn is_near(&self, candidate: &Resource) -> bool {
        let (own, other) = (self.referrer.id(), candidate.id());
        own.gvk.is_cluster_scoped()
            || other.gvk.is_cluster_scoped()
            || own.effective_namespace() == other.effective_namespace()
    }

    /// Whether the same has been put around the names of both, as far as both have been through the
    /// same layers.
    fn is_renamed_alike(&self, candidate: &Resource) -> bool {
        let is_alike = |one: &[Arc<str>], other: &[Arc<str>]| {
            one.is_empty() == other.is_empty() && (one.ends_with(other) || other.ends_with(one))
        };
        is_alike(&self.referrer.prefixes, &candidate.prefixes)
            && is_alike(&self.referrer.suffixes, &candidate.suffixes)
    }
}

/// The name that a field holds: itself, or its `name`.
fn name(value: &Value) -> Option<&str> {
    value.text().or_else(|| value.get("name")?.text())
}

fn rename(value: &mut Value, renamed: &HashMap<Arc<str>, Arc<Resource>>) {
    if let Some(items) = value.items_mut() {
        return items.iter_mut().for_each(|item| rename_one(item, renamed));
    }
    rename_one(value, renamed);
}

fn rename_one(value: &mut Value, renamed: &HashMap<Arc<str>, Arc<Resource>>) {
    let Some(target) = name(value).and_then(|name| renamed.get(name)) else { return };
    let name = Value::string(target.id().name.clone());
    if let Value::Mapping(_) = value {
        value.set("name", name);
        if !target.id().namespace.is_empty() {
            value.set("namespace", Value::string(target.id().namespace.clone()));
        }
    } else {
        *value = name;
    }
}
