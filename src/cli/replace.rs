//! Replaces files: all of a run or none.

#![expect(clippy::disallowed_methods, reason = "the program replaces the files that it stamps")]

use std::collections::BTreeSet;
use std::fs::{self, DirEntry, File, Metadata};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::time::Duration;

use rollstamp::{Edit, Source, pieces};
use tempfile::TempPath;

use super::bundle::ReadFile;
use super::content::Identity;
use super::count;
use super::failure::Failure;
use super::interrupt::Interrupt;
use super::listing::display;

/// What the name of every temporary file begins with; the number of the process follows.
const PREFIX: &str = ".rollstamp-";

/// Files that are written, but not yet in the place of the old ones.
///
/// All of a run are written in full before the first is put in place, so that a full disk or a missing
/// permission leaves every file as it was. None stays open, so that there may be any number of them.
#[derive(Debug)]
pub(super) struct Replacements<'s> {
    // Dropped first: the temporary files are gone before a signal ends the run.
    prepared: Vec<Replacement<'s>>,
    interrupt: Interrupt,
}

#[derive(Debug)]
struct Replacement<'s> {
    new: TempPath,
    /// The file without links: a link stays a link, and what it leads to is replaced.
    target: PathBuf,
    file: &'s ReadFile,
    /// What the file holds so far.
    source: &'s Source<'s>,
}

impl<'s> Replacements<'s> {
    /// Nothing yet.
    pub(super) fn new() -> Self {
        Self { prepared: Vec::new(), interrupt: Interrupt::catch() }
    }

    /// Writes `source` with `edits` beside `file`, which it was read from, with its mode and owner.
    ///
    /// # Errors
    ///
    /// Returns an error if that cannot be done, or if the run is interrupted; every file is as it was.
    pub(super) fn prepare(
        &mut self,
        file: &'s ReadFile,
        source: &'s Source<'s>,
        edits: &[Edit],
    ) -> Result<(), Failure> {
        if self.interrupt.is_pending() {
            return Err(Failure::new("interrupted", "nothing has been written"));
        }
        if !file.identity.is_regular {
            return Err(Failure::new(
                format!("'{}' must be a regular file to be written", display(&file.path)),
                "to stamp a stream, give it on standard input, as in `... | rollstamp`",
            ));
        }
        let target = fs::canonicalize(&file.path);
        let target = target.map_err(|error| Failure::file("write", &file.path, &error))?;
        let new = write_beside(&target, pieces(source.text(), edits))?;
        self.prepared.push(Replacement { new, target, file, source });
        Ok(())
    }

    /// Puts every file in its place.
    ///
    /// # Errors
    ///
    /// Returns an error if one cannot be, or has changed since it was read. Those that have been replaced by
    /// then are put back; the message names any that cannot be.
    pub(super) fn commit(mut self) -> Result<(), Failure> {
        for replacement in &self.prepared {
            check_unchanged(replacement.file, &replacement.target)
                .map_err(|cause| cause.failure("nothing has been written"))?;
        }
        let mut replaced = Vec::new();
        for Replacement { new, target, file, source } in self.prepared.drain(..) {
            let put = check_unchanged(file, &target)
                .and_then(|()| new.persist(&target).map_err(|error| Cause::Io(file, error.error)));
            match put {
                Ok(()) => replaced.push((target, source)),
                Err(cause) => return Err(cause.failure(put_back(&replaced))),
            }
        }
        Ok(())
    }
}

/// Why a file was not replaced.
enum Cause<'s> {
    Io(&'s ReadFile, io::Error),
    Changed(&'s ReadFile),
}

impl Cause<'_> {
    /// The failure that it is; `outcome` is what has become of the other files.
    fn failure(self, outcome: impl Into<String>) -> Failure {
        let outcome = outcome.into();
        match self {
            Self::Io(file, error) => {
                Failure::new(format!("cannot replace '{}': {error}", display(&file.path)), outcome)
            }
            Self::Changed(file) => Failure::new(
                format!("'{}' has changed since it was read", display(&file.path)),
                format!("run again: {outcome}"),
            ),
        }
    }
}

/// Checks that `target` is still what was read as `file`.
fn check_unchanged<'s>(file: &'s ReadFile, target: &Path) -> Result<(), Cause<'s>> {
    let metadata = fs::metadata(target).map_err(|error| Cause::Io(file, error))?;
    if Identity::of(&metadata) == file.identity { Ok(()) } else { Err(Cause::Changed(file)) }
}

/// Puts files back that have been replaced, and says what has become of them.
fn put_back(replaced: &[(PathBuf, &Source<'_>)]) -> String {
    let fails = |(target, source): &&(PathBuf, &Source<'_>)| {
        let old = write_beside(target, [source.text()]);
        !old.is_ok_and(|old| old.persist(target).is_ok())
    };
    let failed: Vec<_> = replaced.iter().filter(fails).map(|(_, source)| source.name()).collect();
    match (failed.len(), replaced.len()) {
        (0, 0) => "nothing has been written".to_owned(),
        (0, number) => {
            let files = count(number, "file");
            format!("nothing has been written: {files} replaced before that were put back")
        }
        _ => format!(
            "these files have been written, and cannot be put back: {}; all others are as they were",
            failed.join(", ")
        ),
    }
}

/// Writes `pieces` into a temporary file in the directory of `target`, with its mode and owner.
fn write_beside<'t>(
    target: &Path,
    pieces: impl IntoIterator<Item = &'t str>,
) -> Result<TempPath, Failure> {
    let failure = |error: io::Error| Failure::file("write", target, &error);
    let old = fs::metadata(target).map_err(failure)?;
    let directory = target.parent().unwrap_or(Path::new("."));
    let prefix = format!("{PREFIX}{}-", process::id());
    let new = tempfile::Builder::new().prefix(&prefix).tempfile_in(directory).map_err(failure)?;
    let (file, path) = new.into_parts();
    let mut writer = BufWriter::new(&file);
    let written = pieces.into_iter().try_for_each(|piece| writer.write_all(piece.as_bytes()));
    written.and_then(|()| writer.flush()).map_err(failure)?;
    drop(writer);
    keep_owner(&file, &old).map_err(|error| {
        Failure::new(
            format!("cannot give the new '{}' the owner and group of the old one: {error}", display(target)),
            "nothing has been written: run rollstamp as a user who may, or first change the owner and group of the file",
        )
    })?;
    let kept = file.set_permissions(old.permissions()).and_then(|()| file.sync_all());
    kept.map_err(failure)?;
    Ok(path)
}

#[cfg(unix)]
fn keep_owner(file: &File, old: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let new = file.metadata()?;
    if (new.uid(), new.gid()) == (old.uid(), old.gid()) {
        return Ok(());
    }
    fchown(file, Some(old.uid()), Some(old.gid()))
}

#[cfg(not(unix))]
fn keep_owner(_file: &File, _old: &Metadata) -> io::Result<()> {
    Ok(())
}

/// Removes what runs have left that were killed, in the directories of `files`.
pub(super) fn clear_stale<'f>(files: impl IntoIterator<Item = &'f ReadFile>) {
    let directories = files.into_iter().map(|file| file.path.parent().unwrap_or(Path::new("")));
    for directory in directories.collect::<BTreeSet<_>>() {
        let directory = if directory == Path::new("") { Path::new(".") } else { directory };
        let entries = fs::read_dir(directory).into_iter().flatten().flatten();
        for stale in entries.filter(is_stale) {
            // Another run may have removed it first.
            drop(fs::remove_file(stale.path()));
        }
    }
}

/// Whether `entry` is a temporary file of a process that is gone. Its number may be that of another machine's
/// process, so it must not be young either.
fn is_stale(entry: &DirEntry) -> bool {
    const AGE: Duration = Duration::from_mins(10);
    let name = entry.file_name();
    let number = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.split_once('-'));
    let Some(number) = number.and_then(|(number, _)| number.parse::<u32>().ok()) else {
        return false;
    };
    let metadata = entry.metadata().ok().filter(Metadata::is_file);
    let age = metadata.and_then(|metadata| metadata.modified().ok()?.elapsed().ok());
    age.is_some_and(|age| age > AGE) && !Path::new("/proc").join(number.to_string()).exists()
}
