//! What each workload tracks and why, for people: at most 80 columns where names allow.

use std::collections::{HashMap, HashSet};
use std::fmt::{self, Write as _};

use super::{Report, escape};
use crate::finding::Finding;
use crate::model::{Coverage, ResourceId};
use crate::plan::{ConfigPlan, WorkloadPlan};
use crate::stamp::State;

/// How many columns a line takes at most.
const WIDTH: usize = 80;

pub(super) fn workloads(report: &Report<'_>) -> String {
    let mut text = String::new();
    let findings = by_resource(report);
    for workload in report.workloads.iter().copied() {
        let own = findings.get(&(&*workload.id, workload.place.source));
        let own = own.map_or(&[][..], Vec::as_slice);
        write_workload(&mut text, report, workload, own)
            .expect("a string takes all that is written");
    }
    let workloads: HashSet<_> =
        report.workloads.iter().copied().map(|workload| &workload.id).collect();
    let others = report
        .findings
        .iter()
        .copied()
        .filter(|finding| !finding.resource.as_ref().is_some_and(|id| workloads.contains(&id)));
    let others: Vec<_> = others.collect();
    for (index, finding) in others.iter().enumerate() {
        let is_first = index == 0 || report.subject(others[index - 1]) != report.subject(finding);
        write_other(&mut text, report, finding, is_first)
            .expect("a string takes all that is written");
    }
    text
}

/// The findings about each resource and source, but for those that `stamp` fixes.
fn by_resource<'r>(report: &Report<'r>) -> HashMap<(&'r ResourceId, usize), Vec<&'r Finding>> {
    let mut all: HashMap<_, Vec<_>> = HashMap::new();
    for finding in
        report.findings.iter().copied().filter(|finding| !finding.code.is_fixed_by_stamp())
    {
        if let Some(resource) = &finding.resource {
            all.entry((&**resource, finding.place.source)).or_default().push(finding);
        }
    }
    all
}

fn write_workload(
    text: &mut String,
    report: &Report<'_>,
    workload: &WorkloadPlan,
    findings: &[&Finding],
) -> fmt::Result {
    let blank = if text.is_empty() { "" } else { "\n" };
    text.push_str(blank);
    write_line(text, format_args!("{} ({})", workload.id, report.path_line(&workload.place)))?;
    write_stamp(text, workload)?;
    for config in &workload.configs {
        write_config(text, report, config)?;
    }
    for (volume, kind, name, place) in &workload.unmounted {
        let words = format!("volume {volume} names {kind} {name}, and no container mounts it");
        write_words(text, "  ", &words)?;
        write_line(text, format_args!("    at {}", report.path_line(place)))?;
    }
    findings.iter().try_for_each(|finding| write_finding(text, report, finding))
}

fn write_stamp(text: &mut String, workload: &WorkloadPlan) -> fmt::Result {
    let stamp = &workload.stamp;
    let says = match stamp.state {
        _ if !workload.is_opted_in => "none: no annotation or option asks for one",
        State::Current => "current",
        State::Stale => "stale, must be",
        State::Missing => "missing, must be",
        State::Extra => "must be removed: it tracks nothing that is in the bundle",
        State::None if stamp.is_unknown => {
            "left as it is: the content of the configs that it names is not known here"
        }
        State::None => "none: it tracks nothing that is in the bundle",
    };
    let is_unstamped = stamp.state == State::None && !stamp.digest_input.is_empty();
    let says = if is_unstamped { "none: its pod template cannot be changed" } else { says };
    writeln!(text, "  stamp: {says}")?;
    stamp
        .expected
        .iter()
        .try_for_each(|expected| write_line(text, format_args!("    {expected}")))?;
    for variable in &stamp.variables {
        let says = match variable.state {
            State::Current => "current",
            State::Stale => "stale, must be",
            State::Missing => "missing, must be",
            State::Extra => "must be removed",
            State::None => "what it must be cannot be known here",
        };
        let words = format!("{} in container {}: {says}", variable.name, variable.container);
        write_words(text, "    ", &words)?;
        variable
            .expected
            .iter()
            .try_for_each(|expected| write_line(text, format_args!("      {expected}")))?;
    }
    Ok(())
}

fn write_config(text: &mut String, report: &Report<'_>, config: &ConfigPlan) -> fmt::Result {
    let verb = if config.is_tracked { "tracks" } else { "does not track" };
    let place = match (&config.source, &config.producer) {
        (Some(source), _) => report.path_line(&source.place),
        (None, Some((id, place))) => {
            let maker = [&*id.gvk.kind, &*id.name].join(" ");
            format!("made by {}, {}", maker.trim_end(), report.path_line(place))
        }
        (None, None) => "not in the bundle".to_owned(),
    };
    let is_left_out = config.is_tracked && config.source.is_none();
    let part = if is_left_out { ", not part of the stamp" } else { "" };
    write_line(text, format_args!("  {verb} {} {} ({place}){part}", config.kind, config.name))?;
    match (&config.rule, &config.because, &config.why_not) {
        (Some(rule), Some(because), _) => {
            write_line(text, format_args!("    by rule {rule}: {}", because.annotation))?;
            write_line(text, format_args!("      at {}", report.path_line(&because.place)))?;
        }
        (Some(rule), None, _) => {
            write_line(
                text,
                format_args!("    by rule {rule}: option {}", config.option.unwrap_or_default()),
            )?;
        }
        (None, _, why_not) => {
            let words = format!("by no rule: {}", why_not.as_deref().unwrap_or_default());
            write_words(text, "    ", &words)?;
        }
    }
    let source = config.source.as_ref();
    if let Some(source) =
        source.filter(|source| !source.keys.is_empty() || !source.coverage.is_stamped())
    {
        let keys = source.keys.join(", ");
        let seen = match source.coverage {
            Coverage::Content => format!("keys: {keys}"),
            Coverage::Ciphertext => format!("keys, encrypted: {keys}"),
            Coverage::Injected => {
                "not part of the stamp: its content is made in the cluster".to_owned()
            }
            Coverage::NamedByContent => {
                "not part of the stamp: it rolls by its name, a hash of its content".to_owned()
            }
            Coverage::Spec => "seen: its spec, not the content behind it".to_owned(),
        };
        write_words(text, "    ", &seen)?;
    }
    config
        .references
        .iter()
        .try_for_each(|(field, _)| write_line(text, format_args!("    at {field}")))
}

fn write_finding(text: &mut String, report: &Report<'_>, finding: &Finding) -> fmt::Result {
    let Finding { severity, code, message, place, help, .. } = finding;
    write_words(text, "  ", &format!("{severity}[{code}]: {message}"))?;
    write_line(text, format_args!("    at {}", report.path_line(place)))?;
    write_words(text, "    ", &format!("help: {help}"))
}

/// Writes a line.
fn write_line(text: &mut String, line: fmt::Arguments<'_>) -> fmt::Result {
    writeln!(text, "{}", escape(&line.to_string()))
}

/// Writes a sentence, in lines of at most [`WIDTH`] columns where its words allow.
fn write_words(text: &mut String, indent: &str, words: &str) -> fmt::Result {
    let behind = format!("{indent}  ");
    let options = textwrap::Options::new(WIDTH)
        .initial_indent(indent)
        .subsequent_indent(&behind)
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    writeln!(text, "{}", textwrap::fill(&escape(words), options))
}

fn write_other(
    text: &mut String,
    report: &Report<'_>,
    finding: &Finding,
    is_first: bool,
) -> fmt::Result {
    if is_first {
        let blank = if text.is_empty() { "" } else { "\n" };
        text.push_str(blank);
        write_line(text, format_args!("{}", report.subject(finding)))?;
    }
    write_finding(text, report, finding)
}
