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

/// A file that is replaced; created, if there is no old one; or deleted, if there is no new one.
#[derive(Debug)]
struct Replacement<'s> {
    /// The file without links: a link stays a link, and what it leads to is replaced.
    target: PathBuf,
    old: Option<Old<'s>>,
    new: Option<TempPath>,
}

/// A file as it was read.
#[derive(Debug)]
struct Old<'s> {
    file: &'s ReadFile,
    text: &'s str,
    metadata: Metadata,
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
        source: &'s Source<'_>,
        edits: &[Edit],
    ) -> Result<(), Failure> {
        let (target, old) = self.old(file, source)?;
        let new =
            write_beside(&target, source.name(), &old.metadata, pieces(source.text(), edits))?;
        self.prepared.push(Replacement { target, old: Some(old), new: Some(new) });
        Ok(())
    }

    /// Writes `text` for a file at `path` that is not there yet, with the mode and owner of the file `like`.
    ///
    /// # Errors
    ///
    /// As for [`prepare`](Self::prepare).
    pub(super) fn create(&mut self, path: &Path, text: &str, like: &Path) -> Result<(), Failure> {
        self.check_interrupt()?;
        let like = fs::metadata(like).map_err(|error| Failure::file("write", path, &error))?;
        let new = write_beside(path, &display(path), &like, [text])?;
        self.prepared.push(Replacement { target: path.to_owned(), old: None, new: Some(new) });
        Ok(())
    }

    /// Notes that `file`, which `source` was read from, is to be deleted.
    ///
    /// # Errors
    ///
    /// As for [`prepare`](Self::prepare).
    pub(super) fn delete(
        &mut self,
        file: &'s ReadFile,
        source: &'s Source<'_>,
    ) -> Result<(), Failure> {
        let (target, old) = self.old(file, source)?;
        self.prepared.push(Replacement { target, old: Some(old), new: None });
        Ok(())
    }

    fn old(
        &self,
        file: &'s ReadFile,
        source: &'s Source<'_>,
    ) -> Result<(PathBuf, Old<'s>), Failure> {
        self.check_interrupt()?;
        if !file.identity.as_ref().is_some_and(|identity| identity.is_regular) {
            return Err(Failure::new(
                format!("'{}' must be a regular file to be written", display(&file.path)),
                "to stamp a stream, give it on standard input, as in `... | rollstamp`",
            ));
        }
        let failure = |error: io::Error| Failure::file("write", &file.path, &error);
        let target = fs::canonicalize(&file.path).map_err(failure)?;
        let metadata = fs::metadata(&target).map_err(failure)?;
        Ok((target, Old { file, text: source.text(), metadata }))
    }

    fn check_interrupt(&self) -> Result<(), Failure> {
        if self.interrupt.is_pending() {
            return Err(Failure::new("interrupted", "nothing has been written"));
        }
        Ok(())
    }

    /// Puts every file in its place: first those that others may refer to, and last those that are deleted.
    ///
    /// # Errors
    ///
    /// Returns an error if one cannot be, or has changed since it was read. Those that have been replaced by
    /// then are put back; the message names any that cannot be.
    pub(super) fn commit(mut self) -> Result<(), Failure> {
        self.prepared.sort_by_key(|own| (own.new.is_none(), own.old.is_some()));
        for replacement in &self.prepared {
            replacement
                .check_unchanged()
                .map_err(|why| replacement.failure(why, "nothing has been written"))?;
        }
        let mut done = Vec::new();
        for mut replacement in self.prepared.drain(..) {
            match replacement.put() {
                Ok(()) => done.push(replacement),
                Err(why) => return Err(replacement.failure(why, put_back(&done))),
            }
        }
        Ok(())
    }
}

/// Why a file is not replaced.
enum Why {
    Io(io::Error),
    Changed,
}

impl From<io::Error> for Why {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Replacement<'_> {
    /// Puts the new file in the place of the old one.
    fn put(&mut self) -> Result<(), Why> {
        self.check_unchanged()?;
        match self.new.take() {
            None => fs::remove_file(&self.target)?,
            Some(new) if self.old.is_none() => {
                new.persist_noclobber(&self.target).map_err(|error| error.error)?;
            }
            Some(new) => new.persist(&self.target).map_err(|error| error.error)?,
        }
        Ok(())
    }

    /// Undoes [`put`](Self::put).
    fn put_back(&self) -> Result<(), Why> {
        let Some(old) = &self.old else { return Ok(fs::remove_file(&self.target)?) };
        let copy = write_beside(&self.target, "", &old.metadata, [old.text]);
        copy.map_err(|_| Why::Changed)?.persist(&self.target).map_err(|error| error.error)?;
        Ok(())
    }

    /// Checks that the file is still what was read.
    fn check_unchanged(&self) -> Result<(), Why> {
        let is_unchanged = match &self.old {
            Some(old) => Some(Identity::of(&fs::metadata(&self.target)?)) == old.file.identity,
            None => fs::symlink_metadata(&self.target).is_err(),
        };
        if is_unchanged { Ok(()) } else { Err(Why::Changed) }
    }

    /// The failure for which the file was not replaced; `outcome` is what has become of the others.
    fn failure(&self, why: Why, outcome: impl Into<String>) -> Failure {
        let outcome = outcome.into();
        let name = display(self.old.as_ref().map_or(&self.target, |old| &old.file.path));
        match why {
            Why::Io(error) => Failure::new(format!("cannot replace '{name}': {error}"), outcome),
            Why::Changed => Failure::new(
                format!("'{name}' has changed since it was read"),
                format!("run again: {outcome}"),
            ),
        }
    }
}

/// Puts files back that have been replaced, and says what has become of them.
fn put_back(done: &[Replacement<'_>]) -> String {
    let failed = done.iter().filter(|own| own.put_back().is_err());
    let failed: Vec<_> = failed.map(|own| display(&own.target)).collect();
    match (failed.len(), done.len()) {
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

/// Writes `pieces` into a temporary file in the directory of `target`, with the mode and owner that are `like`.
/// Messages call it `name`.
fn write_beside<'t>(
    target: &Path,
    name: &str,
    like: &Metadata,
    pieces: impl IntoIterator<Item = &'t str>,
) -> Result<TempPath, Failure> {
    let directory = target.parent().unwrap_or(Path::new("."));
    let prefix = format!("{PREFIX}{}-", process::id());
    let new = tempfile::Builder::new().prefix(&prefix).tempfile_in(directory);
    // Its error names the temporary file, which nobody knows of.
    let new = new.map_err(|error| failure("make a new file beside", name, error.kind()))?;
    let (file, path) = new.into_parts();
    let mut writer = BufWriter::new(&file);
    let written = pieces.into_iter().try_for_each(|piece| writer.write_all(piece.as_bytes()));
    written.and_then(|()| writer.flush()).map_err(|error| failure("write", name, error))?;
    drop(writer);
    keep_owner(&file, name, like)?;
    let kept = file.set_permissions(like.permissions()).and_then(|()| file.sync_all());
    kept.map_err(|error| failure("write", name, error))?;
    Ok(path)
}

fn failure(verb: &str, name: &str, error: impl Into<io::Error>) -> Failure {
    Failure::new(format!("cannot {verb} '{name}': {}", error.into()), "nothing has been written")
}

/// Gives `file` the owner and the group that are `like`.
#[cfg(unix)]
fn keep_owner(file: &File, name: &str, like: &Metadata) -> Result<(), Failure> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let new = file.metadata().map_err(|error| failure("write", name, error))?;
    if new.uid() != like.uid() {
        fchown(file, Some(like.uid()), None).map_err(|error| {
            let message =
                format!("cannot keep the owner of '{name}', user {}: {error}", like.uid());
            Failure::new(message, "nothing has been written: run rollstamp as that user")
        })?;
    }
    if new.gid() != like.gid() {
        fchown(file, None, Some(like.gid())).map_err(|error| {
            let message = format!("cannot keep the group of '{name}', {}: {error}", like.gid());
            let help = "nothing has been written: you are not in that group; join it, or change the group of the file with `chgrp`";
            Failure::new(message, help)
        })?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn keep_owner(_file: &File, _name: &str, _like: &Metadata) -> Result<(), Failure> {
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

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::cli::content;

    const FILES: [&str; 3] = ["a.yaml", "b.yaml", "c.yaml"];

    /// A folder of three files, and what was read of them.
    fn folder() -> (TempDir, Vec<(ReadFile, Source<'static>)>) {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let read = |name: &str| {
            let path = folder.path().join(name);
            fs::write(&path, format!("old: {name}\n")).expect("it can be written");
            let content = content::of_file(&path).expect("it can be read");
            let text = String::from_utf8(content.bytes).expect("it is text");
            (
                ReadFile { path, identity: Some(content.identity), is_found: true },
                Source::new(name.to_owned(), text),
            )
        };
        let read = FILES.map(read).into();
        (folder, read)
    }

    fn edit() -> [Edit; 1] {
        [Edit { span: 0..3, text: "new".into() }]
    }

    /// The names in the folder, and how each file begins.
    fn state(folder: &TempDir) -> Vec<(String, String)> {
        let entries = fs::read_dir(folder.path()).expect("it is there").flatten();
        let mut state: Vec<_> = entries
            .map(|entry| {
                let text = fs::read_to_string(entry.path()).expect("it is text");
                (entry.file_name().to_string_lossy().into_owned(), text[..3].to_owned())
            })
            .collect();
        state.sort();
        state
    }

    fn all(word: &str) -> Vec<(String, String)> {
        FILES.map(|name| (name.to_owned(), word.to_owned())).into()
    }

    fn prepare<'r>(read: &'r [(ReadFile, Source<'static>)]) -> Replacements<'r> {
        let mut replacements = Replacements::new();
        for (file, source) in read {
            assert!(replacements.prepare(file, source, &edit()).is_ok());
        }
        replacements
    }

    #[test]
    fn nothing_is_replaced_until_all_is_written() {
        let (folder, read) = folder();
        let replacements = prepare(&read);
        assert_eq!(state(&folder).len(), 6);
        drop(replacements);
        assert_eq!(state(&folder), all("old"));
        assert!(prepare(&read).commit().is_ok());
        assert_eq!(state(&folder), all("new"));
    }

    #[test]
    fn a_file_that_has_changed_keeps_all_from_being_replaced() {
        let (folder, read) = folder();
        let replacements = prepare(&read);
        // Of the same size: the times tell.
        fs::write(&read[2].0.path, "own: c.yaml\n").expect("it can be written");
        let failure = format!("{:?}", replacements.commit().expect_err("it has changed"));
        assert!(failure.contains("c.yaml' has changed since it was read"), "{failure}");
        let mut expected = all("old");
        expected[2].1 = "own".to_owned();
        assert_eq!(state(&folder), expected);
    }

    #[test]
    fn what_was_replaced_before_a_failure_is_put_back() {
        let (folder, read) = folder();
        let mut replacements = Replacements::new();
        replacements
            .create(&folder.path().join("new.yaml"), "new: file\n", &read[0].0.path)
            .expect("written");
        for (file, source) in &read[..2] {
            replacements.prepare(file, source, &edit()).expect("it is written");
        }
        replacements.delete(&read[2].0, &read[2].1).expect("it is noted");
        let last = replacements.prepared[2].new.as_ref().expect("it is replaced");
        fs::remove_file(last).expect("it is there");
        let failure = format!("{:?}", replacements.commit().expect_err("one is not there"));
        assert!(failure.contains("nothing has been written: 2 files"), "{failure}");
        assert_eq!(state(&folder), all("old"));
    }

    #[test]
    fn files_are_created_and_deleted() {
        let (folder, read) = folder();
        let path = folder.path().join("new.yaml");
        let mut replacements = Replacements::new();
        replacements.delete(&read[0].0, &read[0].1).expect("it is noted");
        replacements.create(&path, "new: file\n", &read[1].0.path).expect("it is written");
        assert!(!path.exists());
        assert!(replacements.commit().is_ok());
        let names: Vec<_> = state(&folder).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["b.yaml", "c.yaml", "new.yaml"]);
        let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions();
        assert_eq!(mode(&path), mode(&read[1].0.path));
    }

    #[test]
    fn a_file_that_is_there_is_not_created() {
        let (folder, read) = folder();
        let mut replacements = Replacements::new();
        replacements
            .create(&read[1].0.path, "new: file\n", &read[0].0.path)
            .expect("it is written");
        assert!(replacements.commit().is_err());
        assert_eq!(state(&folder), all("old"));
    }
}
