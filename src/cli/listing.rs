//! What a run reads, before any of it is read: bundles of manifests, by name.

#![expect(clippy::disallowed_methods, reason = "the program looks at the paths that it is given")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::filter::{self, Glob, Reason};
use super::walk;

/// The manifests of one bundle.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// What reports call the bundle.
    pub(super) path: String,
    /// Where its options are looked for.
    pub(super) directory: PathBuf,
    pub(super) items: Vec<Item>,
    /// Whether the configuration names it as a bundle of plain files.
    pub(super) is_named: bool,
    /// The kustomization files among and beside them.
    pub(super) kustomizations: Vec<PathBuf>,
    /// What is left out although it may matter.
    pub(super) left_out: Vec<(PathBuf, Reason)>,
}

/// A manifest, and where its bytes are.
#[derive(Debug)]
pub(super) enum Item {
    Stdin,
    /// A file whose path was given.
    Given(PathBuf),
    /// A file that was found in a directory.
    Found(PathBuf),
    /// What cannot be looked into.
    Failed(PathBuf, io::Error),
}

/// What decides which files of a directory are read.
#[derive(Debug, Default)]
pub(super) struct Choice {
    /// What is left out.
    pub(super) excluded: Vec<Glob>,
    /// Directories that are bundles of their own.
    pub(super) bundles: Vec<Glob>,
    /// Whether `.gitignore` counts.
    pub(super) reads_gitignore: bool,
}

impl Choice {
    /// The directory of the bundle of its own that `file` belongs to, if it does: below `path`, which is `root`
    /// without links.
    fn bundle<'f>(&self, path: &Path, root: &Path, file: &'f Path) -> Option<&'f Path> {
        let is_bundle = |own: &&Path| {
            let own = root.join(own.strip_prefix(path).unwrap_or(own));
            self.bundles.iter().filter(|glob| glob.is_match(&own)).count() > 0
        };
        let mut directories = file.ancestors().skip(1).take_while(|own| own.starts_with(path));
        if self.bundles.is_empty() { None } else { directories.find(is_bundle) }
    }
}

impl Listing {
    /// Files that were given together, `-` among them for standard input: one bundle.
    pub(super) fn files(paths: &[PathBuf]) -> Self {
        let directory = common_directory(paths);
        let path = match paths {
            [path] => display(path),
            _ => display(&directory),
        };
        let is_stdin = |path: &Path| path == Path::new("-");
        let item = |path: &PathBuf| {
            if is_stdin(path) { Item::Stdin } else { Item::Given(path.clone()) }
        };
        Self { path, directory, items: paths.iter().map(item).collect(), ..Self::default() }
    }

    /// The bundles of the directory `path`, which is `root` without links: those that `choice` names, and
    /// before them one of all other files.
    pub(super) fn directory(path: &Path, root: &Path, choice: &Choice) -> Vec<Self> {
        let found = walk::walk(path, root, &choice.excluded, choice.reads_gitignore);
        let mut rest = Self {
            path: display(path),
            directory: path.to_owned(),
            left_out: found.left_out,
            ..Self::default()
        };
        let mut bundles = BTreeMap::<PathBuf, Self>::new();
        for file in found.files {
            let bundle = match choice.bundle(path, root, &file) {
                Some(directory) => bundles.entry(directory.to_owned()).or_default(),
                None => &mut rest,
            };
            bundle.add(file);
        }
        rest.items.extend(found.failed.into_iter().map(|(path, error)| Item::Failed(path, error)));
        let named = bundles.into_iter();
        let named = named.map(|(directory, own)| Self {
            path: display(&directory),
            directory,
            is_named: true,
            ..own
        });
        [rest].into_iter().chain(named).collect()
    }

    fn add(&mut self, file: PathBuf) {
        if filter::is_kustomization(&file) {
            self.kustomizations.push(file.clone());
        }
        if filter::is_manifest(&file) {
            self.items.push(Item::Found(file));
        }
    }

    /// Adds the kustomization files that are no manifests by their names.
    pub(super) fn add_kustomizations(&mut self) {
        let files = self.kustomizations.iter().filter(|file| !filter::is_manifest(file));
        self.items.extend(files.cloned().map(Item::Found));
    }

    /// Whether there is nothing to read.
    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty() && self.kustomizations.is_empty()
    }
}

/// `paths`, each once however it is spelled, as far as they are there.
pub(super) fn distinct(paths: &[PathBuf]) -> Vec<PathBuf> {
    let mut seen = BTreeSet::new();
    let is_new = |path: &&PathBuf| seen.insert(fs::canonicalize(path).unwrap_or((*path).clone()));
    paths.iter().filter(is_new).cloned().collect()
}

/// Has no file in two bundles: a file that was given is read with the directory that holds it.
///
/// # Errors
///
/// Returns an error if two directories hold one file.
pub(super) fn merge(listings: &mut [Listing]) -> Result<(), Failure> {
    let mut holders = BTreeMap::<PathBuf, usize>::new();
    for (index, listing) in listings.iter().enumerate() {
        for path in listing.items.iter().filter_map(Item::found) {
            let file = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
            if let Some(holder) = holders.insert(file, index).filter(|own| *own != index) {
                let (one, other) = (&listings[holder].path, &listing.path);
                return Err(Failure::new(
                    format!("'{one}' and '{other}' must not both hold '{}'", display(path)),
                    format!(
                        "leave out one of them; to make '{other}' a bundle of its own, list it under `bundles` in .rollstamp.yaml"
                    ),
                ));
            }
        }
    }
    for listing in listings {
        listing.items.retain(|item| match item {
            Item::Given(path) => {
                fs::canonicalize(path).map_or(true, |file| !holders.contains_key(&file))
            }
            _ => true,
        });
    }
    Ok(())
}

impl Item {
    /// The file, if it was found in a directory.
    pub(super) fn found(&self) -> Option<&Path> {
        match self {
            Self::Found(path) => Some(path),
            _ => None,
        }
    }
}

/// The directory that holds all of `paths`.
pub(super) fn common_directory(paths: &[PathBuf]) -> PathBuf {
    let mut parents = paths.iter().map(|path| path.parent().unwrap_or(Path::new("")));
    let Some(first) = parents.next() else { return PathBuf::new() };
    let common = parents.fold(first, |common, own| {
        let is_above = |above: &&Path| own.starts_with(above);
        common.ancestors().find(is_above).unwrap_or(Path::new(""))
    });
    if common.as_os_str().is_empty() { PathBuf::from(".") } else { common.to_owned() }
}

/// A path as messages show it.
pub(super) fn display(path: &Path) -> String {
    let shown = path.strip_prefix("./").unwrap_or(path);
    if shown.as_os_str().is_empty() { path } else { shown }.display().to_string()
}
