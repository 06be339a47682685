//! Resolves kustomization roots, each file and each base once.

use std::collections::HashMap;
use std::sync::Arc;

use super::build::Build;
use super::error::BuildError;
use super::fields::FIELDS;
use super::files::{Files, ReadError, join};
use super::kustomization::{Kustomization, NAMES};
use super::layer::Layer;
use super::load;
use super::name_references;
use super::node::Node;
use super::order;
use super::resource::Resource;
use super::scalar::Plain;
use super::step::Step;
use super::value::Value;

/// How many kustomization files may lie on the way from a root to a base.
const MAX_LEVELS: usize = 64;

/// Resolves the roots of one repository.
pub(crate) struct Resolver<'f> {
    files: &'f dyn Files,
    contents: HashMap<Arc<str>, Result<Arc<[u8]>, ReadError>>,
    resources: HashMap<Arc<str>, Arc<[Arc<Resource>]>>,
    kustomizations: HashMap<Arc<str>, Arc<Kustomization>>,
    layers: HashMap<Arc<str>, Arc<Layer>>,
    /// The directories that are being resolved, the root first.
    open: Vec<Arc<str>>,
}

impl<'f> Resolver<'f> {
    /// A resolver of the roots among `files`.
    pub(crate) fn new(files: &'f dyn Files) -> Self {
        Self {
            files,
            contents: HashMap::new(),
            resources: HashMap::new(),
            kustomizations: HashMap::new(),
            layers: HashMap::new(),
            open: Vec::new(),
        }
    }

    /// What `kustomize build` of `directory` yields.
    ///
    /// # Errors
    ///
    /// Returns an error where kustomize does.
    pub(crate) fn build(&mut self, directory: &str) -> Result<Build, BuildError> {
        let root: Arc<str> = directory.into();
        let kustomization = self.kustomization(&root)?;
        let mut finished = match self.layers.get(&root) {
            Some(layer) => (**layer).clone(),
            // Most roots are no bases: what is not shared need not be copied to be finished.
            None => self.fresh_layer(&kustomization, &kustomization.root)?,
        };
        for resource in finished.resources.iter_mut().filter(|resource| resource.needs_hash) {
            name_by_content(Arc::make_mut(resource));
        }
        name_references::fix(&mut finished, &kustomization)?;
        super::fields::vars::resolve(&mut finished, &kustomization)?;
        finished.resources.retain(|resource| !is_local(resource));
        for resource in
            finished.resources.iter_mut().filter(|resource| has_odd_annotations(resource))
        {
            Arc::make_mut(resource).change_content(write_annotations);
        }
        order::sort(&mut finished.resources);
        Ok(Build::new(root, finished))
    }

    /// What the kustomization file in `directory` and all below it make, for `node`, which names it.
    ///
    /// # Errors
    ///
    /// Returns an error where kustomize does.
    pub(super) fn layer(
        &mut self,
        directory: &Arc<str>,
        node: &Node,
    ) -> Result<Arc<Layer>, BuildError> {
        if let Some(layer) = self.layers.get(directory) {
            return Ok(layer.clone());
        }
        let kustomization = self.kustomization(directory)?;
        let layer = Arc::new(self.fresh_layer(&kustomization, node)?);
        self.layers.insert(directory.clone(), layer.clone());
        Ok(layer)
    }

    fn fresh_layer(
        &mut self,
        kustomization: &Arc<Kustomization>,
        node: &Node,
    ) -> Result<Layer, BuildError> {
        let mut layer = Layer::default();
        self.run(kustomization, &mut layer, node)?;
        Ok(layer)
    }

    /// Applies the fields of `kustomization`, which `node` names, to `layer`.
    ///
    /// # Errors
    ///
    /// Returns an error where kustomize does.
    pub(super) fn run(
        &mut self,
        kustomization: &Arc<Kustomization>,
        layer: &mut Layer,
        node: &Node,
    ) -> Result<(), BuildError> {
        if self.open.contains(&kustomization.directory) {
            let message = "a kustomization file must not use itself, not even by way of others";
            return Err(node.fail(message));
        }
        if self.open.len() >= MAX_LEVELS {
            return Err(node.fail(format!("bases must not be more than {MAX_LEVELS} levels deep")));
        }
        self.open.push(kustomization.directory.clone());
        layer.files.push(kustomization.file.clone());
        let result = FIELDS.iter().try_for_each(|field| {
            let Some(value) = kustomization.root.get(field.name) else { return Ok(()) };
            (field.apply)(&mut Step { resolver: self, kustomization, layer }, value)
        });
        self.open.pop();
        result
    }

    /// The kustomization file in `directory`.
    ///
    /// # Errors
    ///
    /// Returns an error if there is none, if there are two, or if it cannot be understood.
    pub(super) fn kustomization(
        &mut self,
        directory: &Arc<str>,
    ) -> Result<Arc<Kustomization>, BuildError> {
        if let Some(kustomization) = self.kustomizations.get(directory) {
            return Ok(kustomization.clone());
        }
        let mut found: Option<(Arc<str>, Arc<[u8]>)> = None;
        for name in NAMES {
            let Some(file) = join(directory, name).map(Arc::<str>::from) else { continue };
            match self.files.read(&file) {
                Ok(bytes) => {
                    if let Some((first, _)) = found {
                        let message = format!("there must not be a `{name}` beside this file");
                        return Err(BuildError::of_file(&first, message));
                    }
                    found = Some((file, bytes));
                }
                Err(ReadError::Outside) => {
                    let message = "the kustomization file must not be a link out of the repository";
                    return Err(BuildError::of_file(&file, message));
                }
                Err(ReadError::Other(why)) => {
                    return Err(BuildError::of_file(&file, format!("cannot be read: {why}")));
                }
                Err(ReadError::Missing | ReadError::Directory) => {}
            }
        }
        let Some((file, bytes)) = found else {
            let message = "the directory has no kustomization file";
            return Err(BuildError::of_file(directory, message));
        };
        let kustomization = Arc::new(Kustomization::read(directory, &file, &bytes)?);
        self.kustomizations.insert(directory.clone(), kustomization.clone());
        Ok(kustomization)
    }

    /// The content of a file.
    pub(super) fn read(&mut self, file: &Arc<str>) -> Result<Arc<[u8]>, ReadError> {
        let files = self.files;
        let content = self.contents.entry(file.clone());
        content.or_insert_with(|| files.read(file)).clone()
    }

    /// Whether there is a directory at `path`.
    pub(super) fn is_directory(&self, path: &str) -> bool {
        self.files.is_directory(path)
    }

    /// The resources of a file, whose content is `bytes`.
    ///
    /// # Errors
    ///
    /// Returns an error if it does not hold resources.
    pub(super) fn resources(
        &mut self,
        file: &Arc<str>,
        bytes: &[u8],
    ) -> Result<Arc<[Arc<Resource>]>, BuildError> {
        if let Some(resources) = self.resources.get(file) {
            return Ok(resources.clone());
        }
        let resources: Arc<[_]> = load::resources(file, bytes)?.into();
        self.resources.insert(file.clone(), resources.clone());
        Ok(resources)
    }
}

/// Puts the hash of its content behind the name of `config`.
fn name_by_content(config: &mut Resource) {
    if let Some(suffix) = super::hash::suffix(config.value()) {
        config.remember();
        config.rename(format!("{}-{suffix}", config.id().name).into());
    }
}

/// Whether the resource is only for those who work on the build, which leaves it out.
fn is_local(resource: &Resource) -> bool {
    const ANNOTATION: &str = "config.kubernetes.io/local-config";
    let local = resource.value().at(["metadata", "annotations", ANNOTATION]);
    local.is_some_and(|value| value.text() != Some("false"))
}

/// Whether [`write_annotations`] changes anything.
fn has_odd_annotations(resource: &Resource) -> bool {
    let annotations = resource.value().at(["metadata", "annotations"]);
    annotations.is_some_and(|annotations| {
        annotations.entries().is_empty()
            || annotations.entries().iter().any(|(_, value)| !is_written_as_text(value))
    })
}

fn is_written_as_text(value: &Value) -> bool {
    match value {
        Value::Scalar(scalar) => Plain::of_scalar(scalar) == Plain::Text,
        _ => false,
    }
}

/// Takes kustomize's own notes out of the annotations, as the last step of a build: those that stay are
/// texts, and if none do, there is no mapping.
fn write_annotations(value: &mut Value) {
    let Some(metadata) = value.get_mut("metadata") else { return };
    let Some(annotations) = metadata.get_mut("annotations") else { return };
    for (_, value) in annotations.entries_mut().into_iter().flatten() {
        if let Value::Null = value {
            *value = Value::string("null");
        } else if let Some(text) = value.text() {
            *value = Value::string(text);
        }
    }
    if annotations.entries().is_empty() {
        metadata.remove("annotations");
    }
}
