//! The options of a run: the command line over the nearest `.rollstamp.yaml`.

#![expect(clippy::disallowed_methods, reason = "the program reads its configuration from files")]

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rollstamp::Options;

use super::args::Common;
use super::failure::Failure;

const FILE_NAME: &str = ".rollstamp.yaml";

/// The options for the bundle at `path`.
///
/// # Errors
///
/// Returns an error if the configuration cannot be read or an option is not valid.
pub(super) fn options(path: &Path, common: &Common) -> Result<Options, Failure> {
    let mut options = match find(path, common)? {
        Some((file, text)) => parse(&file, &text)?,
        None => Options::default(),
    };
    if let Some(namespace) = &common.namespace {
        options.namespace.clone_from(namespace);
    }
    if let Some(annotation) = &common.annotation {
        options.annotation.clone_from(annotation);
    }
    options.auto_reload_all |= common.auto_reload_all;
    if let Some(resources) = &common.resources_to_ignore {
        options.resources_to_ignore.clone_from(resources);
    }
    if let Some(jobs) = common.jobs {
        options.jobs = jobs;
    }
    options.validate().map_err(|message| {
        Failure::new(message, "mend the option on the command line or in the configuration")
    })?;
    Ok(options)
}

/// The configuration file that is meant and its text.
fn find(path: &Path, common: &Common) -> Result<Option<(PathBuf, String)>, Failure> {
    if common.no_config {
        return Ok(None);
    }
    if let Some(file) = &common.config {
        let text = fs::read_to_string(file).map_err(|error| Failure::file("read", file, &error))?;
        return Ok(Some((file.clone(), text)));
    }
    let start = if path == Path::new("-") { Path::new(".") } else { path };
    let Ok(start) = fs::canonicalize(start) else { return Ok(None) };
    for directory in start.ancestors() {
        let file = directory.join(FILE_NAME);
        match fs::read_to_string(&file) {
            Ok(text) => return Ok(Some((file, text))),
            Err(error) if is_absent(&error) => {}
            Err(error) => return Err(Failure::file("read", &file, &error)),
        }
    }
    Ok(None)
}

/// Whether there is no such file: the bundle itself may be a file, not a directory.
fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn parse(file: &Path, text: &str) -> Result<Options, Failure> {
    Options::from_yaml(text).map_err(|error| {
        Failure::new(
            format!("'{}' must be a valid configuration: {error}", file.display()),
            "see the options in docs/reference.md",
        )
    })
}
