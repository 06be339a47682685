//! `stamp` and `strip`: applies a plan to files, or to standard input.

use rollstamp::report::{self, escape};
use rollstamp::{Goal, Severity};

use super::args::{Common, Stamp};
use super::failure::Failure;
use super::listing::display;
use super::planned::{Created, Planned, plan_all};
use super::replace::{self, Replacements};
use super::say::say_all;
use super::{Outcome, closing, count, output};

/// Makes every stamp what `goal` says, or shows what would change.
///
/// # Errors
///
/// Returns an error if anything in any bundle is wrong; nothing has been written then.
pub(super) fn run(args: &Stamp, common: &Common, goal: Goal) -> Result<Outcome, Failure> {
    let planned = plan_all(&args.paths, common, goal)?;
    if goal == Goal::Stamp {
        refuse_errors(planned)?;
    }
    write(args, common, goal, planned)
}

/// Applies the edits of plans, or shows them.
///
/// # Errors
///
/// Returns an error if a finding is one, or something cannot be written.
pub(super) fn apply(
    args: &Stamp,
    common: &Common,
    goal: Goal,
    planned: &[Planned],
) -> Result<Outcome, Failure> {
    refuse_errors(planned)?;
    write(args, common, goal, planned)
}

fn write(
    args: &Stamp,
    common: &Common,
    goal: Goal,
    planned: &[Planned],
) -> Result<Outcome, Failure> {
    for own in planned {
        say_all(&own.skipped());
    }
    if args.diff {
        show_diff(planned)?;
    } else if args.list {
        list(planned)?;
    } else {
        replace_all(planned)?;
        filter(planned)?;
    }
    let changed = changed(planned).map(|number| (number, args.diff || args.list));
    closing::of_write(planned, goal, &args.paths, changed, common);
    Ok(Outcome::Success)
}

/// Replaces the files that change, all of them or none.
fn replace_all(planned: &[Planned]) -> Result<(), Failure> {
    replace::clear_stale(planned.iter().flat_map(|own| own.files.iter().flatten()));
    let mut replacements = Replacements::new();
    for own in planned {
        prepare(own, &mut replacements)?;
    }
    replacements.commit()
}

fn prepare<'p>(planned: &'p Planned, replacements: &mut Replacements<'p>) -> Result<(), Failure> {
    for (index, file) in planned.files.iter().enumerate() {
        let (source, edits) = (&planned.sources[index], &planned.edits[index]);
        match file {
            Some(file) if planned.deleted.contains(&index) => replacements.delete(file, source)?,
            Some(file) if !edits.is_empty() => replacements.prepare(file, source, edits)?,
            _ => {}
        }
    }
    let mut created = planned.created.iter();
    created.try_for_each(|own| replacements.create(&own.path, &own.text, &own.like))
}

/// Errors that no stamp fixes keep everything from being written.
fn refuse_errors(planned: &[Planned]) -> Result<(), Failure> {
    let mut errors = 0;
    for report in planned.iter().flat_map(Planned::reports) {
        let found: Vec<_> =
            report.findings().filter(|own| own.severity == Severity::Error).collect();
        errors += found.len();
        say_all(&report.text_of(found));
    }
    if errors == 0 {
        return Ok(());
    }
    let message = format!("nothing was written because of {}", count(errors, "error"));
    Err(Failure::new(message, "fix what is reported above and run again"))
}

/// How many files change; `None` if there is only a stream.
fn changed(planned: &[Planned]) -> Option<usize> {
    let files = planned.iter().flat_map(|own| {
        let files = own.files.iter().enumerate().filter(|(_, file)| file.is_some());
        files.map(|(index, _)| own.is_changed(index))
    });
    let files: Vec<_> = files.collect();
    let created: usize = planned.iter().map(|own| own.created.len()).sum();
    let changed = files.iter().filter(|is_changed| **is_changed).count() + created;
    (files.len() + created > 0).then_some(changed)
}

fn show_diff(planned: &[Planned]) -> Result<(), Failure> {
    for own in planned {
        for (index, edits) in own.edits.iter().enumerate() {
            let diff = if own.deleted.contains(&index) {
                report::diff_of_deleted(&own.sources[index])
            } else {
                report::diff(&own.sources, edits, index)
            };
            output::print(&diff)?;
        }
        for Created { path, text, .. } in &own.created {
            output::print(&report::diff_of_created(&display(path), text))?;
        }
    }
    Ok(())
}

fn list(planned: &[Planned]) -> Result<(), Failure> {
    for own in planned {
        for (index, source) in own.sources.iter().enumerate() {
            if own.is_changed(index) {
                output::print(&format!("{}\n", escape(source.name())))?;
            }
        }
        for Created { path, .. } in &own.created {
            output::print(&format!("{}\n", escape(&display(path))))?;
        }
    }
    Ok(())
}

/// Prints what came in on standard input, edited.
fn filter(planned: &[Planned]) -> Result<(), Failure> {
    for own in planned {
        for (index, file) in own.files.iter().enumerate() {
            if file.is_none() {
                output::print_edited(&own.sources[index], &own.edits[index])?;
            }
        }
    }
    Ok(())
}
