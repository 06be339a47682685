//! What each workload tracks and why, for people: at most 80 columns where names allow.

use std::fmt::{self, Write as _};

use super::Report;
use crate::plan::{ConfigPlan, WorkloadPlan};
use crate::stamp::State;

pub(super) fn workloads(report: &Report<'_>) -> String {
    let mut text = String::new();
    for workload in &report.plan.workloads {
        write_workload(&mut text, report, workload).expect("a string takes all that is written");
    }
    text
}

fn write_workload(text: &mut String, report: &Report<'_>, workload: &WorkloadPlan) -> fmt::Result {
    if !text.is_empty() {
        writeln!(text)?;
    }
    writeln!(text, "{} ({})", workload.id, report.path_line(&workload.place))?;
    if workload.is_opted_in {
        write_stamp(text, workload)?;
    } else {
        writeln!(text, "  has not opted in: no annotation of Reloader is on it")?;
    }
    for config in &workload.configs {
        write_config(text, report, config)?;
    }
    Ok(())
}

fn write_stamp(text: &mut String, workload: &WorkloadPlan) -> fmt::Result {
    let stamp = &workload.stamp;
    let says = match stamp.state {
        State::Current => "current",
        State::Stale => "stale, must be",
        State::Missing => "missing, must be",
        State::Extra => "must be removed: nothing in the bundle is tracked",
        State::None => "none",
    };
    writeln!(text, "  stamp: {says}")?;
    stamp.expected.iter().try_for_each(|expected| writeln!(text, "    {expected}"))
}

fn write_config(text: &mut String, report: &Report<'_>, config: &ConfigPlan) -> fmt::Result {
    let verb = if config.is_tracked { "tracks" } else { "does not track" };
    let place = config
        .source
        .as_ref()
        .map_or_else(|| "not in the bundle".to_owned(), |source| report.path_line(&source.place));
    writeln!(text, "  {verb} {} {} ({place})", config.kind, config.name)?;
    match (&config.rule, &config.because) {
        (Some(rule), Some(because)) => {
            let place = report.path_line(&because.place);
            writeln!(text, "    by rule {rule}: {} ({place})", because.annotation)?;
        }
        (Some(rule), None) => writeln!(text, "    by rule {rule}: an option says so")?,
        (None, _) => writeln!(text, "    by no rule")?,
    }
    let keys = config.source.as_ref().map(|source| source.keys.join(", ")).unwrap_or_default();
    if !keys.is_empty() {
        writeln!(text, "    keys: {keys}")?;
    }
    config.references.iter().try_for_each(|(field, _)| writeln!(text, "    at {field}"))
}
