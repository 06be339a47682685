//! `missing-stamp` and `stale-stamp`: the stamp is not what it must be. With strategy `env-vars` the
//! first variable that is wrong stands for all.

use super::{Draft, Found, Subject};
use crate::finding::Code;
use crate::options::Mode;
use crate::plan::{ConfigSource, WorkloadPlan};
use crate::stamp::{State, Variable};

pub(super) fn find(subject: Subject<'_, '_>, found: &mut Found<'_>) {
    if subject.plan.is_stamp_wrong() {
        let (code, draft) = draft(subject.plan, found.options.mode);
        found.add(code, &subject.workload.resource, draft);
    }
}

fn draft(plan: &WorkloadPlan, mode: Mode) -> (Code, Draft) {
    let WorkloadPlan { id, stamp, .. } = plan;
    let annotation = &stamp.annotation;
    let (code, message) = match stamp.state {
        State::Missing => {
            (Code::MissingStamp, format!("{id} has no stamp for the configs that it tracks"))
        }
        State::Extra => {
            (Code::StaleStamp, format!("{id} has a stamp, but tracks nothing in the bundle"))
        }
        _ => (Code::StaleStamp, format!("{id} has an outdated stamp")),
    };
    let wrong = stamp.variables.iter().find(|variable| variable.state == stamp.state);
    if let Some(variable) = wrong {
        let Variable { container, name, place, expected, .. } = variable;
        let what = format!("variable {name} of container {container}");
        let label = match expected {
            Some(expected) => format!("{what} must be \"{expected}\""),
            None => format!("{what} must be removed"),
        };
        let place = place.as_ref().unwrap_or(&plan.name_place).clone();
        let field =
            format!("{}.spec.containers[{}].env", plan.template_path, variable.container_index);
        let draft = Draft::new(place, message, help(plan, mode)).label(label).field(field);
        return (code, draft.values(variable.current.clone(), expected.clone()));
    }
    let label = match (&stamp.expected, stamp.state) {
        (Some(expected), State::Missing) => format!("must have `{annotation}: \"{expected}\"`"),
        (Some(expected), _) => format!("must be \"{expected}\""),
        (None, _) => "must be removed".to_owned(),
    };
    let place = plan.stamp_place.as_ref().unwrap_or(&plan.name_place).clone();
    let field = format!("{}.metadata.annotations.{annotation}", plan.template_path);
    let draft = Draft::new(place, message, help(plan, mode)).label(label).field(field);
    (code, draft.values(stamp.current.clone(), stamp.expected.clone()))
}

fn help(plan: &WorkloadPlan, mode: Mode) -> String {
    let is_part = |source: &ConfigSource| source.coverage.is_stamped();
    let tracked = plan.configs.iter();
    let tracked =
        tracked.filter(|config| config.is_tracked && config.source.as_ref().is_some_and(is_part));
    let tracked: Vec<_> =
        tracked.map(|config| format!("{} {}", config.kind, config.name)).collect();
    let run = match mode {
        Mode::Stamp => "run `rollstamp stamp` and commit the result",
        Mode::Check => "let rollstamp run with `mode: stamp` before this check",
    };
    if tracked.is_empty() {
        run.to_owned()
    } else {
        format!("{run}; it tracks {}", tracked.join(", "))
    }
}
