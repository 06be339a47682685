//! `missing-stamp` and `stale-stamp`: the stamp is not what it must be.

use crate::finding::{Code, Finding};
use crate::options::Options;
use crate::plan::WorkloadPlan;
use crate::stamp::State;

/// What is wrong with the stamp of `workload`.
pub(super) fn find(workload: &WorkloadPlan, options: &Options) -> Option<Finding> {
    if !workload.is_stamp_wrong() {
        return None;
    }
    let WorkloadPlan { id, stamp, .. } = workload;
    let (code, message) = match stamp.state {
        State::Missing => {
            (Code::MissingStamp, format!("{id} must carry the stamp of the configs that it tracks"))
        }
        State::Extra => {
            (Code::StaleStamp, format!("{id} must not carry a stamp: it tracks nothing"))
        }
        _ => (Code::StaleStamp, format!("{id} must not carry the stamp of other contents")),
    };
    let label = match (&stamp.expected, stamp.state) {
        (Some(expected), State::Missing) => {
            format!("must have `{}: \"{expected}\"`", options.annotation)
        }
        (Some(expected), _) => format!("must be \"{expected}\""),
        (None, _) => "must be removed".to_owned(),
    };
    let place = workload.stamp_place.as_ref().unwrap_or(&workload.name_place);
    Some(Finding {
        code,
        message,
        help: help(workload),
        place: place.clone(),
        label,
        context: Vec::new(),
        field: Some(format!(
            "{}.metadata.annotations.{}",
            workload.template_path, options.annotation
        )),
        resource: id.clone(),
    })
}

fn help(workload: &WorkloadPlan) -> String {
    let tracked =
        workload.configs.iter().filter(|config| config.is_tracked && config.source.is_some());
    let tracked: Vec<_> =
        tracked.map(|config| format!("{} {}", config.kind, config.name)).collect();
    let run = "run `rollstamp stamp` and commit the result";
    if tracked.is_empty() {
        run.to_owned()
    } else {
        format!("{run}; it tracks {}", tracked.join(", "))
    }
}
