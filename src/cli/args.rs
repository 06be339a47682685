//! The command line.

use std::ffi::OsStr;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Parser, Subcommand, ValueEnum};
use rollstamp::report::{CheckFormat, ExplainFormat};
use rollstamp::{Code, IgnoredResources, JobPolicy, Keys, Overlays, Selector, Strategy};

use super::hidden::Hidden;
use super::reloader::Reloader;

/// Rolls the right pods when a ConfigMap or Secret changes: writes a hash of the configs that a
/// workload tracks into its pod template, offline.
///
/// Without a command, stamps standard input and prints it. A KRM `ResourceList` there makes it a KRM function.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
#[command(after_help = "\
`rollstamp help` shows all options, `rollstamp help COMMAND` those of a command.")]
#[command(after_long_help = EXIT_STATUS)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) common: Common,
}

/// What an exit status means.
pub(super) const EXIT_STATUS: &str = "\
Exit status:
  0  done, or nothing to do
  1  `check` found an error
  2  the run could not decide or write; nothing was written, or the message names the files";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write stamps into the files under each PATH, in place
    Stamp(Stamp),
    /// Write nothing; fail if a stamp is missing or outdated, or a finding is an error
    Check(Check),
    /// Show what each workload tracks, by which rule, and what it does not track and why
    Explain(Explain),
    /// Remove every stamp from the files under each PATH, in place
    Strip(Stamp),
    /// List the findings, or print the documentation of one
    #[command(alias = "rules")]
    Findings {
        /// The code of a finding
        #[arg(hide_possible_values = true, value_parser = code())]
        code: Option<Code>,
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
    /// Directories, or files that are one bundle together; `-` or no PATH: standard input
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// Print the changes as a unified diff, and write nothing
    #[arg(long)]
    pub(super) diff: bool,
    /// Print the names of the files that would change, and write nothing
    #[arg(long, conflicts_with = "diff")]
    pub(super) list: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Check {
    /// Directories, or files that are one bundle together; `-` or no PATH: standard input
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// How to show the findings, and into which file; repeatable [default: text]
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = OutputParser(&CheckFormat::ALL))]
    pub(super) output: Vec<Output<CheckFormat>>,
    /// Report errors, and exit with 0 all the same
    #[arg(long)]
    pub(super) exit_zero: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Explain {
    /// Directories, or files that are one bundle together; `-` or no PATH: standard input
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// How to show the workloads, and into which file; repeatable [default: text]
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = OutputParser(&ExplainFormat::ALL))]
    pub(super) output: Vec<Output<ExplainFormat>>,
    /// Show the workloads of this name: `[KIND/][NAMESPACE/]NAME`, each part a glob; repeatable
    #[arg(long, value_name = "WORKLOAD")]
    pub(super) workload: Vec<String>,
    /// Show also the workloads that have not opted in; JSON always has them
    #[arg(long, conflicts_with = "workload")]
    pub(super) all: bool,
    /// Print the text whose SHA-256 is the stamp of the workload `[KIND/][NAMESPACE/]NAME`
    #[arg(long, value_name = "WORKLOAD", conflicts_with = "output")]
    pub(super) digest_input: Option<String>,
}

/// A format and where it goes: a file, or standard output.
#[derive(Debug, Clone, Default)]
pub(super) struct Output<F> {
    pub(super) format: F,
    pub(super) file: Option<PathBuf>,
}

/// Reads `FORMAT[=FILE]`, and knows the formats, for help and completions.
#[derive(Debug)]
struct OutputParser<F: 'static>(&'static [(&'static str, F)]);

impl<F> Clone for OutputParser<F> {
    fn clone(&self) -> Self {
        Self(self.0)
    }
}

impl<F: Copy + Send + Sync + 'static> TypedValueParser for OutputParser<F> {
    type Value = Output<F>;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<Self::Value, clap::Error> {
        let text = value.to_string_lossy();
        let (format, file) = match text.split_once('=') {
            Some((format, file)) => (format, Some(file)),
            None => (&*text, None),
        };
        if file == Some("") {
            let message = format!("`--output {format}=` must name a file after `=`\n");
            return Err(clap::Error::raw(ErrorKind::InvalidValue, message).with_cmd(command));
        }
        let names = PossibleValuesParser::new(self.0.iter().map(|(name, _)| *name));
        let name = names.parse_ref(command, arg, OsStr::new(format))?;
        let (_, format) = self.0.iter().find(|(own, _)| *own == name).expect("the name is known");
        Ok(Output { format: *format, file: file.map(PathBuf::from) })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.0.iter().map(|(name, _)| PossibleValue::new(*name))))
    }
}

/// Reads the code of a finding.
fn code() -> impl TypedValueParser<Value = Code> {
    PossibleValuesParser::new(Code::ALL.map(Code::name))
        .map(|name| Code::by_name(&name).expect("only names of codes are possible"))
}

#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Options for every command")]
pub(super) struct Common {
    /// The namespace of objects without `metadata.namespace` [default: default]
    #[arg(long, global = true, hide_short_help = true, value_name = "NAMESPACE")]
    pub(super) namespace: Option<String>,
    /// The annotation that holds the stamp [default: rollstamp.dev/config-hash]
    #[arg(long, global = true, hide_short_help = true, value_name = "KEY")]
    pub(super) annotation: Option<String>,
    /// How a stamp is written [default: annotations]
    #[arg(long, global = true, hide_short_help = true, value_name = "STRATEGY", value_parser = strategy())]
    pub(super) strategy: Option<Strategy>,
    /// Which keys of a config count for the stamp [default: all]
    #[arg(long, global = true, hide_short_help = true, value_name = "KEYS", value_parser = keys())]
    pub(super) keys: Option<Keys>,
    /// How to treat Jobs, whose pod template is immutable [default: note]
    #[arg(long, global = true, hide_short_help = true, value_name = "POLICY", value_parser = job_policy())]
    pub(super) jobs: Option<JobPolicy>,
    /// How to treat workloads whose kustomize builds need different stamps [default: report]
    #[arg(long, global = true, hide_short_help = true, value_name = "POLICY", value_parser = overlays())]
    pub(super) overlays: Option<Overlays>,
    /// Treat warnings as errors
    #[arg(long, global = true)]
    pub(super) strict: bool,
    /// Do not report findings of this code; repeatable
    #[arg(long, global = true, value_name = "CODE", hide_possible_values = true, value_parser = code())]
    pub(super) allow: Vec<Code>,
    /// Leave out files and directories that match; repeatable
    #[arg(long, global = true, value_name = "GLOB")]
    pub(super) exclude: Vec<String>,
    /// Also read files that `.gitignore` excludes
    #[arg(long, global = true, hide_short_help = true)]
    pub(super) no_ignore: bool,
    /// Succeed if there are no manifests
    #[arg(long, global = true, hide_short_help = true)]
    pub(super) allow_empty: bool,
    /// Warn about files and documents that cannot be read, and skip them
    #[arg(long, global = true, hide_short_help = true)]
    pub(super) skip_invalid: bool,
    /// The number of threads [default: one for each core]
    #[arg(long, global = true, hide_short_help = true, value_name = "N")]
    pub(super) threads: Option<NonZeroUsize>,
    /// Flags that no help shows.
    #[arg(skip)]
    pub(super) hidden: Hidden,
    /// What to call standard input in messages
    #[arg(long, global = true, hide_short_help = true, value_name = "NAME")]
    pub(super) stdin_filename: Option<String>,
    /// Read the options from this file, not from the nearest `.rollstamp.yaml`
    #[arg(long, global = true, hide_short_help = true, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Read no `.rollstamp.yaml`
    #[arg(long, global = true, hide_short_help = true, conflicts_with = "config")]
    pub(super) no_config: bool,
    /// When to color the output
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        value_enum,
        value_name = "WHEN",
        default_value_t
    )]
    pub(super) color: Color,
    /// Print errors and the requested output only
    #[arg(long, short, global = true)]
    pub(super) quiet: bool,
    /// Name the files that are read and those that are left out
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

fn strategy() -> impl TypedValueParser<Value = Strategy> {
    let values = [
        PossibleValue::new("annotations").help("One annotation on the pod template"),
        PossibleValue::new("env-vars").help("The environment variables that Reloader would set"),
    ];
    PossibleValuesParser::new(values).map(|value| match &*value {
        "env-vars" => Strategy::EnvVars,
        _ => Strategy::Annotations,
    })
}

fn keys() -> impl TypedValueParser<Value = Keys> {
    let values = [
        PossibleValue::new("all").help("All keys, as Reloader does"),
        PossibleValue::new("referenced").help("The keys that the pod can see"),
    ];
    PossibleValuesParser::new(values).map(|value| value.parse().unwrap_or_default())
}

fn overlays() -> impl TypedValueParser<Value = Overlays> {
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

fn job_policy() -> impl TypedValueParser<Value = JobPolicy> {
    let values = [
        PossibleValue::new("note").help("Report what they track, and write no stamp"),
        PossibleValue::new("stamp").help("Stamp them: the next apply replaces them, or fails"),
        PossibleValue::new("ignore").help("Ignore them"),
    ];
    PossibleValuesParser::new(values).map(|value| match &*value {
        "stamp" => JobPolicy::Stamp,
        "ignore" => JobPolicy::Ignore,
        _ => JobPolicy::Note,
    })
}
