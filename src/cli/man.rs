//! The manual page: one for the program and all of its commands.

use std::io::{self, Write};

use clap::Command;
use clap_mangen::Man;

use super::Outcome;
use super::args::EXIT_STATUS;
use super::failure::Failure;

const FILES: &str = ".SH FILES\n.TP\n.rollstamp.yaml\nThe options of the manifests at and below its directory. \
The nearest one counts; none is read from above the root of the Git repository.\n";

/// Prints the manual page of `command`.
///
/// # Errors
///
/// Returns an error if standard output cannot be written to.
pub(super) fn run(command: Command) -> Result<Outcome, Failure> {
    io::stdout().write_all(&page(command)?)?;
    Ok(Outcome::Success)
}

fn page(command: Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    let commands: Vec<_> =
        command.get_subcommands().filter(|own| !own.is_hide_set()).cloned().collect();
    let man = Man::new(command.disable_help_subcommand(true));
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    for command in commands {
        write_command(&mut page, command)?;
    }
    man.render_options_section(&mut page)?;
    let statuses = EXIT_STATUS.lines().skip(1).filter_map(|line| line.trim().split_once("  "));
    writeln!(page, ".SH \"EXIT STATUS\"")?;
    for (status, meaning) in statuses {
        writeln!(page, ".TP\n{status}\n{meaning}")?;
    }
    write!(page, "{FILES}")?;
    man.render_version_section(&mut page)?;
    Ok(page)
}

/// Writes the section of one command, with its own options: those for every command come once.
fn write_command(page: &mut Vec<u8>, command: Command) -> io::Result<()> {
    let name = format!("rollstamp {}", command.get_name());
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let man = Man::new(command.bin_name(&*name).disable_help_flag(true));
    let mut section = Vec::new();
    man.render_synopsis_section(&mut section)?;
    man.render_options_section(&mut section)?;
    let section = String::from_utf8_lossy(&section).replace(".SH ", ".SS ");
    write!(page, ".SH \"{}\"\n{about}.\n{section}", name.to_uppercase())
}
