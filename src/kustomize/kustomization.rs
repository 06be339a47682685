//! A kustomization file: its fields and where they stand.

use std::sync::Arc;

use super::error::BuildError;
use super::fields::{FIELDS, HEAD};
use super::load;
use super::node::Node;
use crate::yaml::Document;

/// The names that a kustomization file can have.
pub(super) const NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Whether the file at `path` is a kustomization file by its name.
pub(crate) fn is_kustomization_file(path: &str) -> bool {
    NAMES.contains(&path.rsplit('/').next().unwrap_or(path))
}

/// A kustomization file.
#[derive(Debug)]
pub(super) struct Kustomization {
    pub(super) file: Arc<str>,
    /// The directory that it is in.
    pub(super) directory: Arc<str>,
    pub(super) root: Node,
    pub(super) is_component: bool,
}

const COMPONENT: &str = "Component";

impl Kustomization {
    /// Reads `bytes`, the content of `file` in `directory`. Only the first document counts.
    ///
    /// # Errors
    ///
    /// Returns an error where kustomize does: a field that it does not know, or no field at all.
    pub(super) fn read(
        directory: &Arc<str>,
        file: &Arc<str>,
        bytes: &[u8],
    ) -> Result<Self, BuildError> {
        let documents = load::documents(file, load::text(file, bytes)?)?;
        let empty = || BuildError::of_file(file, "the kustomization file must not be empty");
        let root = documents.iter().find_map(Document::root).ok_or_else(empty)?;
        let root = Node::read(file, root, &mut load::MAX_NODES.clone());
        let root = root.ok_or_else(|| load::too_long(file))?;
        let is_component = root.text_of("kind")?.is_some_and(|kind| &**kind == COMPONENT);
        let this = Self { file: file.clone(), directory: directory.clone(), root, is_component };
        this.check()?;
        Ok(this)
    }

    fn check(&self) -> Result<(), BuildError> {
        self.check_head()?;
        let mut is_empty = true;
        for (name, value) in self.root.entries()? {
            let is_known = FIELDS.iter().any(|field| field.name.eq_ignore_ascii_case(name));
            if !is_known && !HEAD.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                let message = format!("unknown field `{}`", name.escape_debug());
                return Err(value.fail(message).with_help("kustomize refuses it: take it out"));
            }
            is_empty &= !is_known || value.is_empty();
        }
        if is_empty {
            let message =
                "the kustomization file must have a field besides `apiVersion` and `kind`";
            return Err(BuildError::of_file(&self.file, message));
        }
        Ok(())
    }

    fn check_head(&self) -> Result<(), BuildError> {
        const GROUP: &str = "kustomize.config.k8s.io";
        if let Some(kind) = self.root.get("kind") {
            let text = kind.text()?;
            if !["", "Kustomization", COMPONENT].contains(&&**text) {
                return Err(kind.fail("`kind` must be `Kustomization` or `Component`"));
            }
        }
        let version = if self.is_component { "v1alpha1" } else { "v1beta1" };
        if let Some(api_version) = self.root.get("apiVersion")
            && !["", &format!("{GROUP}/{version}")].contains(&&**api_version.text()?)
        {
            return Err(api_version.fail(format!("`apiVersion` must be `{GROUP}/{version}`")));
        }
        Ok(())
    }
}
