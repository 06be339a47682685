//! The program's own part: arguments, files and streams. What it decides, the library decides.

mod args;
mod bundle;
mod check;
mod config;
mod content;
mod explain;
mod failure;
mod filter;
mod function;
mod input;
mod interrupt;
mod listing;
mod output;
pub(crate) mod panic;
mod planned;
mod plugin;
mod reloader;
mod replace;
mod repository;
mod rules;
mod say;
mod stamp;
mod threads;
mod tree;
mod walk;

use std::collections::BTreeMap;
use std::process::ExitCode;

use anstream::ColorChoice;
use clap::{CommandFactory, Parser};
use rollstamp::{Code, Goal};

use args::{Args, Color, Command, Common};
use failure::Failure;
use filter::Reason;
use planned::Planned;
use say::{say, say_all};

/// How a run ended, as the exit status says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// 0: done, or nothing to do.
    Success,
    /// 1: `check` found something.
    Found,
    /// 2: the run could not decide or write.
    Failed,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(outcome as u8)
    }
}

/// Runs the program.
///
/// # Errors
///
/// Returns what kept it from deciding or writing. Nothing has been written then.
pub(crate) fn run() -> Result<Outcome, Failure> {
    if let Some(config) = plugin::config() {
        return plugin::run(&config);
    }
    let args = Args::parse();
    let common = &args.common;
    set_color(common.color);
    note_ineffective(common);
    match args.command {
        None if input::is_terminal() => {
            short_help();
            Ok(Outcome::Failed)
        }
        None => function::run(common),
        Some(Command::Stamp(stamp)) => stamp::run(&stamp, common, Goal::Stamp),
        Some(Command::Strip(strip)) => stamp::run(&strip, common, Goal::Strip),
        Some(Command::Check(check)) => check::run(&check, common),
        Some(Command::Explain(explain)) => explain::run(&explain, common),
        Some(Command::Rules { code }) => rules::run(code.as_deref()),
        Some(Command::Completions { shell }) => output::completions(shell, &mut Args::command()),
        Some(Command::Man) => output::man(Args::command()),
    }
}

fn set_color(color: Color) {
    match color {
        Color::Auto => {}
        Color::Always => ColorChoice::Always.write_global(),
        Color::Never => ColorChoice::Never.write_global(),
    }
}

/// Says which flags of Reloader have no meaning here.
fn note_ineffective(common: &Common) {
    let flags = common.reloader.ineffective();
    if flags.is_empty() || common.quiet {
        return;
    }
    let flags: Vec<_> = flags.iter().map(|(flag, why)| format!("{flag} ({why})")).collect();
    say!("note: these flags of Reloader have no effect: {}", flags.join(", "));
}

/// What someone sees who types nothing but the name.
fn short_help() {
    say_all(&Args::command().render_help().ansi().to_string());
}

/// Says what was left out that may matter.
fn note_left_out(planned: &[Planned], common: &Common) {
    let mut counts = BTreeMap::<Reason, usize>::new();
    for (_, reason) in planned.iter().flat_map(|own| &own.left_out) {
        *counts.entry(*reason).or_default() += 1;
    }
    let counts: Vec<_> = counts.into_iter().map(|(reason, number)| reason.count(number)).collect();
    if !counts.is_empty() && !common.quiet {
        say!("note: left out: {} (`-v` names them)", counts.join("; "));
    }
}

/// Says which findings are not reported because the options allow them.
fn note_silenced(planned: &[Planned], common: &Common) {
    let mut counts = BTreeMap::<Code, usize>::new();
    let plans = planned.iter().flat_map(|own| &own.bundles).map(|(_, plan)| plan);
    for (code, number) in plans.flat_map(|plan| &plan.silenced) {
        *counts.entry(*code).or_default() += number;
    }
    let counts: Vec<_> = counts.iter().map(|(code, number)| format!("{number} {code}")).collect();
    if !counts.is_empty() && !common.quiet {
        say!("note: not reported, because the configuration allows it: {}", counts.join(", "));
    }
}

/// `1 file`, `2 files`.
fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
