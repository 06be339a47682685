//! A bundle as it was read: manifests that belong together.

use std::path::{Path, PathBuf};

use rollstamp::{Error, LineIndex, Options, Plan, Source, validate};

use super::PlanFn;
use super::args::Common;
use super::content::{self, Identity};
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
    /// What it was then.
    pub(super) identity: Identity,
    /// Whether it was found in a directory, and not given.
    pub(super) is_found: bool,
}

impl Bundle {
    /// Reads what `listing` names.
    ///
    /// # Errors
    ///
    /// Returns an error if something cannot be read, is not UTF-8, or if there is nothing in it at all.
    pub(super) fn read(
        listing: Listing,
        common: &Common,
        options: &Options,
    ) -> Result<Self, Failure> {
        let Listing { path, items, left_out, .. } = listing;
        let mut bundle = Self { path, sources: Vec::new(), files: Vec::new(), left_out };
        for item in items {
            match item {
                Item::Stdin => {
                    bundle.sources.push(stdin(common)?);
                    bundle.files.push(None);
                }
                Item::Given(path) => bundle.add(path, false, common, options)?,
                Item::Found(path) => bundle.add(path, true, common, options)?,
                Item::Failed(path, error) => return Err(Failure::file("read", &path, &error)),
            }
        }
        let is_blank = bundle.sources.iter().all(|source| is_blank(source.text()));
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
    /// Returns what keeps `plan` from deciding.
    pub(super) fn plan(
        &self,
        plan: PlanFn,
        options: &Options,
        common: &Common,
    ) -> Result<Plan, Failure> {
        let size = self.sources.iter().map(|source| source.text().len()).sum();
        in_pool(size, common.threads, || plan(&self.sources, options))?
            .map_err(|error| self.failure(error))
    }

    /// What `error` about one of the sources comes to.
    pub(super) fn failure(&self, error: Error) -> Failure {
        let file = &self.files[error.place().source];
        let is_found = file.as_ref().is_some_and(|file| file.is_found);
        Failure::library(&advise(error, is_found), &self.sources)
    }

    fn add(
        &mut self,
        path: PathBuf,
        is_found: bool,
        common: &Common,
        options: &Options,
    ) -> Result<(), Failure> {
        if common.verbose {
            say!("note: reading '{}'", display(&path));
        }
        match read(&path, is_found, common, options) {
            Ok((source, identity)) => {
                self.sources.push(source);
                self.files.push(Some(ReadFile { path, identity, is_found }));
            }
            Err(failure) if common.skip_invalid => {
                failure.print();
                say!("warning: '{}' is skipped", display(&path));
            }
            Err(failure) => return Err(failure),
        }
        Ok(())
    }
}

fn read(
    path: &Path,
    is_found: bool,
    common: &Common,
    options: &Options,
) -> Result<(Source<'static>, Identity), Failure> {
    let content = content::of_file(path).map_err(|error| Failure::file("read", path, &error))?;
    let name = display(path);
    let text = utf8(&name, content.bytes, is_found)?;
    let source = source(name, text, common);
    if common.skip_invalid {
        validate(&source, options).map_err(|error| {
            Failure::library(&advise(error, is_found), std::slice::from_ref(&source))
        })?;
    }
    Ok((source, content.identity))
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
    let text = utf8(&name, bytes, false)?;
    if is_blank(&text) && !common.allow_empty {
        return Err(nothing_in("-"));
    }
    Ok(source(name, text, common))
}

fn source(name: String, text: String, common: &Common) -> Source<'static> {
    let source = Source::new(name, text);
    #[cfg(debug_assertions)]
    let source = if common.spoil { source.with_fault(spoil) } else { source };
    if common.slow { source.slow() } else { source }
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

/// `error`, with what else can be done if its file was found in a directory.
fn advise(error: Error, is_found: bool) -> Error {
    if is_found && error.is_unreadable() { error.with_alternative(LEAVE_OUT) } else { error }
}

fn utf8(name: &str, bytes: Vec<u8>, is_found: bool) -> Result<String, Failure> {
    let error = match String::from_utf8(bytes) {
        Ok(text) => return Ok(text),
        Err(error) => error,
    };
    let bytes = error.as_bytes();
    let valid = String::from_utf8_lossy(&bytes[..error.utf8_error().valid_up_to()]);
    let is_utf16 = matches!(*bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
    let help = if is_utf16 {
        "it looks like UTF-16: convert it, for example with `iconv -f utf-16 -t utf-8`".to_owned()
    } else if is_found {
        format!("convert it, or {LEAVE_OUT}")
    } else {
        "convert it".to_owned()
    };
    let place = LineIndex::new(&valid).line_column(valid.len());
    Err(Failure::at(name, place, "the text must be UTF-8", &help))
}
