//! What a run says at its end: what was covered, and what was not.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rollstamp::{Goal, Plan, Severity, Summary};

use super::args::Common;
use super::count;
use super::filter::Reason;
use super::planned::Planned;
use super::say::say;

/// Ends a run of `check` or `explain`.
pub(super) fn of_check(planned: &[Planned], common: &Common) {
    if common.quiet {
        return;
    }
    let summary = summary(planned, Goal::Check);
    if summary.codes().contains(',') {
        say!("found: {}", summary.codes());
    }
    say!("{}; {}", summary.workloads(), summary.severities());
    not_covered(planned, &summary);
}

/// Ends a run of `stamp` or `strip` that was given `paths`; `changed` is the number of files that
/// change, and whether that was only shown; `None` for standard input.
pub(super) fn of_write(
    planned: &[Planned],
    goal: Goal,
    paths: &[PathBuf],
    changed: Option<(usize, bool)>,
    common: &Common,
) {
    if common.quiet {
        return;
    }
    let summary = summary(planned, goal);
    let warnings = warnings(&summary, paths);
    match changed {
        Some((changed, is_shown)) => {
            let verb = if is_shown { "would change" } else { "written" };
            let parts = [summary.workloads(), format!("{} {verb}", count(changed, "file"))];
            let parts: Vec<_> = parts.into_iter().chain(warnings).collect();
            say!("{}", parts.join("; "));
        }
        // A filter that has nothing to tell is silent.
        None if !summary.is_covered() => {
            let parts: Vec<_> = [summary.workloads()].into_iter().chain(warnings).collect();
            say!("{}", parts.join("; "));
        }
        None => warnings.iter().for_each(|warnings| say!("{warnings}")),
    }
    not_covered(planned, &summary);
}

fn summary(planned: &[Planned], goal: Goal) -> Summary {
    let mut summary = Summary::new(goal);
    plans(planned).for_each(|plan| summary.add(plan));
    summary
}

fn plans(planned: &[Planned]) -> impl Iterator<Item = &Plan> {
    planned.iter().flat_map(|own| &own.bundles).map(|(_, plan)| plan)
}

/// How many warnings there are, and how to see them.
fn warnings(summary: &Summary, paths: &[PathBuf]) -> Option<String> {
    let number = summary.findings(Severity::Warning);
    let warnings = count(number, "warning");
    let how = arguments(paths).map_or_else(
        || "pipe the same into `rollstamp check`".to_owned(),
        |paths| format!("run `rollstamp check {paths}`"),
    );
    (number > 0).then(|| format!("{warnings}: {how}"))
}

/// Makes the help of findings that `stamp` fixes a command that can be pasted.
pub(super) fn complete_help(plan: &mut Plan, paths: &[PathBuf]) {
    let how = arguments(paths).map_or_else(
        || "pipe the manifests through `rollstamp` first".to_owned(),
        |paths| format!("run `rollstamp stamp {paths}` and commit the result"),
    );
    for finding in plan.findings.iter_mut().filter(|finding| finding.code.is_fixed_by_stamp()) {
        finding.help = finding.help.replace("run `rollstamp stamp` and commit the result", &how);
    }
}

/// `paths` as the arguments of a command; `None` if standard input is among them.
fn arguments(paths: &[PathBuf]) -> Option<String> {
    let is_stdin = |path: &PathBuf| path.as_os_str() == "-";
    if paths.is_empty() || paths.iter().any(is_stdin) {
        return None;
    }
    let paths: Vec<_> = paths.iter().map(|path| quoted(&path.to_string_lossy())).collect();
    Some(paths.join(" "))
}

/// A word of a command as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-._/:@%+=,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// Says what was not read, what was left out, and what is not reported.
fn not_covered(planned: &[Planned], summary: &Summary) {
    let findings = plans(planned).flat_map(|plan| &plan.findings);
    for finding in findings.filter(|finding| finding.code.name() == "not-read") {
        let message = &*finding.message;
        let what = message.split_once(" are not read from ").map_or(message, |(_, what)| what);
        say!(
            "not read: {what} with annotations of Reloader or Wave (`rollstamp findings not-read`)"
        );
    }
    let mut reasons = BTreeMap::<Reason, usize>::new();
    for (_, reason) in planned.iter().flat_map(|own| &own.left_out) {
        *reasons.entry(*reason).or_default() += 1;
    }
    let left_out: Vec<_> = reasons.into_iter().map(|(own, number)| own.count(number)).collect();
    if !left_out.is_empty() {
        say!("left out: {} (`-v` names them)", left_out.join("; "));
    }
    if !summary.silenced().is_empty() {
        say!("allowed by the options, and not reported: {}", summary.silenced());
    }
}
