//! The kustomization roots below a directory: how their files are read, and what their builds need.

#![expect(clippy::disallowed_methods, reason = "the program reads the files that builds name")]

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rollstamp::{Files, FoundRoot, Goal, Options, ReadError, Root, Tree, TreePlan};

use super::args::Common;
use super::bundle::ReadFile;
use super::config;
use super::content::{self, Content};
use super::failure::Failure;
use super::filter::{self, KUSTOMIZATIONS, Reason};
use super::listing::{Listing, display};
use super::planned::{Created, Planned};
use super::repository;
use super::say::say;

/// The files of the repository that a directory lies in. Builds name files anywhere in it, and none
/// outside.
pub(super) struct Repository {
    /// Without links.
    root: PathBuf,
    /// The directory of the run, as it was given, and its path in the repository.
    given: PathBuf,
    inside: String,
    read: RefCell<BTreeMap<String, Result<Content, ReadError>>>,
}

impl Repository {
    /// The repository of `directory`. Without Git it reaches as far as the bases of the `kustomizations` that
    /// were found there.
    ///
    /// # Errors
    ///
    /// Returns an error if the directory is not there.
    fn of(directory: &Path, kustomizations: &[PathBuf]) -> Result<Self, Failure> {
        let failure = |error: io::Error| Failure::file("read", directory, &error);
        let inner = fs::canonicalize(directory).map_err(failure)?;
        let bases = || with_bases(&inner, kustomizations);
        let root = repository::root(&inner).map_or_else(bases, Path::to_owned);
        let inside = slashed(inner.strip_prefix(&root).unwrap_or(&inner));
        let given = directory.to_owned();
        Ok(Self { root, given, inside, read: RefCell::default() })
    }

    /// The path in the repository of `file`, which was found below the directory.
    fn path_of(&self, file: &Path) -> String {
        let below = slashed(file.strip_prefix(&self.given).unwrap_or(file));
        [&*self.inside, &below]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("/")
    }

    /// What lies at `path` below the directory of the run; nothing of what lies outside.
    fn below<'p>(&self, path: &'p str) -> Option<&'p str> {
        if self.inside.is_empty() {
            return Some(path);
        }
        let rest = path.strip_prefix(&*self.inside)?;
        if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
    }

    /// The file or directory at `path` of the repository.
    pub(super) fn file(&self, path: &str) -> PathBuf {
        match self.below(path) {
            Some("") => self.given.clone(),
            Some(below) => self.given.join(below),
            None => {
                let file = self.root.join(path);
                let here = fs::canonicalize(".").unwrap_or_default();
                file.strip_prefix(here).map_or(file.clone(), Path::to_owned)
            }
        }
    }

    fn open(&self, path: &str) -> Result<Content, ReadError> {
        let other = |error: &io::Error| ReadError::Other(error.to_string());
        let file = fs::canonicalize(self.root.join(path)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ReadError::Missing,
            _ => other(&error),
        })?;
        if !file.starts_with(&self.root) {
            return Err(ReadError::Outside);
        }
        let metadata = fs::metadata(&file).map_err(|error| other(&error))?;
        if metadata.is_dir() {
            return Err(ReadError::Directory);
        }
        if !metadata.is_file() {
            return Err(ReadError::Other("it is not a regular file".to_owned()));
        }
        content::of_file(&file).map_err(|error| other(&error))
    }
}

impl Files for Repository {
    fn read(&self, path: &str) -> Result<Arc<[u8]>, ReadError> {
        let mut read = self.read.borrow_mut();
        let content = read.entry(path.to_owned()).or_insert_with(|| self.open(path));
        content.as_ref().map(|content| content.bytes.as_slice().into()).map_err(Clone::clone)
    }

    fn is_directory(&self, path: &str) -> bool {
        let file = fs::canonicalize(self.root.join(path));
        file.is_ok_and(|file| file.starts_with(&self.root) && file.is_dir())
    }
}

/// The directory that holds `directory` and every base that the kustomization files in it name, and those in
/// the bases, and so on.
fn with_bases(directory: &Path, kustomizations: &[PathBuf]) -> PathBuf {
    let mut outer = directory.to_owned();
    let canonical = kustomizations.iter().filter_map(|file| fs::canonicalize(file).ok());
    let mut files: Vec<_> = canonical.collect();
    let mut seen: BTreeSet<_> = files.iter().cloned().collect();
    while let Some(file) = files.pop() {
        let parent = file.parent().unwrap_or(directory);
        let text = fs::read_to_string(&file).unwrap_or_default();
        let words = text.split(|c: char| c.is_whitespace() || "[]{},'\"".contains(c));
        for word in words.filter(|word| word.contains('.') || word.contains('/')) {
            let base = kustomization_in(&parent.join(word));
            let Some(base) = base.filter(|base| seen.insert(base.clone())) else { continue };
            while !base.starts_with(&outer) && outer.pop() {}
            files.push(base);
        }
    }
    outer
}

/// The kustomization file in `directory`, without links.
fn kustomization_in(directory: &Path) -> Option<PathBuf> {
    let files = KUSTOMIZATIONS.iter().map(|name| directory.join(name));
    files.filter_map(|file| fs::canonicalize(file).ok()).find(|file| file.is_file())
}

/// The files that some root reaches, and the directories in which files that none reaches belong to no
/// bundle.
#[derive(Debug, Default)]
pub(super) struct Roots {
    reached: BTreeSet<PathBuf>,
    directories: BTreeSet<PathBuf>,
}

impl Roots {
    /// Takes what belongs to a root, or to no bundle, out of `listing`.
    pub(super) fn take_from(&self, listing: &mut Listing) {
        let is_named = listing.is_named;
        let mut unreached = Vec::new();
        listing.items.retain(|item| {
            let Some(path) = item.found() else { return true };
            if self.reached.contains(path) {
                return false;
            }
            let is_below = path.ancestors().skip(1).any(|own| self.directories.contains(own));
            if is_below && !is_named && !filter::is_kustomization(path) {
                unreached.push((path.to_owned(), Reason::Unreached));
            }
            !is_below || is_named
        });
        listing.left_out.extend(unreached);
    }
}

/// Plans the kustomization roots among the files of `listing`; nothing if there is none.
///
/// # Errors
///
/// Returns an error if a configuration cannot be read, or a stamp cannot be written.
pub(super) fn plan(
    listing: &Listing,
    options: &Options,
    goal: Goal,
    common: &Common,
    roots: &mut Roots,
) -> Result<Option<Planned>, Failure> {
    if listing.kustomizations.is_empty() || listing.is_named {
        return Ok(None);
    }
    let repository = Repository::of(&listing.directory, &listing.kustomizations)?;
    let paths = listing.kustomizations.iter().map(|file| repository.path_of(file));
    let paths: Vec<_> = paths.collect();
    let found = repository.roots(&paths, common)?;
    let configured = found.iter().map(|root| {
        let config = config::read(&repository.file(&root.directory), common)?;
        Ok(config.options)
    });
    let configured = configured.collect::<Result<Vec<_>, Failure>>()?;
    let root = |(found, options): (FoundRoot, _)| Root {
        directory: found.directory,
        is_component: found.is_component,
        options,
    };
    let tree = Tree {
        files: &repository,
        options,
        roots: found.into_iter().zip(&configured).map(root).collect(),
        name: &|path| display(&repository.file(path)),
        is_writable: &|path| repository.below(path).is_some(),
    };
    let plan = tree.plan(goal).map_err(|error| Failure::library(&error.error, &error.sources))?;
    let reached = plan.reached.iter().map(|path| repository.file(path));
    roots.reached.extend(reached);
    let directories = listing.kustomizations.iter().filter_map(|file| file.parent());
    roots.directories.extend(directories.map(Path::to_owned));
    Ok(Some(repository.planned(plan)))
}

impl Repository {
    /// The roots among the kustomization files at `paths`: those that the option `builds` names, or that no
    /// other uses.
    fn roots(&self, paths: &[String], common: &Common) -> Result<Vec<FoundRoot>, Failure> {
        let config = config::read(&self.given, common)?;
        let builds = config.builds(&self.root.join(&self.inside))?;
        if builds.is_empty() {
            let mut found = rollstamp::roots(self, paths.iter().map(|path| &**path));
            // A component that is asked for by its path is not just tried.
            for root in found.iter_mut().filter(|root| *root.directory == *self.inside) {
                root.is_component = false;
            }
            return Ok(found);
        }
        let directories = paths.iter().map(|path| path.rsplit_once('/').map_or("", |own| own.0));
        let is_named = |directory: &&str| {
            let directory = self.root.join(directory);
            builds.iter().filter(|glob| glob.is_match(&directory)).count() > 0
        };
        let named = directories.filter(is_named);
        let named = named.map(|own| FoundRoot { directory: own.into(), is_component: false });
        let named = named.collect();
        for glob in builds.iter().filter(|glob| !glob.has_matched() && !common.quiet) {
            say!("warning: the glob '{}' of `builds` matches nothing", glob.text);
        }
        Ok(named)
    }

    /// `plan` with the files of its sources.
    fn planned(self, plan: TreePlan) -> Planned {
        let TreePlan { sources, paths, builds, edits, created, deleted, reached: _ } = plan;
        let mut read = self.read.take();
        let mut file = |path: &Arc<str>| {
            let content = read.remove(&**path)?.ok()?;
            Some(ReadFile::found(self.file(path), content.identity))
        };
        let created_file = |(path, text): (Arc<str>, String)| {
            let path = self.file(&path);
            let mut files = paths.iter().map(|path| self.file(path));
            let is_beside = |file: &PathBuf| file.parent() == path.parent();
            let like = files.find(is_beside).unwrap_or_else(|| self.given.clone());
            Created { path, text, like }
        };
        Planned {
            files: paths.iter().map(&mut file).collect(),
            created: created.into_iter().map(created_file).collect(),
            bundles: builds,
            sources,
            edits,
            deleted,
            left_out: Vec::new(),
        }
    }
}

/// A path with `/` between its parts.
fn slashed(path: &Path) -> String {
    let parts = path.components().map(|part| part.as_os_str().to_string_lossy());
    parts.filter(|part| part != ".").collect::<Vec<_>>().join("/")
}
