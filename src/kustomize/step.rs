//! One field of one kustomization file at work.

use std::sync::Arc;

use super::error::{BuildError, Note, Touches, Unknown};
use super::files::{ReadError, is_below, join};
use super::kustomization::Kustomization;
use super::layer::{Layer, MAX_RESOURCES, Refused};
use super::node::Node;
use super::resolver::Resolver;
use super::resource::Resource;

/// What a field needs: the file that it stands in, what has been made so far, and other files.
pub(super) struct Step<'s, 'f> {
    pub(super) resolver: &'s mut Resolver<'f>,
    pub(super) kustomization: &'s Arc<Kustomization>,
    pub(super) layer: &'s mut Layer,
}

impl Step<'_, '_> {
    /// Where `path`, which `node` names, is in the repository.
    ///
    /// # Errors
    ///
    /// Returns an error if it is outside.
    pub(super) fn path(&self, node: &Node, path: &str) -> Result<Arc<str>, BuildError> {
        let joined = join(&self.kustomization.directory, path);
        joined.map(Into::into).ok_or_else(|| outside(node, path))
    }

    /// The path and the content of the file that `node` names.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be read.
    pub(super) fn read(
        &mut self,
        node: &Node,
        path: &str,
    ) -> Result<(Arc<str>, Arc<[u8]>), BuildError> {
        let file = self.path(node, path)?;
        let read = self.resolver.read(&file);
        let bytes = read.map_err(|error| unreadable(node, path, &error))?;
        self.use_file(node, &file);
        Ok((file, bytes))
    }

    /// Counts `file` among those that the build reads, and says so if kubectl would refuse it.
    pub(super) fn use_file(&mut self, node: &Node, file: &Arc<str>) {
        self.layer.files.push(file.clone());
        if !is_below(&self.kustomization.directory, file) {
            let message = "the file is outside the directory of its kustomization file: `kubectl \
                           kustomize` reads it only with `--load-restrictor LoadRestrictionsNone`";
            self.note(node, message);
        }
    }

    /// Adds a note.
    pub(super) fn note(&mut self, node: &Node, message: impl Into<String>) {
        let (file, span) = (self.kustomization.file.clone(), node.span.clone());
        self.layer.notes.push(Note { file, span, message: message.into() }.into());
    }

    /// Notes that what `node` asks for is not known.
    pub(super) fn unknown(
        &mut self,
        node: &Node,
        field: &'static str,
        touches: Touches,
        message: impl Into<String>,
    ) {
        let (file, message) = (self.kustomization.file.clone(), message.into());
        let unknown = Unknown { file, span: node.span.clone(), field, message, touches };
        self.layer.unknown.push(unknown.into());
        match touches {
            Touches::Nothing => {}
            Touches::Additions => self.layer.may_lack_resources = true,
            Touches::Everything => {
                self.layer.may_lack_resources = true;
                for resource in self.layer.resources_mut() {
                    Arc::make_mut(resource).open();
                }
            }
        }
    }

    /// Adds resources that `node` has made.
    ///
    /// # Errors
    ///
    /// Returns an error if there is one of the same id.
    pub(super) fn add(
        &mut self,
        node: &Node,
        resources: &[Arc<Resource>],
    ) -> Result<(), BuildError> {
        self.layer.add(resources).map_err(|refused| explain(node, &refused))
    }

    /// Adds what the base that `node` names has made.
    ///
    /// # Errors
    ///
    /// As [`add`](Self::add).
    pub(super) fn merge(&mut self, node: &Node, base: Arc<Layer>) -> Result<(), BuildError> {
        self.layer.merge(base).map_err(|refused| explain(node, &refused))
    }
}

/// The error that says why `path`, which `node` names, cannot be read.
pub(super) fn unreadable(node: &Node, path: &str, error: &ReadError) -> BuildError {
    let name = path.escape_debug();
    match error {
        ReadError::Missing => node.fail(format!("there is no file or directory `{name}`")),
        ReadError::Directory => node.fail(format!("`{name}` must be a file")),
        ReadError::Outside => outside(node, path),
        ReadError::Other(why) => node.fail(format!("`{name}` cannot be read: {why}")),
    }
}

fn explain(node: &Node, refused: &Refused) -> BuildError {
    match refused {
        Refused::Duplicate(id) => node
            .fail(format!("the build has {id} already"))
            .with_help("a build must not have two resources of one kind, namespace and name"),
        Refused::TooMany => {
            node.fail(format!("a build must not have more than {MAX_RESOURCES} resources"))
        }
    }
}

fn outside(node: &Node, path: &str) -> BuildError {
    node.fail(format!("`{}` is outside the repository", path.escape_debug()))
        .with_help("what is outside is not read: move it into the repository")
}
