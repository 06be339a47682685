//! `transformers`: builtin ones of kind `PatchTransformer`, which is what rollstamp writes, and those for
//! labels and annotations; any other may change everything.

use std::collections::HashSet;
use std::sync::Arc;

use super::super::error::{BuildError, Touches};
use super::super::load;
use super::super::node::Node;
use super::super::step::Step;

pub(super) fn apply(step: &mut Step<'_, '_>, list: &Node) -> Result<(), BuildError> {
    let mut names = HashSet::new();
    for entry in list.items()? {
        let Some((file, bytes)) = read(step, entry)? else { continue };
        for document in load::documents(&file, load::text(&file, &bytes)?)? {
            let Some(root) = document.root().filter(|root| !root.is_null()) else { continue };
            let root = Node::read(&file, root, &mut load::MAX_NODES.clone());
            let root = root.ok_or_else(|| load::too_long(&file))?;
            let name = root.get("metadata").and_then(|metadata| metadata.get("name"));
            let name = name.map(Node::text).transpose()?.cloned();
            let name =
                name.ok_or_else(|| root.fail("a transformer must have a `metadata.name`"))?;
            let kind = root.text_of("kind")?.cloned().unwrap_or_default();
            if !names.insert((kind, name)) {
                return Err(root.fail("two transformers of one kind must not have the same name"));
            }
            transform(step, entry, &root)?;
        }
    }
    Ok(())
}

/// A file and its content.
type File = (Arc<str>, Arc<[u8]>);

/// The text of an entry: its own, or that of the file that it names. Nothing if it is not known.
fn read(step: &mut Step<'_, '_>, entry: &Node) -> Result<Option<File>, BuildError> {
    let text = entry.text()?.clone();
    if text.contains('\n') {
        return Ok(Some((step.kustomization.file.clone(), text.as_bytes().into())));
    }
    let is_directory =
        step.path(entry, &text).is_ok_and(|directory| step.resolver.is_directory(&directory));
    if is_directory || super::super::remote::is_remote(&text) {
        let message = "transformers are read only from files: what these change is not known";
        step.unknown(entry, "transformers", Touches::Everything, message);
        return Ok(None);
    }
    step.read(entry, &text).map(Some)
}

fn transform(step: &mut Step<'_, '_>, entry: &Node, root: &Node) -> Result<(), BuildError> {
    let text = |key| Ok(root.text_of(key)?.map(ToString::to_string).unwrap_or_default());
    let (api_version, kind): (String, String) = (text("apiVersion")?, text("kind")?);
    if api_version == "builtin" && kind == "PatchTransformer" {
        root.only(&["apiVersion", "kind", "metadata", "path", "patch", "target", "options"])?;
        return super::patches::apply_entry(step, "transformers", root);
    }
    if api_version == "builtin" && kind == "LabelTransformer" {
        return super::labels::transform(step, root, "labels");
    }
    if api_version == "builtin" && kind == "AnnotationsTransformer" {
        return super::labels::transform(step, root, "annotations");
    }
    let message = format!("a {} is not run: what it changes is not known", kind.escape_debug());
    step.unknown(entry, "transformers", Touches::Everything, message);
    Ok(())
}
