//! The `transformers` of a kustomization file: how a file is added to the list and taken out again.
//!
//! The new item comes last, because a transformer runs after those listed before it.

use super::Edit;
use super::writer::{KeyStyle, New, Target, Writer, check_sequence, is_flow, member};
use crate::error::Problem;
use crate::yaml::{Content, NodeRef};

/// The field of a kustomization file.
pub(crate) const TRANSFORMERS: &str = "transformers";

impl Writer<'_> {
    /// The edits after which the `transformers` of `kustomization` list `file` last; none if they list
    /// it already.
    ///
    /// # Errors
    ///
    /// Returns an error if `transformers` is not a list, or an alias shares it.
    pub(crate) fn add_transformer(
        &self,
        kustomization: NodeRef<'_>,
        file: &str,
    ) -> Result<Vec<Edit>, Problem> {
        let new = New::Sequence(vec![New::Word(file)]);
        let Some((key, list)) = member(kustomization, TRANSFORMERS)? else {
            return Ok(vec![self.append_field(kustomization, &new)]);
        };
        if list.is_null() {
            return self.fill_below(kustomization, (key, list), &new);
        }
        check_sequence(list, TRANSFORMERS)?;
        if position(list, file).is_some() {
            return Ok(Vec::new());
        }
        let Some(final_item) = list.items().last() else {
            let inside = list.span().start + 1;
            return Ok(vec![Edit::insertion(inside, KeyStyle::of(Some(key)).quote(file))]);
        };
        let style = KeyStyle::of(Some(final_item));
        if is_flow(list) {
            let item = format!(", {}", style.quote(file));
            return Ok(vec![Edit::insertion(final_item.span().end, item)]);
        }
        Ok(vec![self.append_item(final_item, &style.quote(file))])
    }

    /// The edits after which the `transformers` of `kustomization` do not list `file`. A list in block
    /// style that held nothing else goes with it.
    ///
    /// # Errors
    ///
    /// Returns an error if `transformers` is not a list, or an alias shares it.
    pub(crate) fn remove_transformer(
        &self,
        kustomization: NodeRef<'_>,
        file: &str,
    ) -> Result<Vec<Edit>, Problem> {
        let Some((key, list)) = member(kustomization, TRANSFORMERS)? else {
            return Ok(Vec::new());
        };
        let Some(index) = position(list, file) else { return Ok(Vec::new()) };
        check_sequence(list, TRANSFORMERS)?;
        let is_only = list.items().count() == 1;
        let end = list.items().last().map_or(key.span().end, |item| item.span().end);
        let is_block = !is_flow(list) && !is_flow(kustomization);
        if is_only && is_block && self.comment_below(end - 1, key).is_none() {
            return Ok(vec![self.delete(kustomization, (key, list), end)?]);
        }
        if is_only && is_flow(kustomization) {
            let end = list.span().end;
            return Ok(vec![self.delete(kustomization, (key, list), end)?]);
        }
        Ok(self.delete_items(list, &[index]))
    }

    /// `transformers` as the last field of `kustomization`.
    fn append_field(&self, kustomization: NodeRef<'_>, list: &New<'_>) -> Edit {
        let field = New::Mapping(vec![(TRANSFORMERS, list.clone())]);
        if is_flow(kustomization) {
            let target = Target { mapping: kustomization, key: None, holder: kustomization };
            return self.insert(target, &field, 0);
        }
        let mut lists = kustomization
            .own_entries()
            .filter(|(_, value)| matches!(value.content(), Content::Sequence { flow: false }));
        let step = lists.next().map_or(0, |(key, list)| self.sequence_step(key, list));
        self.append(kustomization, &field, step)
    }

    /// `item` on a line of its own after `last`, an item of a list in block style.
    fn append_item(&self, last: NodeRef<'_>, item: &str) -> Edit {
        let column = self.column(self.dash(last));
        let span = last.span();
        let end = span.start + self.text[span.start..span.end].trim_end().len();
        self.insert_line_after(end, &format!("{:column$}- {item}", ""))
    }
}

/// Where `file` stands in `list`.
fn position(list: NodeRef<'_>, file: &str) -> Option<usize> {
    list.items().position(|item| is_transformer(item, file))
}

/// Whether an item of `transformers` names `file`, with or without `./` before it.
pub(super) fn is_transformer(item: NodeRef<'_>, file: &str) -> bool {
    let text = item.text().unwrap_or_default();
    text.strip_prefix("./").unwrap_or(text) == file
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::apply;
    use crate::yaml;

    const FILE: &str = "rollstamp.yaml";

    fn added(text: &str) -> String {
        let documents = yaml::parse_all(text, false).unwrap();
        let root = documents[0].root().unwrap();
        apply(text, &(Writer { text }).add_transformer(root, FILE).unwrap())
    }

    fn removed(text: &str) -> String {
        let documents = yaml::parse_all(text, false).unwrap();
        let root = documents[0].root().unwrap();
        apply(text, &(Writer { text }).remove_transformer(root, FILE).unwrap())
    }

    #[test]
    fn the_file_is_listed_last_in_every_style_and_taken_out_again() {
        for (before, after) in [
            ("resources: [a]\n", "resources: [a]\ntransformers:\n- rollstamp.yaml\n"),
            (
                "resources:\n- a\n# end\n",
                "resources:\n- a\n# end\ntransformers:\n- rollstamp.yaml\n",
            ),
            ("resources:\n  - a\n", "resources:\n  - a\ntransformers:\n  - rollstamp.yaml\n"),
            ("resources: [a]", "resources: [a]\ntransformers:\n- rollstamp.yaml"),
            ("resources: [a]\r\n", "resources: [a]\r\ntransformers:\r\n- rollstamp.yaml\r\n"),
            ("transformers: []\nx: 1\n", "transformers: [rollstamp.yaml]\nx: 1\n"),
            ("transformers: [a.yaml]\n", "transformers: [a.yaml, rollstamp.yaml]\n"),
            ("transformers: [\"a.yaml\"]\n", "transformers: [\"a.yaml\", \"rollstamp.yaml\"]\n"),
            (
                "transformers:\n  - a.yaml # why\n\nx: 1\n",
                "transformers:\n  - a.yaml # why\n  - rollstamp.yaml\n\nx: 1\n",
            ),
            (
                "transformers:\n- |-\n  kind: A\n  b: c\nx: 1\n",
                "transformers:\n- |-\n  kind: A\n  b: c\n- rollstamp.yaml\nx: 1\n",
            ),
            ("transformers:\n- a.yaml", "transformers:\n- a.yaml\n- rollstamp.yaml"),
            (
                "---\nresources: [a]\n---\nx: 1\n",
                "---\nresources: [a]\ntransformers:\n- rollstamp.yaml\n---\nx: 1\n",
            ),
            (
                "{\"resources\": [\"a\"]}\n",
                "{\"transformers\": [\"rollstamp.yaml\"], \"resources\": [\"a\"]}\n",
            ),
        ] {
            assert_eq!(added(before), after);
            assert_eq!(added(after), after);
            assert_eq!(removed(after), before);
        }
    }

    #[test]
    fn an_empty_value_becomes_a_list() {
        assert_eq!(added("transformers:\nx: 1\n"), "transformers: [rollstamp.yaml]\nx: 1\n");
        assert_eq!(added("transformers: # none\n"), "transformers: [rollstamp.yaml] # none\n");
    }

    #[test]
    fn a_file_that_is_not_listed_is_not_taken_out() {
        for text in ["resources: [a]\n", "transformers: [a.yaml]\n"] {
            assert_eq!(removed(text), text);
        }
        assert_eq!(removed("transformers:\n- a\n- ./rollstamp.yaml\n"), "transformers:\n- a\n");
    }
}
