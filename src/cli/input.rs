//! What a run is about: each PATH, or standard input, as bundles with their options.

#![expect(clippy::disallowed_methods, reason = "the program looks at the paths that it is given")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use rollstamp::Options;

use super::args::Common;
use super::config;
use super::failure::Failure;
use super::listing::{self, Choice, Listing};
use super::say::say;

/// Whether standard input is a terminal: then nothing is piped in.
pub(super) fn is_terminal() -> bool {
    io::stdin().is_terminal()
}

/// The bundles of `paths`, or of standard input if there are none: files are one bundle together, directories
/// are each read by themselves.
///
/// # Errors
///
/// Returns an error if a path is not there or holds no manifests, if two overlap, or if a configuration cannot
/// be read.
pub(super) fn list(paths: &[PathBuf], common: &Common) -> Result<Vec<(Listing, Options)>, Failure> {
    let stdin = [PathBuf::from("-")];
    let paths = if paths.is_empty() { &stdin } else { paths };
    let (mut files, mut directories) = (Vec::new(), Vec::new());
    for path in listing::distinct(paths) {
        if is_directory(&path)? { &mut directories } else { &mut files }.push(path);
    }
    let mut listings = Vec::new();
    if !files.is_empty() {
        listings.push(Listing::files(&files));
    }
    let mut used = Used::default();
    for path in &directories {
        listings.extend(directory(path, common, &mut used)?);
    }
    used.warn(common);
    // Within one directory nothing overlaps, and to look at every file takes long.
    if paths.len() > 1 {
        listing::merge(&mut listings)?;
    }
    let mut configs = BTreeSet::new();
    let with_options = |listing: Listing| {
        let config = config::read(&listing.directory, common)?;
        if common.verbose {
            let file = config.file.filter(|file| configs.insert(file.clone()));
            file.inspect(|file| say!("note: the options are those of '{}'", file.display()));
        }
        Ok((listing, config.options))
    };
    let listings = listings.into_iter().filter(|listing| !listing.is_empty());
    listings.map(with_options).collect()
}

fn is_directory(path: &Path) -> Result<bool, Failure> {
    if path == Path::new("-") {
        return Ok(false);
    }
    let metadata = fs::metadata(path).map_err(|error| Failure::file("read", path, &error))?;
    Ok(metadata.is_dir())
}

/// The bundles of the directory at `path`.
fn directory(path: &Path, common: &Common, used: &mut Used) -> Result<Vec<Listing>, Failure> {
    let root = fs::canonicalize(path).map_err(|error| Failure::file("read", path, &error))?;
    let config = config::read(path, common)?;
    let choice = config.choice(&root, common)?;
    let listings = Listing::directory(path, &root, &choice);
    used.add(&choice, config.is_within(&root));
    let left_out: Vec<_> = listings.iter().flat_map(|listing| &listing.left_out).collect();
    if common.verbose {
        for (path, reason) in &left_out {
            say!("note: '{}' is left out: {}", listing::display(path), reason.text());
        }
    }
    if common.allow_empty || listings.iter().any(|listing| !listing.is_empty()) {
        return Ok(listings);
    }
    let message = format!("no manifests in '{}'", listing::display(path));
    Err(Failure::new(
        message,
        match left_out.len() {
            0 => "manifests end in .yaml, .yml or .json; if none is fine, use `--allow-empty`"
                .to_owned(),
            1 => "one entry is left out: `-v` says which and why".to_owned(),
            number => format!("{number} entries are left out: `-v` says which and why"),
        },
    ))
}

/// Which globs have matched something.
#[derive(Debug, Default)]
struct Used {
    /// By option and text.
    globs: BTreeMap<(&'static str, String), bool>,
}

impl Used {
    /// Adds the globs of `choice`: those of the configuration only if it `is_within` what was read, because
    /// others may be about what lies elsewhere.
    fn add(&mut self, choice: &Choice, is_within: bool) {
        let globs = choice.excluded.iter().chain(&choice.bundles);
        for glob in globs.filter(|glob| is_within || glob.option == "--exclude") {
            *self.globs.entry((glob.option, glob.text.clone())).or_default() |= glob.has_matched();
        }
    }

    /// Says which have matched nothing.
    fn warn(&self, common: &Common) {
        for ((option, text), _) in self.globs.iter().filter(|(_, has_matched)| !**has_matched) {
            if !common.quiet {
                say!("warning: the glob '{text}' of `{option}` matches nothing");
            }
        }
    }
}
