//! A bundle as it was read: manifests that belong together.

use std::io;
use std::path::PathBuf;

use rollstamp::{
    Code, Goal, LineIndex, Options, Plan, Severity, Source, plan, plan_check, plan_strip,
};

use super::args::Common;
use super::content::{self, Content, Identity};
use super::failure::Failure;
use super::filter::Reason;
use super::input::is_terminal;
use super::listing::{Item, Listing, display};
use super::say::say;
use super::threads::in_pool;

/// What else can be done about a file that was found in a directory.
const LEAVE_OUT: &str = "leave the file out with `--exclude`";

/// The manifests of one bundle.
#[derive(Debug)]
pub(super) struct Bundle {
    /// What reports call it.
    pub(super) path: String,
    pub(super) sources: Vec<Source<'static>>,
    /// The file of each source; `None` for standard input.
    pub(super) files: Vec<Option<ReadFile>>,
    /// What is left out although it may matter.
    pub(super) left_out: Vec<(PathBuf, Reason)>,
}

/// A file that was read.
#[derive(Debug)]
pub(super) struct ReadFile {
    pub(super) path: PathBuf,
    /// What it was then; `None` if it could not be read.
    pub(super) identity: Option<Identity>,
    /// Whether it was found in a directory, and not given.
    pub(super) is_found: bool,
}

impl ReadFile {
    /// A file that was found at `path`.
    pub(super) fn found(path: PathBuf, identity: Identity) -> Self {
        Self { path, identity: Some(identity), is_found: true }
    }
}

impl Bundle {
    /// Reads what `listing` names.
    ///
    /// # Errors
    ///
    /// Returns an error if standard input cannot be read or is not UTF-8, or if there is nothing in it at all.
    pub(super) fn read(listing: Listing, common: &Common) -> Result<Self, Failure> {
        let Listing { path, items, left_out, .. } = listing;
        let mut bundle = Self { path, sources: Vec::new(), files: Vec::new(), left_out };
        for item in items {
            let (path, is_found) = match item {
                Item::Stdin => {
                    bundle.sources.push(stdin(common)?);
                    bundle.files.push(None);
                    continue;
                }
                Item::Given(path) => (path, false),
                Item::Found(path) => (path, true),
                Item::Failed(path, error) => {
                    bundle.add(path, true, Err(error), common);
                    continue;
                }
            };
            if common.verbose {
                say!("note: reading '{}'", display(&path));
            }
            let content = content::of_file(&path);
            bundle.add(path, is_found, content, common);
        }
        let is_blank =
            bundle.sources.iter().all(|source| !source.is_unreadable() && is_blank(source.text()));
        if is_blank && !bundle.sources.is_empty() && !common.allow_empty {
            return Err(nothing_in(&bundle.path));
        }
        Ok(bundle)
    }

    /// What came in on standard input.
    pub(super) fn of(source: Source<'static>) -> Self {
        let (path, sources, files) = ("-".to_owned(), vec![source], vec![None]);
        Self { path, sources, files, left_out: Vec::new() }
    }

    /// Plans it.
    ///
    /// # Errors
    ///
    /// Returns what keeps it from being decided.
    pub(super) fn plan(
        &self,
        goal: Goal,
        options: &Options,
        common: &Common,
    ) -> Result<Plan, Failure> {
        let plan = match goal {
            Goal::Stamp => plan,
            Goal::Check => plan_check,
            Goal::Strip => plan_strip,
        };
        let size = self.sources.iter().map(|source| source.text().len()).sum();
        let plan = in_pool(size, common.threads, || plan(&self.sources, options))?;
        let mut plan = plan.map_err(|error| Failure::library(&error, &self.sources))?;
        let unreadable = plan.findings.iter_mut().filter(|own| own.code == Code::Unreadable);
        for finding in unreadable {
            let file = &self.files[finding.place.source];
            if common.skip_invalid {
                finding.severity = Severity::Warning;
            }
            if file.as_ref().is_some_and(|file| file.is_found) {
                finding.help = format!("{}, or {LEAVE_OUT}", finding.help);
            }
        }
        Ok(plan)
    }

    fn add(
        &mut self,
        path: PathBuf,
        is_found: bool,
        content: io::Result<Content>,
        common: &Common,
    ) {
        let name = display(&path);
        let (source, identity) = match content {
            Ok(Content { bytes, identity }) => (source(name, bytes, common), Some(identity)),
            Err(error) => {
                let help = "make it readable for the user who runs this";
                (Source::unreadable(name, "", format!("cannot be read: {error}"), help), None)
            }
        };
        self.sources.push(source);
        self.files.push(Some(ReadFile { path, identity, is_found }));
    }
}

/// What comes in on standard input.
///
/// # Errors
///
/// Returns an error if it is a terminal, cannot be read, is not UTF-8, or holds nothing.
pub(super) fn stdin(common: &Common) -> Result<Source<'static>, Failure> {
    if is_terminal() {
        return Err(Failure::new(
            "neither a PATH is given, nor are there manifests on standard input",
            "give a PATH, as in `rollstamp check .`, or a pipe, as in `kubectl kustomize . | rollstamp check`",
        ));
    }
    let bytes = content::of_stdin().map_err(|error| {
        Failure::new(format!("cannot read standard input: {error}"), "nothing has been written")
    })?;
    let name = common.stdin_filename.clone().unwrap_or_else(|| "-".to_owned());
    // Nothing of what cannot be read could be passed on.
    let text = decode(bytes).map_err(|NotUtf8 { valid, help }| {
        let place = LineIndex::new(&valid).line_column(valid.len());
        Failure::at(&name, place, NotUtf8::MESSAGE, help)
    })?;
    if is_blank(&text) && !common.allow_empty {
        return Err(nothing_in("-"));
    }
    Ok(adjusted(Source::new(name, text), common))
}

/// The source that a file called `name` is.
fn source(name: String, bytes: Vec<u8>, common: &Common) -> Source<'static> {
    match decode(bytes) {
        Ok(text) => adjusted(Source::new(name, text), common),
        Err(NotUtf8 { valid, help }) => Source::unreadable(name, valid, NotUtf8::MESSAGE, help),
    }
}

/// `source`, read as hidden options say.
fn adjusted(source: Source<'static>, common: &Common) -> Source<'static> {
    #[cfg(debug_assertions)]
    let source = if common.hidden.spoil { source.with_fault(spoil) } else { source };
    if common.hidden.slow { source.slow() } else { source }
}

/// That bytes are no text.
struct NotUtf8 {
    /// What comes before the first byte to blame.
    valid: String,
    /// What to do about it.
    help: &'static str,
}

impl NotUtf8 {
    const MESSAGE: &str = "the text must be UTF-8";
}

fn decode(bytes: Vec<u8>) -> Result<String, NotUtf8> {
    String::from_utf8(bytes).map_err(|error| {
        let bytes = error.as_bytes();
        let valid = String::from_utf8_lossy(&bytes[..error.utf8_error().valid_up_to()]);
        let is_utf16 = matches!(*bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
        let help = if is_utf16 {
            "it looks like UTF-16: convert it, for example with `iconv -f utf-16 -t utf-8`"
        } else {
            "convert it"
        };
        NotUtf8 { valid: valid.into_owned(), help }
    })
}

/// Takes away the byte before each edit too.
#[cfg(debug_assertions)]
fn spoil(edits: Vec<rollstamp::Edit>) -> Vec<rollstamp::Edit> {
    let spoil = |edit: rollstamp::Edit| rollstamp::Edit {
        span: edit.span.start.saturating_sub(1)..edit.span.end,
        ..edit
    };
    edits.into_iter().map(spoil).collect()
}

/// Whether there is nothing in `text`, not even a comment.
fn is_blank(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').trim_start().is_empty()
}

fn nothing_in(path: &str) -> Failure {
    if path == "-" {
        let help = "the command before the pipe has probably failed; without a pipe, give a PATH, as in `rollstamp check .`; if nothing is fine, use `--allow-empty`";
        return Failure::new("there is nothing on standard input", help);
    }
    let help = "give the files that hold the manifests; if nothing is fine, use `--allow-empty`";
    Failure::new(format!("there is nothing in '{path}'"), help)
}
