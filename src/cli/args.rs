//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use rollstamp::{IgnoredResources, JobPolicy};

/// Rolls the right pods when a ConfigMap or Secret changes: writes a hash of the
/// configs that a workload tracks into its pod template, offline.
///
/// Without a command, stamps what comes in on standard input.
#[derive(Debug, Parser)]
#[command(version, disable_help_subcommand = true)]
#[command(after_help = "\
Exit status: 0 done or nothing to do, 1 `check` found something, 2 the run could not
decide or write; nothing has been written then.")]
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
    /// Write nothing; fail if a stamp is missing or stale
    Check(Check),
    /// Show what each workload tracks, by which rule, and what it does not
    Explain(Explain),
    /// Remove every stamp from the files under each PATH, in place
    Strip(Stamp),
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
    /// How to print what is found
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(super) output: CheckFormat,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum CheckFormat {
    /// With the lines of the manifest
    #[default]
    Text,
    /// `path:line:column: message [code]`
    Concise,
}

#[derive(Debug, clap::Args)]
pub(super) struct Explain {
    /// Files or directories, each a bundle of its own; `-` or none: standard input
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// How to print it
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(super) output: ExplainFormat,
    /// Print the text that the workload's stamp is the SHA-256 of: NAME, KIND/NAME or
    /// KIND/NAMESPACE/NAME
    #[arg(long, value_name = "WORKLOAD", conflicts_with = "output")]
    pub(super) digest_input: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ExplainFormat {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
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
    /// Track for workloads that do not say anything of `auto` what they refer to
    #[arg(long, global = true)]
    pub(super) auto_reload_all: bool,
    /// Track nothing of these kinds: configmaps, secrets
    #[arg(long, global = true, value_name = "KINDS", value_delimiter = ',', value_parser = resources)]
    pub(super) resources_to_ignore: Option<Vec<IgnoredResources>>,
    /// What to do about Jobs, whose pod template cannot be changed [default: note]
    #[arg(long, global = true, value_name = "POLICY", value_parser = job_policy())]
    pub(super) jobs: Option<JobPolicy>,
    /// Leave out files and directories that match; repeatable
    #[arg(long, global = true, value_name = "GLOB")]
    pub(super) exclude: Vec<String>,
    /// Warn of files that cannot be read as YAML, and go on without them
    #[arg(long, global = true)]
    pub(super) skip_invalid: bool,
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

fn resources(text: &str) -> Result<IgnoredResources, String> {
    text.parse()
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
