//! The Git repository that a path lies in: nothing outside it is read on its say-so.

#![expect(clippy::disallowed_methods, reason = "the program looks for the repository's root")]

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The root of the repository that `path`, which has no links in it, lies in: the nearest directory that
/// holds `.git`, be it a folder or, in a worktree or submodule, a file.
pub(super) fn root(path: &Path) -> Option<&Path> {
    path.ancestors().find(|directory| is_root(directory))
}

/// Whether `directory` is the root of a repository.
pub(super) fn is_root(directory: &Path) -> bool {
    fs::symlink_metadata(directory.join(".git")).is_ok()
}

/// The regular file that `path` names, if it lies in `boundary`; neither `path` nor a link may lead out.
///
/// # Errors
///
/// Returns an error if it is not there, is not a regular file, or lies outside.
pub(super) fn regular_file(path: &Path, boundary: &Path) -> io::Result<PathBuf> {
    let target = fs::canonicalize(path)?;
    if !target.starts_with(boundary) {
        let message = format!("it is a link that leaves '{}'", boundary.display());
        return Err(io::Error::other(message));
    }
    // Looked at before it is opened, because a FIFO would wait for someone to write.
    if !fs::metadata(&target)?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    Ok(target)
}
