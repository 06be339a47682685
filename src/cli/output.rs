//! What the program writes: files, replaced as a whole, and standard output.

#![expect(clippy::disallowed_methods, reason = "the program replaces the files that it stamps")]

use std::fs::{self, Metadata};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use rollstamp::{Edit, Source, pieces};
use tempfile::NamedTempFile;

use super::Outcome;
use super::args::Output;
use super::failure::Failure;

/// Files that are written, but not yet in the place of the old ones.
///
/// All of a run are written in full before the first is put in place, so that a full disk or a
/// missing permission leaves every file as it was.
#[derive(Debug, Default)]
pub(super) struct Replacements {
    prepared: Vec<(NamedTempFile, PathBuf)>,
}

impl Replacements {
    /// Writes `source` with `edits` beside `file`, with its mode and owner.
    ///
    /// # Errors
    ///
    /// Returns an error if that cannot be done; `file` is as it was.
    pub(super) fn prepare(
        &mut self,
        file: &Path,
        source: &Source<'_>,
        edits: &[Edit],
    ) -> Result<(), Failure> {
        let prepared = prepare(file, source, edits);
        self.prepared.push(prepared.map_err(|error| Failure::file("write", file, &error))?);
        Ok(())
    }

    /// Puts every file in its place.
    ///
    /// # Errors
    ///
    /// Returns an error if one cannot be; the message says which have been.
    pub(super) fn commit(self) -> Result<(), Failure> {
        let total = self.prepared.len();
        for (done, (temporary, file)) in self.prepared.into_iter().enumerate() {
            temporary.persist(&file).map_err(|error| {
                Failure::new(
                    format!("cannot replace '{}': {}", file.display(), error.error),
                    format!(
                        "{done} of {total} files have been written; run again to write the rest"
                    ),
                )
            })?;
        }
        Ok(())
    }
}

fn prepare(
    file: &Path,
    source: &Source<'_>,
    edits: &[Edit],
) -> io::Result<(NamedTempFile, PathBuf)> {
    // A link stays a link: what it leads to is replaced.
    let target = fs::canonicalize(file)?;
    let directory = target.parent().unwrap_or(Path::new("."));
    let mut temporary = tempfile::Builder::new().prefix(".rollstamp-").tempfile_in(directory)?;
    let mut writer = BufWriter::new(temporary.as_file_mut());
    pieces(source.text(), edits).try_for_each(|piece| writer.write_all(piece.as_bytes()))?;
    writer.flush()?;
    drop(writer);
    let metadata = fs::metadata(&target)?;
    keep_owner(&temporary, &metadata)?;
    temporary.as_file().set_permissions(metadata.permissions())?;
    temporary.as_file().sync_all()?;
    Ok((temporary, target))
}

#[cfg(unix)]
fn keep_owner(temporary: &NamedTempFile, old: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let new = temporary.as_file().metadata()?;
    if (new.uid(), new.gid()) == (old.uid(), old.gid()) {
        return Ok(());
    }
    fchown(temporary.as_file(), Some(old.uid()), Some(old.gid()))
}

#[cfg(not(unix))]
fn keep_owner(_temporary: &NamedTempFile, _old: &Metadata) -> io::Result<()> {
    Ok(())
}

/// Prints `source` with `edits` on standard output.
///
/// # Errors
///
/// Returns an error if standard output cannot be written to.
pub(super) fn print_edited(source: &Source<'_>, edits: &[Edit]) -> Result<(), Failure> {
    let mut stdout = BufWriter::new(io::stdout().lock());
    pieces(source.text(), edits).try_for_each(|piece| stdout.write_all(piece.as_bytes()))?;
    Ok(stdout.flush()?)
}

/// Prints `text` on standard output, with colours if it is a terminal.
///
/// # Errors
///
/// Returns an error if standard output cannot be written to.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = anstream::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    Ok(stdout.flush()?)
}

/// Prints what `render` makes of each format, or writes it to the file that goes with it; the
/// default format, if there is none.
///
/// # Errors
///
/// Returns an error if a file or standard output cannot be written to.
pub(super) fn print_all<F: Copy + Default>(
    outputs: &[Output<F>],
    render: impl Fn(F) -> String,
) -> Result<(), Failure> {
    let default = [Output::default()];
    let outputs = if outputs.is_empty() { &default } else { outputs };
    for Output { format, file } in outputs {
        match file {
            Some(file) => {
                let text = anstream::adapter::strip_str(&render(*format)).to_string();
                fs::write(file, text).map_err(|error| Failure::file("write", file, &error))?;
            }
            None => print(&render(*format))?,
        }
    }
    Ok(())
}

/// Prints the completions of `command` for `shell`.
pub(super) fn completions(
    shell: clap_complete::Shell,
    command: &mut clap::Command,
) -> Result<Outcome, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, command, "rollstamp", &mut script);
    io::stdout().write_all(&script)?;
    Ok(Outcome::Success)
}

/// Prints the manual page of `command`.
pub(super) fn man(command: clap::Command) -> Result<Outcome, Failure> {
    clap_mangen::Man::new(command).render(&mut io::stdout())?;
    Ok(Outcome::Success)
}
