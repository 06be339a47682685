//! The variables of Reloader that a workload must have, and those that it has.

use std::cell::LazyCell;

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
        candidate: &Candidate<'_>,
        uses: &[&Reference<'_>],
    ) -> Variable {
        let index = variable::container(uses);
        let name = variable::name(candidate.kind, candidate.name);
        let old = find(workload, index, |own| own == name).next();
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
            container: container_name(workload, index),
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
    missing: impl FnOnce() -> Vec<Missing<'n>>,
    variables: &mut Vec<Variable>,
) -> Result<(), Problem> {
    let tracked = std::mem::take(variables);
    for (at, variable) in tracked.iter().enumerate() {
        let is_same = |other: &&Variable| {
            other.container_index == variable.container_index
                && other.name == variable.name
                && other.expected != variable.expected
        };
        if let Some(other) = tracked[..at].iter().find(is_same) {
            return Err(clash(workload, other, variable));
        }
    }
    let missing = LazyCell::new(missing);
    for index in 0..workload.template.list("containers").count() {
        let is_asked_for =
            |name: &str| tracked.iter().any(|own| own.container_index == index && own.name == name);
        let is_left_over = |name: &str| variable::is_name(name) && !is_asked_for(name);
        for old in find(workload, index, is_left_over) {
            let (current, place) = current(workload, Some(old));
            let name = old.get("name").and_then(NodeRef::text).unwrap_or_default();
            let is_unknown = missing.iter().any(|missing| missing.may_own(name));
            variables.push(Variable {
                config: None,
                container: container_name(workload, index),
                container_index: index,
                name: name.to_owned(),
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
    let mut variables = Vec::new();
    for index in 0..workload.template.list("containers").count() {
        let container = container_name(workload, index);
        let is_here = |own: &&NeededVariable| own.container == container;
        for old in find(workload, index, variable::is_name) {
            let name = old.get("name").and_then(NodeRef::text).unwrap_or_default();
            let (current, place) = current(workload, Some(old));
            let change = needed.iter().filter(is_here).find(|own| own.name == name);
            let expected = change.and_then(|own| own.value.clone());
            let state = match change {
                Some(_) => State::of(current.as_deref(), expected.as_deref()),
                None => State::None,
            };
            let (container, name) = (container.clone(), name.to_owned());
            let container_index = index;
            variables.push(Variable {
                config: None,
                container,
                container_index,
                name,
                state,
                current,
                expected,
                place,
            });
        }
        let is_new = |own: &&NeededVariable| {
            let is_old = |old: &Variable| old.container_index == index && old.name == own.name;
            own.value.is_some() && !variables.iter().any(is_old)
        };
        let new = needed.iter().filter(is_here).filter(is_new).map(|own| Variable {
            config: None,
            container: container.clone(),
            container_index: index,
            name: own.name.clone(),
            state: State::Missing,
            current: None,
            expected: own.value.clone(),
            place: None,
        });
        let new: Vec<_> = new.collect();
        variables.extend(new);
    }
    variables
}

/// The variables of container number `index` whose name `is_wanted`.
fn find<'d>(
    workload: &Workload<'d>,
    index: usize,
    is_wanted: impl Fn(&str) -> bool,
) -> impl Iterator<Item = NodeRef<'d>> {
    let container = workload.template.list("containers").nth(index);
    let env = container.and_then(|container| container.get("env"));
    let items = env.into_iter().flat_map(NodeRef::items);
    items.filter(move |item| item.get("name").and_then(NodeRef::text).is_some_and(&is_wanted))
}

/// The value of a variable, and where it stands.
fn current(workload: &Workload<'_>, item: Option<NodeRef<'_>>) -> (Option<String>, Option<Place>) {
    let Some(item) = item else { return (None, None) };
    let value = item.get("value").and_then(NodeRef::text).unwrap_or_default();
    let node = item.get("value").or_else(|| item.get("name")).unwrap_or(item);
    (Some(value.to_owned()), Some(Place::new(workload.resource.source, node.span())))
}

fn container_name(workload: &Workload<'_>, index: usize) -> String {
    let container = workload.template.list("containers").nth(index);
    let name = container.and_then(|container| container.get("name")?.text());
    name.map_or_else(|| index.to_string(), str::to_owned)
}
