//! The program's own part: arguments, files and streams. What it decides, the library decides.

mod args;
mod check;
mod config;
mod explain;
mod failure;
mod function;
mod input;
mod map;
mod output;
mod plugin;
mod reloader;
mod rules;
mod stamp;

use std::process::ExitCode;

use anstream::ColorChoice;
use clap::{CommandFactory, Parser};
use rollstamp::{Plan, plan, plan_strip};

use args::{Args, Color, Command, Common};
use failure::Failure;
use input::Bundle;

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
        Some(Command::Stamp(stamp)) => stamp::run(&stamp, common, plan),
        Some(Command::Strip(strip)) => stamp::run(&strip, common, plan_strip),
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
    anstream::eprintln!("note: these flags of Reloader have no effect: {}", flags.join(", "));
}

/// What someone sees who types nothing but the name.
fn short_help() {
    anstream::eprint!("{}", Args::command().render_help().ansi());
}

/// Reads each of `paths` as a bundle, and plans it. What comes out is needed until the program ends,
/// so that nothing has to be given back piece by piece.
///
/// # Errors
///
/// Returns the first error, with the lines that it is about.
fn plan_all(
    paths: &[std::path::PathBuf],
    common: &Common,
    plan: PlanFn,
) -> Result<&'static [(Bundle, Plan)], Failure> {
    let stdin = [std::path::PathBuf::from("-")];
    let paths = if paths.is_empty() { &stdin } else { paths };
    let read = |path: &std::path::PathBuf| {
        let options = config::options(path, common)?;
        let bundle = Bundle::read(path, common, &options)?;
        let plan = bundle.plan(plan, &options, common)?;
        Ok((bundle, plan))
    };
    let planned = paths.iter().map(read).collect::<Result<Vec<_>, Failure>>()?;
    Ok(planned.leak())
}

/// `1 file`, `2 files`.
fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// [`plan`], [`rollstamp::plan_check`] or [`plan_strip`].
type PlanFn = fn(&[rollstamp::Source<'_>], &rollstamp::Options) -> Result<Plan, rollstamp::Error>;
