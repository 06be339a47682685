//! Reloader's variables in the environment of a container: how they are written and removed.

use std::collections::HashMap;

use super::Edit;
use super::writer::{
    KeyStyle, New, Target, Writer, check_mapping, check_sequence, find_template, head, is_flow,
    member,
};
use crate::error::Problem;
use crate::variable;
use crate::yaml::NodeRef;

const ENV: &str = "env";
const NAME: &str = "name";
const VALUE: &str = "value";

impl Writer<'_> {
    /// The edits after which `container`, if there is one, of the pod template at `path` below `resource`
    /// has these variables, each a name and a value, and no other of Reloader's.
    ///
    /// # Errors
    ///
    /// Returns an error if the edit would change anything else too, or the environment is no list.
    pub(crate) fn set_variables(
        &self,
        resource: NodeRef<'_>,
        path: &str,
        container: Option<NodeRef<'_>>,
        variables: &[(&str, &str)],
    ) -> Result<Vec<Edit>, Problem> {
        let spec = written(find_template(resource, path)?.mapping, "spec")?.1;
        check_mapping(spec, "spec")?;
        let (containers_key, containers) = written(spec, "containers")?;
        check_sequence(containers, "containers")?;
        let container = container.ok_or_else(|| missing(containers, "container"))?;
        check_mapping(container, "container")?;
        let Some((key, env)) = member(container, ENV)? else {
            let target = Target { mapping: container, key: None, holder: container };
            let step = self.sequence_step(containers_key, containers);
            return Ok(vec![self.insert(
                target,
                &New::Mapping(vec![(ENV, list(variables))]),
                step,
            )]);
        };
        if env.is_null() {
            return self.fill_below(container, (key, env), &list(variables));
        }
        check_sequence(env, ENV)?;

        let mut edits = Vec::new();
        let mut missing: HashMap<_, _> = variables.iter().copied().collect();
        let mut old = Vec::new();
        for (index, item) in env.items().enumerate() {
            let name = item.get(NAME).and_then(NodeRef::text).unwrap_or_default();
            if let Some(same) = missing.remove_entry(name) {
                edits.extend(self.rewrite(item, same)?);
            } else if variable::is_name(name) {
                old.push(index);
            }
        }
        let is_new = |(name, _): &&(&str, _)| missing.contains_key(name);
        let mut new: Vec<_> = variables.iter().filter(is_new).copied().collect();
        // What is left over makes room for what is new: so nothing moves.
        let reused = old.len().min(new.len());
        let items: Vec<_> = env.items().collect();
        for (index, variable) in old.drain(..reused).zip(new.drain(..reused)) {
            edits.extend(self.rewrite(items[index], variable)?);
        }
        if !new.is_empty() {
            edits.push(self.insert_items(key, env, &list(&new)));
        }
        match env.items().last().filter(|_| old.len() == env.items().count()) {
            Some(last) if self.can_go(container, key, env, self.item_end(last)) => {
                edits.push(self.delete(container, (key, env), self.item_end(last))?);
            }
            _ => edits.extend(self.delete_items(env, &old)),
        }
        Ok(edits)
    }

    /// Gives a variable its name and value.
    fn rewrite(
        &self,
        item: NodeRef<'_>,
        (name, value): (&str, &str),
    ) -> Result<Vec<Edit>, Problem> {
        check_mapping(item, "variable")?;
        let old = (member(item, NAME)?, member(item, VALUE)?, item.own_entries().count());
        let (Some(old_name), Some(old_value), 2) = old else {
            let message =
                format!("variable `{name}` must have a name and a value, and nothing else");
            return Err(Problem::new(head(item), message, "remove it, and run again"));
        };
        let mut edits = Vec::new();
        if old_name.1.text() != Some(name) {
            edits.push(self.put(old_name, &KeyStyle::of(Some(old_name.1)).quote(name))?);
        }
        if old_value.1.text() != Some(value) {
            edits.extend(self.replace(old_value, value)?);
        }
        Ok(edits)
    }

    /// Whether `env`, whose last item ends at `end`, may go with all its items.
    fn can_go(
        &self,
        container: NodeRef<'_>,
        key: NodeRef<'_>,
        env: NodeRef<'_>,
        end: usize,
    ) -> bool {
        is_flow(env) == is_flow(container)
            && !self.text[key.span().end..end].contains('#')
            && self.comment_below(end - 1, key).is_none()
    }
}

fn list<'a>(variables: &[(&'a str, &'a str)]) -> New<'a> {
    let item =
        |&(name, value)| New::Mapping(vec![(NAME, New::Word(name)), (VALUE, New::Text(value))]);
    New::Sequence(variables.iter().map(item).collect())
}

/// The entry of `name` in `mapping`, which must be there.
fn written<'d>(mapping: NodeRef<'d>, name: &str) -> Result<(NodeRef<'d>, NodeRef<'d>), Problem> {
    member(mapping, name)?.ok_or_else(|| missing(mapping, name))
}

fn missing(around: NodeRef<'_>, name: &str) -> Problem {
    Problem::new(head(around), format!("there must be a `{name}`"), "write the pod template out")
}
