//! What each workload tracks, as a table for a comment on a pull request.

use super::Report;
use crate::plan::{ConfigPlan, WorkloadPlan};

pub(super) fn table(report: &Report<'_>) -> String {
    let rows: Vec<_> = report.plan.workloads.iter().map(row).collect();
    format!(
        "| workload | stamp | tracks | does not track |\n| --- | --- | --- | --- |\n{}",
        rows.concat()
    )
}

fn row(workload: &WorkloadPlan) -> String {
    let state =
        if workload.is_opted_in { workload.stamp.state.to_string() } else { "not opted in".into() };
    let (tracked, untracked): (Vec<_>, Vec<_>) =
        workload.configs.iter().partition(|config| config.is_tracked);
    let list = |configs: Vec<&ConfigPlan>| {
        configs.into_iter().map(config).collect::<Vec<_>>().join("<br>")
    };
    let id = escape(&workload.id.to_string());
    format!("| {id} | {state} | {} | {} |\n", list(tracked), list(untracked))
}

fn config(config: &ConfigPlan) -> String {
    let why = config
        .rule
        .map_or_else(|| config.why_not.clone().unwrap_or_default(), |rule| format!("rule {rule}"));
    let missing = if config.source.is_none() { ", not in the bundle" } else { "" };
    format!("{} `{}` ({}{missing})", config.kind, escape(&config.name), escape(&why))
}

fn escape(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
