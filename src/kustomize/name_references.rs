//! Follows the renaming of resources: whoever named one before names it still.

use std::collections::HashMap;
use std::sync::Arc;

use super::configuration::{NameReference, default_name_references};
use super::error::BuildError;
use super::field_spec::FieldSpec;
use super::id::Id;
use super::kustomization::Kustomization;
use super::layer::Layer;
use super::resource::Resource;
use super::value::Value;

/// The names that a resource has in one field.
#[derive(Debug, Clone)]
pub(super) struct Named {
    /// Which of the lists of fields has it.
    list: usize,
    field: Arc<FieldSpec>,
    names: Vec<Arc<str>>,
}

impl Named {
    /// What `resource` names in the fields of `reference`.
    fn of(resource: &Resource, list: usize, reference: &NameReference) -> Vec<Self> {
        let fields = reference.fields_of(resource.gvk());
        let named = fields.map(|field| {
            let mut names = Vec::new();
            field.each(resource.value(), &mut |value| match value {
                Value::Sequence(items) => names.extend(items.iter().filter_map(name)),
                other => names.extend(name(other)),
            });
            Self { list, field: field.clone(), names: names.into_iter().map(Arc::from).collect() }
        });
        named.filter(|named| !named.names.is_empty()).collect()
    }

    /// The same for the lists that every build has.
    fn of_default(resource: &Resource) -> Vec<Self> {
        let lists = default_name_references().iter().enumerate();
        lists.flat_map(|(list, reference)| Self::of(resource, list, reference)).collect()
    }
}

/// Puts the present names of resources where their former ones stand.
///
/// # Errors
///
/// Returns an error if a name may stand for several resources.
pub(super) fn fix(layer: &mut Layer, kustomization: &Kustomization) -> Result<(), BuildError> {
    let configuration = layer.configuration.clone();
    for (list, reference) in configuration.name_references().enumerate() {
        let candidates = candidates(&layer.resources, reference);
        if candidates.is_empty() {
            continue;
        }
        for index in 0..layer.resources.len() {
            let resources = &layer.resources;
            let referrer = &*resources[index];
            let search = Search { referrer, resources, candidates: &candidates };
            let changes = if list < default_name_references().len() {
                let named = referrer.names(|| Named::of_default(referrer));
                search.changes(named.iter().filter(|named| named.list == list))
            } else {
                search.changes(&Named::of(referrer, list, reference))
            };
            let changes =
                changes.map_err(|message| BuildError::of_file(&kustomization.file, message))?;
            for (field, renamed) in changes {
                let resource = layer.resource_mut(index);
                resource.change_names(|value| {
                    field.change_present(value, &mut |value| rename(value, &renamed));
                });
            }
        }
    }
    Ok(())
}

/// The resources that had each name, by their index.
type Candidates = HashMap<Arc<str>, Vec<usize>>;

/// What becomes of names.
type Renamed = Vec<(Arc<str>, Id)>;

/// The resources that the fields may name, by the names that they had.
fn candidates(resources: &[Arc<Resource>], reference: &NameReference) -> Candidates {
    let mut candidates = Candidates::new();
    for (place, resource) in resources.iter().enumerate() {
        let previous = resource.previous_ids();
        if !previous.iter().any(|id| reference.target.matches(&id.gvk)) {
            continue;
        }
        for (index, id) in previous.iter().enumerate() {
            if previous[..index].iter().all(|earlier| earlier.name != id.name) {
                candidates.entry(id.name.clone()).or_default().push(place);
            }
        }
    }
    candidates
}

/// Who looks for the resources that it names.
struct Search<'s> {
    referrer: &'s Resource,
    resources: &'s [Arc<Resource>],
    candidates: &'s Candidates,
}

impl<'s> Search<'s> {
    /// What the names in each field must become; nothing where they may stay.
    fn changes<'n>(
        &self,
        all: impl IntoIterator<Item = &'n Named>,
    ) -> Result<Vec<(Arc<FieldSpec>, Renamed)>, String> {
        let mut changes = Vec::new();
        for Named { field, names, .. } in all {
            let renamed = self.renamed(names)?;
            if !renamed.is_empty() {
                changes.push((field.clone(), renamed));
            }
        }
        Ok(changes)
    }

    fn renamed(&self, names: &[Arc<str>]) -> Result<Renamed, String> {
        let mut renamed = Renamed::new();
        for name in names {
            let target = self.target(name).map_err(|count| {
                let (referrer, name) = (self.referrer.id(), name.escape_debug());
                format!("{referrer} names `{name}`, which may stand for {count} resources")
            })?;
            if let Some(target) = target.filter(|target| target.id().name != *name) {
                renamed.push((name.clone(), target.id().clone()));
            }
        }
        Ok(renamed)
    }

    /// The one resource that was called `name`; or how many there are.
    fn target(&self, name: &str) -> Result<Option<&'s Resource>, usize> {
        let Some(all) = self.candidates.get(name) else { return Ok(None) };
        let all = all.iter().map(|&index| &*self.resources[index]);
        let near: Vec<_> = all.filter(|candidate| self.is_near(candidate)).collect();
        if let [only] = near[..] {
            return Ok(Some(only));
        }
        let alike = near.into_iter().filter(|candidate| self.is_renamed_alike(candidate));
        match alike.collect::<Vec<_>>()[..] {
            [] => Ok(None),
            [first, ref rest @ ..]
                if rest.iter().all(|other| other.id().name == first.id().name) =>
            {
                Ok(Some(first))
            }
            ref many => Err(many.len()),
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

fn rename(value: &mut Value, renamed: &[(Arc<str>, Id)]) {
    if let Some(items) = value.items_mut() {
        return items.iter_mut().for_each(|item| rename_one(item, renamed));
    }
    rename_one(value, renamed);
}

fn rename_one(value: &mut Value, renamed: &[(Arc<str>, Id)]) {
    let Some(old) = name(value) else { return };
    let Some((_, target)) = renamed.iter().find(|(name, _)| **name == *old) else { return };
    let name = Value::string(target.name.clone());
    if let Value::Mapping(_) = value {
        value.set("name", name);
        if !target.namespace.is_empty() {
            value.set("namespace", Value::string(target.namespace.clone()));
        }
    } else {
        *value = name;
    }
}
