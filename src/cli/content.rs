//! The bytes of a file or of standard input, and what tells whether a file has changed since.

#![expect(clippy::disallowed_methods, reason = "the program reads manifests from files")]

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;
use std::time::SystemTime;

/// What was read.
#[derive(Debug)]
pub(super) struct Content {
    /// A copy that nobody else can change while it is looked at.
    pub(super) bytes: Vec<u8>,
    /// What the file was before it was read.
    pub(super) identity: Identity,
}

/// What tells one state of a file from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) is_regular: bool,
    size: u64,
    modified: Option<SystemTime>,
    inode: Inode,
}

/// Device, inode, and when its content or mode last changed.
type Inode = (u64, u64, i64, i64);

impl Identity {
    pub(super) fn of(metadata: &Metadata) -> Self {
        Self {
            is_regular: metadata.is_file(),
            size: metadata.len(),
            modified: metadata.modified().ok(),
            inode: inode(metadata),
        }
    }
}

#[cfg(unix)]
fn inode(metadata: &Metadata) -> Inode {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
}

#[cfg(not(unix))]
fn inode(_metadata: &Metadata) -> Inode {
    (0, 0, 0, 0)
}

/// Reads the file at `path`.
///
/// # Errors
///
/// Returns an error if it cannot be read.
pub(super) fn of_file(path: &Path) -> io::Result<Content> {
    contents(&File::open(path)?)
}

/// Reads standard input.
///
/// # Errors
///
/// Returns an error if it cannot be read.
#[cfg(unix)]
pub(super) fn of_stdin() -> io::Result<Vec<u8>> {
    use std::os::fd::AsFd;
    // As a file, it says how much there is to read.
    let stdin = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    contents(&stdin).map(|content| content.bytes)
}

/// Reads standard input.
///
/// # Errors
///
/// Returns an error if it cannot be read.
#[cfg(not(unix))]
pub(super) fn of_stdin() -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn contents(mut file: &File) -> io::Result<Content> {
    let identity = Identity::of(&file.metadata()?);
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(Content { bytes, identity })
}
