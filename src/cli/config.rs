//! The options of a run: the command line over the nearest `.rollstamp.yaml`.

#![expect(clippy::disallowed_methods, reason = "the program reads its configuration from files")]

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rollstamp::{Mode, Options, OptionsError};

use super::args::Common;
use super::failure::Failure;
use super::filter::Glob;
use super::listing::Choice;
use super::reloader::set;
use super::repository;
use super::say::say;

const FILE_NAMES: [&str; 2] = [".rollstamp.yaml", ".rollstamp.yml"];

/// The options for a bundle.
#[derive(Debug)]
pub(super) struct Config {
    pub(super) options: Options,
    /// The configuration file, as messages show it.
    pub(super) file: Option<PathBuf>,
    /// The directory of the configuration file, without links; the globs in it start there.
    directory: Option<PathBuf>,
}

/// The options for the bundle at `path`: a directory, or `-`.
///
/// # Errors
///
/// Returns an error if the configuration cannot be read or an option is not valid.
pub(super) fn read(path: &Path, common: &Common) -> Result<Config, Failure> {
    let mut config = Config { options: Options::default(), file: None, directory: None };
    if let Some((file, text)) = find(path, common)? {
        config.options = parse(&file.display().to_string(), &text, Options::from_yaml)?;
        config.directory = fs::canonicalize(directory_of(&file)).ok();
        config.file = Some(file);
    }
    apply(common, &mut config.options);
    // What a function does is said by its config, and what a command does by its name.
    config.options.mode = Mode::Stamp;
    check(&config.options)?;
    Ok(config)
}

impl Config {
    /// What decides which files of the directory `root`, a path without links, are read.
    ///
    /// # Errors
    ///
    /// Returns an error if a glob is not valid.
    pub(super) fn choice(&self, root: &Path, common: &Common) -> Result<Choice, Failure> {
        let directory = self.directory.as_deref().unwrap_or(root);
        let given = common.exclude.iter().map(|own| Glob::at_any_depth(own, root, "--exclude"));
        let excluded = self.options.exclude.iter();
        let excluded = excluded.map(|own| Glob::at_any_depth(own, directory, "exclude"));
        let bundles = self.options.bundles.iter();
        Ok(Choice {
            excluded: given.chain(excluded).collect::<Result<_, _>>()?,
            bundles: bundles
                .map(|own| Glob::new(own, directory, "bundles"))
                .collect::<Result<_, _>>()?,
            reads_gitignore: !common.no_ignore,
        })
    }

    /// The globs of the directories of kustomization files that are built; none if those are that no other
    /// uses.
    ///
    /// # Errors
    ///
    /// Returns an error if a glob is not valid.
    pub(super) fn builds(&self, root: &Path) -> Result<Vec<Glob>, Failure> {
        let directory = self.directory.as_deref().unwrap_or(root);
        self.options.builds.iter().map(|own| Glob::new(own, directory, "builds")).collect()
    }

    /// Whether all that the configuration is about lies in `root`.
    pub(super) fn is_within(&self, root: &Path) -> bool {
        self.directory.as_ref().is_some_and(|own| own.starts_with(root))
    }
}

/// Sets what the command line says.
pub(super) fn apply(common: &Common, options: &mut Options) {
    set(&mut options.namespace, common.namespace.as_ref());
    set(&mut options.annotation, common.annotation.as_ref());
    set(&mut options.strategy, common.strategy.as_ref());
    set(&mut options.keys, common.keys.as_ref());
    set(&mut options.jobs, common.jobs.as_ref());
    set(&mut options.overlays, common.overlays.as_ref());
    options.strict |= common.strict;
    options.allow.extend(&common.allow);
    common.reloader.apply(options);
}

/// Checks what no type can say.
///
/// # Errors
///
/// Returns an error if an option is not valid.
pub(super) fn check(options: &Options) -> Result<(), Failure> {
    options.validate().map_err(|message| {
        Failure::new(message, "fix the option on the command line or in the configuration")
    })
}

/// The configuration file that is meant and its text.
fn find(path: &Path, common: &Common) -> Result<Option<(PathBuf, String)>, Failure> {
    if common.no_config {
        return Ok(None);
    }
    if let Some(file) = &common.config {
        let directory = fs::canonicalize(directory_of(file));
        let text = directory.and_then(|directory| text(file, &directory));
        return Ok(Some((file.clone(), text.map_err(|error| unread(file, &error))?)));
    }
    let start = if path == Path::new("-") { Path::new(".") } else { path };
    let Ok(start) = fs::canonicalize(start) else { return Ok(None) };
    let here = fs::canonicalize(".").unwrap_or_default();
    let repository = repository::root(&start);
    let directories =
        start.ancestors().take_while(|own| repository.is_none_or(|r| own.starts_with(r)));
    for directory in directories {
        let files = FILE_NAMES.map(|name| directory.join(name));
        let mut files = files.into_iter().filter(|file| fs::symlink_metadata(file).is_ok());
        let (Some(file), other) = (files.next(), files.next()) else { continue };
        let shown = file.strip_prefix(&here).unwrap_or(&file).to_owned();
        if let Some(other) = other {
            let other = other.strip_prefix(&here).unwrap_or(&other).display();
            let message = format!("there must not be both '{}' and '{other}'", shown.display());
            return Err(Failure::new(message, "merge them into one file"));
        }
        if repository.is_none() && !is_trusted(&file, &start) {
            say!("warning: '{}' is not read: it belongs to another user", shown.display());
            continue;
        }
        let text = text(&file, directory).map_err(|error| unread(&shown, &error))?;
        return Ok(Some((shown, text)));
    }
    Ok(None)
}

fn directory_of(file: &Path) -> &Path {
    file.parent().filter(|own| !own.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The text of `file` in `directory`, which has no links in it. No link may lead out of the repository, or
/// without one out of the directory: an error in the file quotes it.
fn text(file: &Path, directory: &Path) -> io::Result<String> {
    let boundary = repository::root(directory).unwrap_or(directory);
    fs::read_to_string(repository::regular_file(file, boundary)?)
}

fn unread(file: &Path, error: &io::Error) -> Failure {
    Failure::new(
        format!("cannot read the configuration '{}': {error}", file.display()),
        "write the options into that file, give another with `--config`, or run with `--no-config`",
    )
}

/// Outside a repository, a configuration that someone else has put above the bundle does not count.
#[cfg(unix)]
fn is_trusted(file: &Path, start: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let owner = |path| fs::symlink_metadata(path).map(|metadata| metadata.uid()).ok();
    file.parent() == Some(start) || owner(file) == Some(0) || owner(file) == owner(start)
}

#[cfg(not(unix))]
fn is_trusted(_file: &Path, _start: &Path) -> bool {
    true
}

/// What `read` makes of `text`, which messages call `name`.
///
/// # Errors
///
/// Returns what is wrong with it, and where.
pub(super) fn parse<T>(
    name: &str,
    text: &str,
    read: fn(&str) -> Result<T, OptionsError>,
) -> Result<T, Failure> {
    read(text).map_err(|error| Failure::options(&error, name, text))
}
