//! The results of a KRM function: how they are added to a `ResourceList`.

use super::Edit;
use super::writer::{KeyStyle, New, Target, Writer, check_sequence, is_flow};
use crate::error::Problem;
use crate::yaml::{Content, NodeRef, ScalarStyle};

const ITEMS: &str = "items";
const RESULTS: &str = "results";

impl Writer<'_> {
    /// The edits after which `list`, a `ResourceList`, has `items` whatever happens, and the
    /// `results`, each in JSON, beside those that it has.
    ///
    /// # Errors
    ///
    /// Returns an error if there is something else in their place.
    pub(crate) fn finish(
        &self,
        list: NodeRef<'_>,
        results: &[String],
    ) -> Result<Vec<Edit>, Problem> {
        let target = Target { mapping: list, key: None, holder: list };
        let mut edits = match list.own(ITEMS) {
            None => {
                let items = New::Mapping(vec![(ITEMS, New::Sequence(Vec::new()))]);
                vec![self.insert(target, &items, 0)]
            }
            Some(items) if items.1.is_null() => self.fill(items, &New::Sequence(Vec::new()))?,
            Some(_) => Vec::new(),
        };
        if results.is_empty() {
            return Ok(edits);
        }
        let results = New::Sequence(results.iter().map(|json| New::Json(json)).collect());
        match list.own(RESULTS) {
            Some(entry) if entry.1.is_null() => edits.extend(self.fill(entry, &results)?),
            Some((key, own)) if is_no_result(own) => {
                edits.push(self.put((key, own), &results.flow(KeyStyle::of(Some(key)), " "))?);
            }
            Some((key, own)) => {
                check_sequence(own, RESULTS)?;
                edits.push(self.insert_items(key, own, &results));
            }
            None => {
                let member = New::Mapping(vec![(RESULTS, results)]);
                edits.push(if is_flow(list) {
                    self.insert(target, &member, 0)
                } else {
                    self.append(list, &member, 0)
                });
            }
        }
        edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
        Ok(edits)
    }
}

/// Whether `node`, which stands where results have to, holds none: it may be replaced by them.
pub(super) fn is_no_result(node: NodeRef<'_>) -> bool {
    let is_nothing = match node.content() {
        Content::Scalar(style) => style != ScalarStyle::Block,
        Content::Mapping { flow } => flow && node.own_entries().next().is_none(),
        Content::Sequence { .. } | Content::Alias => false,
    };
    is_nothing && node.tag().is_none() && !node.is_shared()
}
