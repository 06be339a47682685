//! How a build reads files.

use std::sync::Arc;

/// Where the files of a repository come from: a file system, a Git revision, a test's map.
///
/// Paths are separated by `/`, are relative to the repository's root, and have no `.` or `..` in them.
/// The root's own path is empty.
pub trait Files {
    /// The content of a file.
    ///
    /// # Errors
    ///
    /// Returns why it cannot be read. A link that leaves the repository is [`ReadError::Outside`].
    fn read(&self, path: &str) -> Result<Arc<[u8]>, ReadError>;

    /// Whether there is a directory at `path`.
    fn is_directory(&self, path: &str) -> bool;
}

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError {
    /// There is none.
    Missing,
    /// It is a directory.
    Directory,
    /// It is not in the repository.
    Outside,
    /// Something else, in words that follow `cannot be read: `.
    Other(String),
}

/// What `path` stands for, if written in a file of `directory`; nothing if that is outside the
/// repository.
pub(super) fn join(directory: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    if path.starts_with('/') {
        return None;
    }
    for part in directory.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Whether the file at `path` is in `directory` or below it.
pub(super) fn is_below(directory: &str, path: &str) -> bool {
    directory.is_empty()
        || path.strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::{is_below, join};

    #[test]
    fn paths_are_joined_within_the_repository() {
        assert_eq!(join("a/b", "../c.yaml").as_deref(), Some("a/c.yaml"));
        assert_eq!(join("a/b", "./c//d/").as_deref(), Some("a/b/c/d"));
        assert_eq!(join("a", "..").as_deref(), Some(""));
        assert_eq!(join("a", "../.."), None);
        assert_eq!(join("", "/etc/passwd"), None);
    }

    #[test]
    fn a_directory_holds_what_is_below_it() {
        assert!(is_below("", "x"));
        assert!(is_below("a/b", "a/b/c"));
        assert!(!is_below("a/b", "a/bc"));
    }
}
