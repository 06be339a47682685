//! `configurations`: files that add to the fields which transformers change.

use std::sync::Arc;

use super::super::configuration::Configuration;
use super::super::error::BuildError;
use super::super::load;
use super::super::node::Node;
use super::super::step::Step;
use crate::yaml::Document;

pub(super) fn apply(step: &mut Step<'_, '_>, list: &Node) -> Result<(), BuildError> {
    for entry in list.items()? {
        let (file, bytes) = step.read(entry, entry.text()?)?;
        let documents = load::documents(&file, load::text(&file, &bytes)?)?;
        for root in documents.iter().filter_map(Document::root) {
            let root = Node::read(&file, root, &mut load::MAX_NODES.clone());
            let root = root.ok_or_else(|| load::too_long(&file))?;
            let configuration = Arc::new(Configuration::read(&root)?);
            Configuration::merge(&mut step.layer.configuration, &configuration);
        }
    }
    Ok(())
}
