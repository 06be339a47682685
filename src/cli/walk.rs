//! Finds the manifests below a directory.

#![expect(clippy::disallowed_methods, reason = "the program reads directories")]

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use walkdir::{DirEntry, WalkDir};

use super::filter::{self, Glob, Reason, Verdict};
use super::repository;

/// What lies below a directory.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The manifests and kustomization files, in order.
    pub(super) files: Vec<PathBuf>,
    /// What cannot be looked into, and why.
    pub(super) failed: Vec<(PathBuf, io::Error)>,
    /// What is left out although it may matter.
    pub(super) left_out: Vec<(PathBuf, Reason)>,
}

/// Finds what lies below the directory `path`, which is `root` without links. `.gitignore` counts, if
/// `reads_gitignore`.
pub(super) fn walk(path: &Path, root: &Path, excluded: &[Glob], reads_gitignore: bool) -> Found {
    let ignores = reads_gitignore.then(|| Ignores::above(root));
    let mut walker = Walker { path, root, excluded, ignores, linked: BTreeSet::new() };
    let mut found = Found::default();
    let mut entries = WalkDir::new(path).follow_links(true).sort_by_file_name().into_iter();
    while let Some(entry) = entries.next() {
        let entry = match entry {
            Ok(entry) => entry,
            // A link to a directory around itself leads nowhere new, and a broken one nowhere.
            Err(error) if error.loop_ancestor().is_some() || is_broken_link(&error) => continue,
            Err(error) => {
                let at = error.path().unwrap_or(path).to_owned();
                found.failed.push((at, error.into()));
                continue;
            }
        };
        let is_directory = entry.file_type().is_dir();
        match walker.verdict(&entry, is_directory) {
            Verdict::Wanted if is_directory => walker.enter(&entry),
            Verdict::Wanted if entry.file_type().is_file() => found.files.push(entry.into_path()),
            Verdict::Wanted => {}
            verdict => {
                if is_directory {
                    entries.skip_current_dir();
                }
                if let Verdict::LeftOut(reason) = verdict {
                    found.left_out.push((entry.into_path(), reason));
                }
            }
        }
    }
    found
}

fn is_broken_link(error: &walkdir::Error) -> bool {
    let is_absent = error.io_error().is_some_and(|e| e.kind() == io::ErrorKind::NotFound);
    is_absent && error.path().is_some_and(Path::is_symlink)
}

#[derive(Debug)]
struct Walker<'a> {
    path: &'a Path,
    root: &'a Path,
    excluded: &'a [Glob],
    ignores: Option<Ignores>,
    /// What was reached by way of a link, so that it is not reached twice.
    linked: BTreeSet<PathBuf>,
}

impl Walker<'_> {
    fn verdict(&mut self, entry: &DirEntry, is_directory: bool) -> Verdict {
        if entry.depth() == 0 {
            return Verdict::Wanted;
        }
        let path = self.without_links(entry);
        let by_name = filter::verdict(&path, is_directory, self.excluded, Path::is_file);
        if by_name != Verdict::Wanted {
            return by_name;
        }
        let ignores = self.ignores.as_mut();
        if ignores.is_some_and(|ignores| ignores.is_ignored(&path, entry.depth(), is_directory)) {
            return Verdict::LeftOut(Reason::Ignored);
        }
        if entry.path_is_symlink() { self.link(entry.path()) } else { Verdict::Wanted }
    }

    /// The entry's path from the root without links on.
    fn without_links(&self, entry: &DirEntry) -> PathBuf {
        self.root.join(entry.path().strip_prefix(self.path).unwrap_or(entry.path()))
    }

    /// A link is followed to what is in the tree and the walk does not come to otherwise.
    fn link(&mut self, path: &Path) -> Verdict {
        let Ok(target) = fs::canonicalize(path) else { return Verdict::Unwanted };
        match target.strip_prefix(self.root) {
            Err(_) => Verdict::LeftOut(Reason::Link),
            Ok(inside) if filter::has_hidden_part(inside) && self.linked.insert(target.clone()) => {
                Verdict::Wanted
            }
            Ok(_) => Verdict::Unwanted,
        }
    }

    fn enter(&mut self, entry: &DirEntry) {
        let directory = self.without_links(entry);
        if let Some(ignores) = &mut self.ignores {
            ignores.enter(&directory, entry.depth());
        }
    }
}

/// The `.gitignore` of each directory from the root of the repository down to where the walk is. What a
/// user's own settings or `.git/info/exclude` name does not count, because others do not have them.
#[derive(Debug)]
struct Ignores {
    /// Those above the directory of the walk, and those in it.
    levels: Vec<Level>,
    /// How many are above.
    above: usize,
}

#[derive(Debug)]
struct Level {
    ignore: Gitignore,
    /// What is above a repository says nothing about it.
    is_repository: bool,
}

impl Ignores {
    /// Those of the directories above `root`, if it lies in a repository.
    fn above(root: &Path) -> Self {
        let mut levels = Vec::new();
        if let Some(repository) = repository::root(root) {
            let above = root.ancestors().skip(1);
            levels.extend(above.take_while(|own| own.starts_with(repository)).map(Level::read));
        }
        levels.reverse();
        Self { above: levels.len(), levels }
    }

    fn enter(&mut self, directory: &Path, depth: usize) {
        self.levels.truncate(self.above + depth);
        self.levels.push(Level::read(directory));
    }

    /// Whether the nearest that has something to say of an entry at `depth` ignores it.
    fn is_ignored(&mut self, path: &Path, depth: usize, is_directory: bool) -> bool {
        self.levels.truncate(self.above + depth);
        for level in self.levels.iter().rev() {
            match level.ignore.matched(path, is_directory) {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
                Match::None if level.is_repository => return false,
                Match::None => {}
            }
        }
        false
    }
}

impl Level {
    fn read(directory: &Path) -> Self {
        let file = directory.join(".gitignore");
        let mut builder = GitignoreBuilder::new(directory);
        // Git, too, follows no link here.
        if fs::symlink_metadata(&file).is_ok_and(|metadata| metadata.is_file()) {
            // A line that is not a glob is passed over, as by Git.
            drop(builder.add(&file));
        }
        let ignore = builder.build().unwrap_or_else(|_| Gitignore::empty());
        Self { ignore, is_repository: repository::is_root(directory) }
    }
}
