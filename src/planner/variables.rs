//! The variables of Reloader that a workload must have, and those that it has.

use std::cell::LazyCell;
use std::collections::HashMap;

use super::Planner;
use super::missing::Missing;
use crate::error::Problem;
use crate::model::{Coverage, Injected, Workload};
use crate::reference::Reference;
use crate::rules::Candidate;
use crate::source::Place;
use crate::stamp::{State, Variable};
use crate::variable;
use crate::yaml::NodeRef;

impl Planner<'_> {
    /// The variable for a config that `workload` tracks. What it must say cannot be known if Kubernetes would
    /// refuse the config's content.
    pub(super) fn variable(
        &self,
        workload: &Workload<'_>,
        containers: &[Container<'_>],
        candidate: &Candidate<'_>,
        uses: &[&Reference<'_>],
    ) -> Variable {
        let index = variable::container(uses);
        let name = variable::name(candidate.kind, candidate.name);
        let container = containers.get(index);
        let old = container.and_then(|container| container.variable(&name));
        let config = candidate.config.filter(|config| {
            config.coverage() == Coverage::Content && config.injected() == Injected::Nothing
        });
        let config = config.filter(|_| workload.is_stampable(self.options));
        let expected = config.and_then(|config| variable::value(config).ok());
        let (current, place) = current(workload, old);
        let state = match &expected {
            Some(expected) => State::of(current.as_deref(), Some(expected)),
            None => State::None,
        };
        Variable {
            config: Some((candidate.kind, candidate.name.to_owned())),
            container: container_name(containers, index),
            container_index: index,
            name,
            state,
            current,
            expected,
            place,
        }
    }
}

/// Adds the variables that `workload` has and that no config of `variables` asks for. One that may
/// be for a config that is `missing` stays as it is.
///
/// # Errors
///
/// Returns an error if two configs ask for the same one.
pub(super) fn add_left_over<'n>(
    workload: &Workload<'_>,
    containers: &[Container<'_>],
    missing: impl FnOnce() -> Vec<Missing<'n>>,
    variables: &mut Vec<Variable>,
) -> Result<(), Problem> {
    let tracked = std::mem::take(variables);
    let mut asked_for = HashMap::with_capacity(tracked.len());
    for variable in &tracked {
        let first =
            asked_for.entry((variable.container_index, &*variable.name)).or_insert(variable);
        if first.expected != variable.expected {
            return Err(clash(workload, first, variable));
        }
    }
    let missing = LazyCell::new(missing);
    for (index, container) in containers.iter().enumerate() {
        let is_left_over = |(name, _): &&(&str, _)| !asked_for.contains_key(&(index, *name));
        for (name, old) in container.variables.iter().filter(is_left_over) {
            let (current, place) = current(workload, Some(*old));
            let is_unknown = missing.iter().any(|missing| missing.may_own(name));
            variables.push(Variable {
                config: None,
                container: container_name(containers, index),
                container_index: index,
                name: (*name).to_owned(),
                state: if is_unknown { State::None } else { State::Extra },
                current,
                expected: None,
                place,
            });
        }
    }
    variables.splice(..0, tracked);
    Ok(())
}

fn clash(workload: &Workload<'_>, one: &Variable, other: &Variable) -> Problem {
    let name = |variable: &Variable| variable.config.as_ref().map_or("", |own| &own.1).to_owned();
    let message = format!(
        "the configs {} and {} must not both need variable {}",
        name(one),
        name(other),
        one.name
    );
    let span = workload.resource.name_place().span().clone();
    Problem::new(span, message, "rename one of them, or use strategy `annotations`")
}

/// A variable that a container is to have, or is to lose.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct NeededVariable {
    /// The container's name; its index if it has no name.
    pub(crate) container: String,
    pub(crate) name: String,
    /// Its value; `None` if the container is to lose it.
    pub(crate) value: Option<String>,
}

/// The variables of Reloader that `workload` has, and those of `needed`. What nothing is said about is
/// left as it is.
pub(super) fn needed(workload: &Workload<'_>, needed: &[NeededVariable]) -> Vec<Variable> {
    let containers = Container::all(workload);
    let mut by_container: HashMap<&str, Vec<_>> = HashMap::new();
    for variable in needed {
        by_container.entry(&variable.container).or_default().push(variable);
    }
    let mut variables = Vec::new();
    for (index, own) in containers.iter().enumerate() {
        let container = container_name(&containers, index);
        let here = by_container.get(&*container).map_or(&[][..], Vec::as_slice);
        let changes: HashMap<_, _> = here.iter().rev().map(|own| (&*own.name, *own)).collect();
        let variable = |name: &str, expected, state, (current, place)| Variable {
            config: None,
            container: container.clone(),
            container_index: index,
            name: name.to_owned(),
            state,
            current,
            expected,
            place,
        };
        for (name, old) in &own.variables {
            let (current, place) = current(workload, Some(*old));
            let change = changes.get(name);
            let expected = change.and_then(|own| own.value.clone());
            let state = match change {
                Some(_) => State::of(current.as_deref(), expected.as_deref()),
                None => State::None,
            };
            variables.push(variable(name, expected, state, (current, place)));
        }
        let new =
            here.iter().filter(|new| new.value.is_some() && own.variable(&new.name).is_none());
        variables.extend(
            new.map(|new| variable(&new.name, new.value.clone(), State::Missing, (None, None))),
        );
    }
    variables
}

/// The value of a variable, and where it stands.
fn current(workload: &Workload<'_>, item: Option<NodeRef<'_>>) -> (Option<String>, Option<Place>) {
    let Some(item) = item else { return (None, None) };
    let value = item.get("value").and_then(NodeRef::text).unwrap_or_default();
    let node = item.get("value").or_else(|| item.get("name")).unwrap_or(item);
    (Some(value.to_owned()), Some(Place::new(workload.resource.source, node.span())))
}

fn container_name(containers: &[Container<'_>], index: usize) -> String {
    let name = containers.get(index).and_then(|container| container.name);
    name.map_or_else(|| index.to_string(), str::to_owned)
}

/// A container, and its variables that are Reloader's.
pub(super) struct Container<'d> {
    name: Option<&'d str>,
    /// By name, in the order of the text.
    variables: Vec<(&'d str, NodeRef<'d>)>,
    /// The number of the first of each name.
    by_name: HashMap<&'d str, usize>,
}

impl<'d> Container<'d> {
    /// The containers of `workload`.
    pub(super) fn all(workload: &Workload<'d>) -> Vec<Self> {
        workload.template.list("containers").map(Self::read).collect()
    }

    fn read(node: NodeRef<'d>) -> Self {
        let items = node.get("env").into_iter().flat_map(NodeRef::items);
        let named = items.filter_map(|item| Some((item.get("name")?.text()?, item)));
        let variables: Vec<_> = named.filter(|(name, _)| variable::is_name(name)).collect();
        let by_name = variables.iter().enumerate().rev().map(|(at, (name, _))| (*name, at));
        let name = node.get("name").and_then(NodeRef::text);
        Self { name, by_name: by_name.collect(), variables }
    }

    /// The first variable of that name.
    fn variable(&self, name: &str) -> Option<NodeRef<'d>> {
        self.by_name.get(name).map(|&at| self.variables[at].1)
    }
}
