//! What is written in the place of a null: on the line of its key, or below it if the comments there
//! may be entries that are switched off.

use super::Edit;
use super::writer::{Entry, KeyStyle, New, Step, Writer, is_flow};
use crate::error::Problem;
use crate::yaml::NodeRef;

impl Writer<'_> {
    /// A new value in the place of a null one, on its line.
    pub(super) fn fill(&self, (key, null): Entry<'_>, new: &New<'_>) -> Result<Vec<Edit>, Problem> {
        if null.tag().is_some() || null.is_shared() {
            return Err(Problem::new(
                key.span(),
                "an empty value must have neither a tag nor an alias if a stamp is to go there",
                "write it as `{}`",
            ));
        }
        Ok(vec![self.put((key, null), &new.flow(KeyStyle::of(Some(key)), " "))?])
    }

    /// The same for an entry of `holder`. If only comments stand below the key, the new lines go before
    /// them, at their column: an entry that is switched on again must be a neighbour of the new one.
    pub(super) fn fill_below(
        &self,
        holder: NodeRef<'_>,
        (key, null): Entry<'_>,
        new: &New<'_>,
    ) -> Result<Vec<Edit>, Problem> {
        let edits = self.fill((key, null), new)?;
        let is_written = !null.span().is_empty() || is_flow(holder);
        let end = key.span().end;
        let is_implicit = self.text[end..].trim_start_matches([' ', '\t']).starts_with(':');
        let Some(column) = self.comment_below(end, key).filter(|_| !is_written && is_implicit)
        else {
            return Ok(edits);
        };
        let step = (column - self.column(key.span().start)).max(2);
        let line_end = self.line_end(end);
        let lines = new.lines(KeyStyle::of(Some(key)), Step { mapping: step, sequence: step });
        let lines = lines.into_iter().map(|line| format!("{:column$}{line}{line_end}", ""));
        Ok(vec![Edit::insertion(self.line_start_behind(end), lines.collect::<String>())])
    }

    /// The column at which the text of a comment would stand without its `#`, if a comment is the first
    /// thing below the line of byte `end` and its text would belong to the value of `key`.
    pub(super) fn comment_below(&self, end: usize, key: NodeRef<'_>) -> Option<usize> {
        let rest = &self.text[self.line_start_behind(end)..];
        let comment = rest.trim_start();
        let text = comment.strip_prefix('#')?;
        let key = self.column(key.span().start);
        let mark = self.column(self.text.len() - comment.len());
        let item = text.trim_start_matches(' ');
        let blanks = text.len() - item.len();
        // A mark left of the value stands in the indentation: with or without a blank of its own.
        let inner = mark + blanks.saturating_sub(1);
        let column = if mark > key { mark } else { inner + (inner + key) % 2 };
        (column > key || column == key && item.starts_with("- ")).then_some(column)
    }
}
