//! The exec plugin of kustomize's old kind: the one that plain kubectl runs.
//!
//! The config comes in a variable, and as a file whose path is the one argument; a plain stream
//! comes in and goes out.

#![expect(clippy::disallowed_methods, reason = "kustomize says by a variable what it asks for")]

use std::env;

use clap::Parser;
use rollstamp::report::Report;
use rollstamp::{Goal, Mode, Options, Severity};

use super::args::{Args, Stamp};
use super::bundle::{self, Bundle};
use super::failure::Failure;
use super::planned::Planned;
use super::say::{say, say_all};
use super::{Outcome, config, output, stamp};

const CONFIG: &str = "KUSTOMIZE_PLUGIN_CONFIG_STRING";

/// The plugin's config, if kustomize runs the program as one.
pub(super) fn config() -> Option<String> {
    let mut arguments = env::args_os().skip(1);
    let (file, None) = (arguments.next()?, arguments.next()) else { return None };
    let is_option = file.as_encoded_bytes().starts_with(b"-");
    env::var(CONFIG).ok().filter(|_| !is_option)
}

/// Stamps what comes in on standard input, or checks it if `config` says so.
///
/// # Errors
///
/// Returns an error if it cannot be read or stamped; nothing has been printed then.
pub(super) fn run(config: &str) -> Result<Outcome, Failure> {
    let common = Args::parse_from(["rollstamp", "--allow-empty"]).common;
    let options = config::parse("functionConfig", config, Options::from_function_config)?;
    let options = options.unwrap_or_else(|| {
        say!("warning: the config is of a kind that is not read: write a Rollstamp");
        Options::default()
    });
    let bundle = Bundle::of(bundle::stdin(&common)?);
    let is_check = options.mode == Mode::Check;
    let goal = if is_check { Goal::Check } else { Goal::Stamp };
    let plan = bundle.plan(goal, &options, &common)?;
    if !is_check {
        return stamp::apply(&Stamp::default(), &common, goal, &[Planned::plain(bundle, plan)]);
    }
    let errors = plan.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let errors = Report::new(&bundle.path, &bundle.sources, &plan).text_of(errors);
    if errors.is_empty() {
        output::print(bundle.sources[0].text())?;
        return Ok(Outcome::Success);
    }
    say_all(&errors);
    Ok(Outcome::Found)
}
