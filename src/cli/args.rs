//! The command line.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Parser, Subcommand, ValueEnum};
use rollstamp::report::{CheckFormat, ExplainFormat};
use rollstamp::{IgnoredResources, JobPolicy, Keys, Overlays, Selector, Strategy};

use super::reloader::Reloader;

/// Rolls the right pods when a ConfigMap or Secret changes: writes a hash of the
/// configs that a workload tracks into its pod template, offline.
///
/// Without a command, stamps what comes in on standard input; a `ResourceList` there makes it a KRM
/// function.
#[derive(Debug, Parser)]
#[command(version, disable_help_subcommand = true)]
#[command(after_help = "\
Exit status: 0 done or nothing to do, 1 `check` found something, 2 the run could not
decide or write; nothing has been written then, or the message names the files.")]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) common: Common,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write stamps into the files under each PATH, in place
    Stamp(Stamp),
    /// Write nothing; fail if a stamp is missing or stale, or a finding is an error
    Check(Check),
    /// Show what each workload tracks, by which rule, and what it does not and why
    Explain(Explain),
    /// Remove every stamp from the files under each PATH, in place
    Strip(Stamp),
    /// List the findings, or print the documentation of one
    Rules {
        /// The finding's code
        code: Option<String>,
    },
    /// Print the completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

#[derive(Debug, Default, clap::Args)]
pub(super) struct Stamp {
    /// Files or directories, each a bundle of its own; `-` or none: standard input
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// Print the changes as a unified diff, and write nothing
    #[arg(long)]
    pub(super) diff: bool,
    /// Print the names of the files that change
    #[arg(long)]
    pub(super) list: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Check {
    /// Files or directories, each a bundle of its own; `-` or none: standard input
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// How to show what is found, and in which file; repeatable [default: text]
    /// [formats: text, concise, json, sarif, junit, github, gitlab]
    #[arg(long, value_name = "FORMAT[=FILE]", verbatim_doc_comment)]
    pub(super) output: Vec<Output<CheckFormat>>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Explain {
    /// Files or directories, each a bundle of its own; `-` or none: standard input
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// How to show it, and in which file; repeatable [default: text]
    /// [formats: text, json, mermaid, dot, markdown]
    #[arg(long, value_name = "FORMAT[=FILE]", verbatim_doc_comment)]
    pub(super) output: Vec<Output<ExplainFormat>>,
    /// Print the text that the workload's stamp is the SHA-256 of: NAME, KIND/NAME or
    /// KIND/NAMESPACE/NAME
    #[arg(long, value_name = "WORKLOAD", conflicts_with = "output")]
    pub(super) digest_input: Option<String>,
}

/// A format and where it goes: a file, or standard output.
#[derive(Debug, Clone, Default)]
pub(super) struct Output<F> {
    pub(super) format: F,
    pub(super) file: Option<PathBuf>,
}

impl<F: FromStr<Err = String>> FromStr for Output<F> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, file) =
            text.split_once('=').map_or((text, None), |(format, file)| (format, Some(file)));
        if file == Some("") {
            return Err("there must be a file behind `=`".to_owned());
        }
        Ok(Self { format: format.parse()?, file: file.map(PathBuf::from) })
    }
}

#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Options for every command")]
pub(super) struct Common {
    /// The namespace that a missing `metadata.namespace` means [default: default]
    #[arg(long, global = true, value_name = "NAMESPACE")]
    pub(super) namespace: Option<String>,
    /// The annotation that holds the stamp [default: rollstamp.dev/config-hash]
    #[arg(long, global = true, value_name = "KEY")]
    pub(super) annotation: Option<String>,
    /// What a stamp is [default: annotations]
    #[arg(long, global = true, value_name = "STRATEGY", value_parser = strategy())]
    pub(super) strategy: Option<Strategy>,
    /// Which keys of a config a stamp is made of [default: all]
    #[arg(long, global = true, value_name = "KEYS", value_parser = keys())]
    pub(super) keys: Option<Keys>,
    /// What to do about Jobs, whose pod template cannot be changed [default: note]
    #[arg(long, global = true, value_name = "POLICY", value_parser = job_policy())]
    pub(super) jobs: Option<JobPolicy>,
    /// What to do about a workload whose kustomize builds need different stamps [default: report]
    #[arg(long, global = true, value_name = "POLICY", value_parser = overlays())]
    pub(super) overlays: Option<Overlays>,
    /// Treat warnings as errors
    #[arg(long, global = true)]
    pub(super) strict: bool,
    /// Leave out files and directories that match; repeatable
    #[arg(long, global = true, value_name = "GLOB")]
    pub(super) exclude: Vec<String>,
    /// Read what `.gitignore` names, too
    #[arg(long, global = true)]
    pub(super) no_ignore: bool,
    /// Take it for success if there are no manifests
    #[arg(long, global = true)]
    pub(super) allow_empty: bool,
    /// Warn about files and documents that cannot be read, and go on without them
    #[arg(long, global = true)]
    pub(super) skip_invalid: bool,
    /// How many threads to work with [default: one for each core]
    #[arg(long, global = true, value_name = "N")]
    pub(super) threads: Option<NonZeroUsize>,
    /// Read everything by the parser, and nothing by the lane for plain text
    #[arg(long, global = true, hide = true)]
    pub(super) slow: bool,
    /// Spoil every edit, to show that the proof refuses it; not in released programs
    #[cfg(debug_assertions)]
    #[arg(long, global = true, hide = true)]
    pub(super) spoil: bool,
    /// What to call standard input in messages
    #[arg(long, global = true, value_name = "NAME")]
    pub(super) stdin_filename: Option<String>,
    /// Read the options from this file, not from the nearest `.rollstamp.yaml`
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Read no `.rollstamp.yaml`
    #[arg(long, global = true, conflicts_with = "config")]
    pub(super) no_config: bool,
    /// When to use colours
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t)]
    pub(super) color: Color,
    /// Print nothing but errors and what was asked for
    #[arg(long, short, global = true)]
    pub(super) quiet: bool,
    /// Say which files are read
    #[arg(long, short, global = true, conflicts_with = "quiet")]
    pub(super) verbose: bool,
    #[command(flatten)]
    pub(super) reloader: Reloader,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// If the output is a terminal; `NO_COLOR` and `CLICOLOR_FORCE` count
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

pub(super) fn resources(text: &str) -> Result<IgnoredResources, String> {
    text.parse()
}

pub(super) fn selector(text: &str) -> Result<Selector, String> {
    text.parse()
}

fn strategy() -> impl clap::builder::TypedValueParser<Value = Strategy> {
    use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
    let values = [
        PossibleValue::new("annotations").help("One annotation of the pod template"),
        PossibleValue::new("env-vars").help("The variables that Reloader would set"),
    ];
    PossibleValuesParser::new(values).map(|value| match &*value {
        "env-vars" => Strategy::EnvVars,
        _ => Strategy::Annotations,
    })
}

fn keys() -> impl clap::builder::TypedValueParser<Value = Keys> {
    use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
    let values = [
        PossibleValue::new("all").help("All, as for Reloader"),
        PossibleValue::new("referenced").help("Those that the pod can see"),
    ];
    PossibleValuesParser::new(values).map(|value| value.parse().unwrap_or_default())
}

fn overlays() -> impl clap::builder::TypedValueParser<Value = Overlays> {
    use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
    let values = [
        PossibleValue::new("report").help("Report it"),
        PossibleValue::new("transform")
            .help("Write a rollstamp.yaml beside each kustomization file"),
    ];
    PossibleValuesParser::new(values).map(|value| match &*value {
        "transform" => Overlays::Transform,
        _ => Overlays::Report,
    })
}

fn job_policy() -> impl clap::builder::TypedValueParser<Value = JobPolicy> {
    use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
    let values = [
        PossibleValue::new("note").help("Explain what they track, and write no stamp"),
        PossibleValue::new("stamp").help("Stamp them: the next apply replaces them, or fails"),
        PossibleValue::new("ignore").help("Take no notice of them"),
    ];
    PossibleValuesParser::new(values).map(|value| match &*value {
        "stamp" => JobPolicy::Stamp,
        "ignore" => JobPolicy::Ignore,
        _ => JobPolicy::Note,
    })
}
