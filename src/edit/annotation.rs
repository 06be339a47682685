//! The annotation of a pod template that holds a stamp: how it is written and removed.

use super::Edit;
use super::writer::{
    Entry, KeyStyle, New, Target, Writer, check_mapping, find_template, is_flow, member,
};
use crate::error::Problem;
use crate::yaml::NodeRef;

const METADATA: &str = "metadata";
const ANNOTATIONS: &str = "annotations";

impl Writer<'_> {
    /// The edits after which the pod template at `path` below `resource` has the annotation `name`
    /// with `value`.
    ///
    /// # Errors
    ///
    /// Returns an error if the edit would change anything else too, or the annotations are no
    /// mapping.
    pub(crate) fn set_annotation(
        &self,
        resource: NodeRef<'_>,
        path: &str,
        name: &str,
        value: &str,
    ) -> Result<Vec<Edit>, Problem> {
        let nested = |names: &[&'static str]| {
            let annotation = New::Mapping(vec![(name, New::Text(value))]);
            names.iter().rev().fold(annotation, |inner, name| New::Mapping(vec![(name, inner)]))
        };
        let template = find_template(resource, path)?;
        let Some((key, metadata)) = member(template.mapping, METADATA)? else {
            return Ok(vec![self.insert(template, &nested(&[METADATA, ANNOTATIONS]), 0)]);
        };
        if metadata.is_null() {
            return self.fill_below(template.mapping, (key, metadata), &nested(&[ANNOTATIONS]));
        }
        let metadata = Target { mapping: metadata, key: Some(key), holder: template.mapping };
        check_mapping(metadata.mapping, METADATA)?;
        let Some((key, annotations)) = member(metadata.mapping, ANNOTATIONS)? else {
            return Ok(vec![self.insert(metadata, &nested(&[ANNOTATIONS]), 0)]);
        };
        if annotations.is_null() {
            return self.fill_below(metadata.mapping, (key, annotations), &nested(&[]));
        }
        if annotations.is_alias() && annotations.is_mapping() {
            return Ok(vec![self.merge(key, annotations, &nested(&[]))]);
        }
        check_mapping(annotations, ANNOTATIONS)?;
        if let Some(entry) = member(annotations, name)? {
            return self.replace(entry, value);
        }
        let (mapping, holder) = (annotations, metadata.mapping);
        let target = Target { mapping, key: Some(key), holder };
        Ok(vec![self.insert(target, &nested(&[]), 0)])
    }

    /// The edits after which the pod template at `path` below `resource` has no annotation `name`.
    ///
    /// What was only there to hold the annotation goes with it.
    ///
    /// # Errors
    ///
    /// As for [`set_annotation`](Self::set_annotation).
    pub(crate) fn remove_annotation(
        &self,
        resource: NodeRef<'_>,
        path: &str,
        name: &str,
    ) -> Result<Vec<Edit>, Problem> {
        let template = find_template(resource, path)?.mapping;
        let Some(metadata) = member(template, METADATA)? else { return Ok(Vec::new()) };
        check_mapping(metadata.1, METADATA)?;
        let Some(annotations) = member(metadata.1, ANNOTATIONS)? else { return Ok(Vec::new()) };
        check_mapping(annotations.1, ANNOTATIONS)?;
        let Some(annotation) = member(annotations.1, name)? else { return Ok(Vec::new()) };
        let end = self.value_end(annotation);
        let goes = |inner, outer: Entry<'_>, holder| {
            self.is_only_in(inner, outer, holder) && self.comment_below(end - 1, outer.0).is_none()
        };
        let is_alone = goes(annotation, annotations, metadata.1)
            && goes(annotations, metadata, template)
            && self.is_all(metadata, template);
        if is_alone {
            // Nothing at all would be null, by which a patch deletes the whole template.
            return Ok(vec![Edit::replacement(metadata.0.span().end..end, ": {}".to_owned())]);
        }
        let (holder, entry) = if !goes(annotation, annotations, metadata.1) {
            (annotations.1, annotation)
        } else if !goes(annotations, metadata, template) {
            (metadata.1, annotations)
        } else {
            (template, metadata)
        };
        Ok(vec![self.delete(holder, entry, end)?])
    }

    /// Whether `entry` is all that stands in `mapping`, in block style.
    fn is_all(&self, (key, _): Entry<'_>, mapping: NodeRef<'_>) -> bool {
        let is_block = !is_flow(mapping) && self.text[key.span().end..].starts_with(':');
        is_block && mapping.own_entries().count() == 1
    }

    /// A mapping that merges the aliased one, in the place of the alias.
    fn merge(&self, key: NodeRef<'_>, alias: NodeRef<'_>, new: &New<'_>) -> Edit {
        let members = new.members(KeyStyle::of(Some(key)), " ");
        let name = &self.text[alias.span()];
        Edit::replacement(alias.span(), format!("{{<<: {name}, {members}}}"))
    }

    /// Whether the value of `outer` holds nothing but `inner`, is written as `holder` is, and has
    /// no comment in front.
    fn is_only_in(&self, inner: Entry<'_>, outer: Entry<'_>, holder: NodeRef<'_>) -> bool {
        let between = &self.text[outer.0.span().end..inner.0.span().start];
        outer.1.own_entries().count() == 1
            && is_flow(outer.1) == is_flow(holder)
            && between.chars().all(|c| c.is_whitespace() || matches!(c, ':' | '{'))
    }
}
