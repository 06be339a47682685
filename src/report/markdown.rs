//! What each workload tracks, as a table for a comment on a pull request.

use super::{Report, escape};
use crate::plan::{ConfigPlan, WorkloadPlan};

pub(super) fn table(report: &Report<'_>) -> String {
    let rows: Vec<_> = report.workloads.iter().copied().map(row).collect();
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
    let id = plain(&workload.id.to_string());
    format!("| {id} | {state} | {} | {} |\n", list(tracked), list(untracked))
}

fn config(config: &ConfigPlan) -> String {
    let why = config
        .rule
        .map_or_else(|| config.why_not.clone().unwrap_or_default(), |rule| format!("rule {rule}"));
    let missing = if config.source.is_none() { ", not in the bundle" } else { "" };
    format!("{} {} ({}{missing})", config.kind, code(&config.name), plain(&why))
}

/// A name as code, unless it would end the code or the cell: no such name is one of Kubernetes.
fn code(name: &str) -> String {
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "-._/:".contains(c));
    if is_plain { format!("`{name}`") } else { plain(name) }
}

/// Text without a meaning to Markdown, HTML or GitHub.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in escape(text).chars() {
        match character {
            '&' => plain.push_str("&amp;"),
            '<' => plain.push_str("&lt;"),
            '>' => plain.push_str("&gt;"),
            '@' => plain.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' => {
                plain.extend(['\\', character]);
            }
            _ => plain.push(character),
        }
    }
    plain
}
