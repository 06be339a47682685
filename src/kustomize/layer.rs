//! The resources that one kustomization file and all below it make, and what goes with them.

use std::collections::HashSet;
use std::sync::Arc;

use super::configuration::Configuration;
use super::error::{Note, Unknown};
use super::fields::vars::Variable;
use super::id::Id;
use super::resource::Resource;

/// How many resources a build may have: bases can be used twice at each of many levels.
pub(super) const MAX_RESOURCES: usize = 200_000;

/// What one kustomization file and all below it make.
#[derive(Debug, Default, Clone)]
pub(super) struct Layer {
    pub(super) resources: Vec<Arc<Resource>>,
    /// What `configurations` say, in this file and below.
    pub(super) configuration: Arc<Configuration>,
    pub(super) variables: Vec<Arc<Variable>>,
    pub(super) unknown: Vec<Arc<Unknown>>,
    pub(super) notes: Vec<Arc<Note>>,
    /// The files that it reads itself.
    pub(super) files: Vec<Arc<str>>,
    /// The layers below, for the files that they read.
    pub(super) bases: Vec<Arc<Self>>,
    /// Whether there may be resources that are not known.
    pub(super) may_lack_resources: bool,
    /// The ids of the resources, if they have been needed since the last change of any.
    ids: Option<HashSet<Id>>,
}

/// Why a resource cannot be added.
#[derive(Debug)]
pub(super) enum Refused {
    Duplicate(Id),
    TooMany,
}

impl Layer {
    /// Adds resources.
    ///
    /// # Errors
    ///
    /// Returns an error if there is a resource of the same id, or too many of any id.
    pub(super) fn add(&mut self, resources: &[Arc<Resource>]) -> Result<(), Refused> {
        let known = &self.resources;
        let ids = || known.iter().map(|resource| resource.id().clone()).collect();
        let ids = self.ids.get_or_insert_with(ids);
        if ids.len() + resources.len() > MAX_RESOURCES {
            return Err(Refused::TooMany);
        }
        let duplicate = resources.iter().find(|resource| !ids.insert(resource.id().clone()));
        if let Some(duplicate) = duplicate {
            return Err(Refused::Duplicate(duplicate.id().clone()));
        }
        self.resources.extend(resources.iter().cloned());
        Ok(())
    }

    /// Adds all that `base` has made.
    ///
    /// # Errors
    ///
    /// As [`add`](Self::add).
    pub(super) fn merge(&mut self, base: Arc<Self>) -> Result<(), Refused> {
        if self.resources.is_empty() {
            self.resources.clone_from(&base.resources);
            self.ids = None;
        } else {
            self.add(&base.resources)?;
        }
        Configuration::merge(&mut self.configuration, &base.configuration);
        self.variables.extend(base.variables.iter().cloned());
        self.unknown.extend(base.unknown.iter().cloned());
        self.notes.extend(base.notes.iter().cloned());
        self.may_lack_resources |= base.may_lack_resources;
        self.bases.push(base);
        Ok(())
    }

    /// Every resource, to be changed; those that are shared are copied only by who changes them.
    pub(super) fn resources_mut(&mut self) -> impl Iterator<Item = &mut Arc<Resource>> {
        self.ids = None;
        self.resources.iter_mut()
    }

    /// Those that are called `id`, or were, by their index.
    pub(super) fn find(&self, id: &Id) -> Vec<usize> {
        let resources = self.resources.iter().enumerate();
        resources.filter(|(_, resource)| resource.was(id)).map(|(index, _)| index).collect()
    }

    /// The resource at `index`, to be changed.
    pub(super) fn resource_mut(&mut self, index: usize) -> &mut Resource {
        self.ids = None;
        Arc::make_mut(&mut self.resources[index])
    }

    /// Takes out the resources at `indices`, which are in order.
    pub(super) fn remove(&mut self, indices: &[usize]) {
        self.ids = None;
        for index in indices.iter().rev() {
            self.resources.remove(*index);
        }
    }

    /// The first resource that has the id of an earlier one.
    pub(super) fn duplicate(&self) -> Option<&Id> {
        let mut ids = HashSet::with_capacity(self.resources.len());
        self.resources.iter().map(|resource| resource.id()).find(|id| !ids.insert(*id))
    }

    /// Every file that has been read for it, in order.
    pub(super) fn all_files(&self) -> Vec<Arc<str>> {
        let mut files = std::collections::BTreeSet::new();
        let mut seen = HashSet::new();
        let mut layers = vec![self];
        while let Some(layer) = layers.pop() {
            files.extend(layer.files.iter().cloned());
            let bases = layer.bases.iter();
            layers.extend(bases.filter(|base| seen.insert(Arc::as_ptr(base))).map(|base| &**base));
        }
        files.into_iter().collect()
    }
}
