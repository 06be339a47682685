//! What the program prints: on standard output, or into the file that is asked for.

#![expect(clippy::disallowed_methods, reason = "reports are written into files")]

use std::fs;
use std::io::{self, BufWriter, Write};

use rollstamp::{Edit, Source, pieces};

use super::Outcome;
use super::args::Output;
use super::failure::Failure;

/// Prints `source` with `edits` on standard output.
///
/// # Errors
///
/// Returns an error if standard output cannot be written to.
pub(super) fn print_edited(source: &Source<'_>, edits: &[Edit]) -> Result<(), Failure> {
    let mut stdout = BufWriter::new(io::stdout().lock());
    pieces(source.text(), edits).try_for_each(|piece| stdout.write_all(piece.as_bytes()))?;
    Ok(stdout.flush()?)
}

/// Prints `text` on standard output, with colours if it is a terminal.
///
/// # Errors
///
/// Returns an error if standard output cannot be written to.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = anstream::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    Ok(stdout.flush()?)
}

/// Prints what `render` makes of each format, or writes it to the file that goes with it; the
/// default format, if there is none.
///
/// # Errors
///
/// Returns an error if a file or standard output cannot be written to.
pub(super) fn print_all<F: Copy + Default>(
    outputs: &[Output<F>],
    render: impl Fn(F) -> String,
) -> Result<(), Failure> {
    let default = [Output::default()];
    let outputs = if outputs.is_empty() { &default } else { outputs };
    for Output { format, file } in outputs {
        match file {
            Some(file) => {
                let text = anstream::adapter::strip_str(&render(*format)).to_string();
                fs::write(file, text).map_err(|error| Failure::file("write", file, &error))?;
            }
            None => print(&render(*format))?,
        }
    }
    Ok(())
}

/// Prints the completions of `command` for `shell`.
pub(super) fn completions(
    shell: clap_complete::Shell,
    command: &mut clap::Command,
) -> Result<Outcome, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, command, "rollstamp", &mut script);
    io::stdout().write_all(&script)?;
    Ok(Outcome::Success)
}
