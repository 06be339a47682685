//! The program's own part: arguments, files and streams. What it decides, the library decides.

mod args;
mod bundle;
mod check;
mod closing;
mod config;
mod content;
mod explain;
mod failure;
mod filter;
mod findings;
mod function;
mod hidden;
mod input;
mod interrupt;
mod listing;
mod man;
mod output;
pub(crate) mod panic;
mod planned;
mod plugin;
mod reloader;
mod replace;
mod repository;
mod say;
mod stamp;
mod threads;
mod tree;
mod walk;

use std::env;
use std::process::ExitCode;

use anstream::ColorChoice;
use clap::{CommandFactory, Parser};
use rollstamp::Goal;

use args::{Args, Color, Command, Common};
use failure::Failure;
use hidden::Hidden;
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
    let (hidden, args) = Hidden::take(env::args_os());
    let mut args = Args::parse_from(args);
    args.common.hidden = hidden;
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
        Some(Command::Findings { code }) => findings::run(code),
        Some(Command::Completions { shell }) => output::completions(shell, &mut Args::command()),
        Some(Command::Man) => man::run(Args::command()),
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
    let flags = &common.hidden.ineffective;
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

/// `1 file`, `2 files`.
fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
