//! The options of a run: the command line over the nearest `.rollstamp.yaml`.

#![expect(clippy::disallowed_methods, reason = "the program reads its configuration from files")]

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rollstamp::{Mode, Options, OptionsError};

use super::args::Common;
use super::failure::Failure;
use super::reloader::set;

const FILE_NAME: &str = ".rollstamp.yaml";

/// The options for the bundle at `path`.
///
/// # Errors
///
/// Returns an error if the configuration cannot be read or an option is not valid.
pub(super) fn options(path: &Path, common: &Common) -> Result<Options, Failure> {
    let mut options = match find(path, common)? {
        Some((file, text)) => {
            if common.verbose {
                anstream::eprintln!("note: the options are those of '{}'", file.display());
            }
            read(&file.display().to_string(), &text, Options::from_yaml)?
        }
        None => Options::default(),
    };
    apply(common, &mut options);
    // What a function does is said by its config, and what a command does by its name.
    options.mode = Mode::Stamp;
    check(&options)?;
    Ok(options)
}

/// Sets what the command line says.
pub(super) fn apply(common: &Common, options: &mut Options) {
    set(&mut options.namespace, common.namespace.as_ref());
    set(&mut options.annotation, common.annotation.as_ref());
    set(&mut options.strategy, common.strategy.as_ref());
    set(&mut options.keys, common.keys.as_ref());
    set(&mut options.jobs, common.jobs.as_ref());
    options.strict |= common.strict;
    common.reloader.apply(options);
}

/// Checks what no type can say.
///
/// # Errors
///
/// Returns an error if an option is not valid.
pub(super) fn check(options: &Options) -> Result<(), Failure> {
    options.validate().map_err(|message| {
        Failure::new(message, "mend the option on the command line or in the configuration")
    })
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
    let here = fs::canonicalize(".").unwrap_or_default();
    for directory in start.ancestors() {
        let file = directory.join(FILE_NAME);
        let file = file.strip_prefix(&here).map_or(file.clone(), Path::to_owned);
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

/// What `read` makes of `text`, which messages call `name`.
///
/// # Errors
///
/// Returns what is wrong with it, and where.
pub(super) fn read<T>(
    name: &str,
    text: &str,
    read: fn(&str) -> Result<T, OptionsError>,
) -> Result<T, Failure> {
    read(text).map_err(|error| {
        let (message, help) = (error.message(), error.help());
        Failure::in_text(name, text, error.place(), error.line_column().line, message, help)
    })
}
