//! `stamp` and `strip`: applies a plan to files, or to standard input.

use rollstamp::report::{self, escape};
use rollstamp::{Plan, Severity};

use super::args::{Common, Stamp};
use super::bundle::Bundle;
use super::failure::Failure;
use super::output;
use super::replace::{self, Replacements};
use super::say::{say, say_all};
use super::{Outcome, PlanFn, count, plan_all};

/// Applies the edits that `plan` makes, or shows them.
///
/// # Errors
///
/// Returns an error if anything in any bundle is wrong; nothing has been written then.
pub(super) fn run(args: &Stamp, common: &Common, plan: PlanFn) -> Result<Outcome, Failure> {
    apply(args, common, plan_all(&args.paths, common, plan)?)
}

/// Applies the edits of plans, or shows them.
///
/// # Errors
///
/// Returns an error if a finding is one, or something cannot be written.
pub(super) fn apply(
    args: &Stamp,
    common: &Common,
    planned: &[(Bundle, Plan)],
) -> Result<Outcome, Failure> {
    refuse_errors(planned)?;
    for (bundle, plan) in planned {
        say_all(&bundle.skipped(plan));
    }
    if args.diff {
        return show_diff(planned);
    }
    let files = planned.iter().flat_map(|(bundle, _)| bundle.files.iter().flatten());
    replace::clear_stale(files);
    let mut replacements = Replacements::new();
    for (bundle, plan) in planned {
        for (index, file) in bundle.files.iter().enumerate() {
            let (source, edits) = (&bundle.sources[index], &plan.edits[index]);
            if let Some(file) = file.as_ref().filter(|_| !edits.is_empty()) {
                replacements.prepare(file, source, edits)?;
            }
        }
    }
    replacements.commit()?;
    if args.list {
        list(planned)?;
    } else {
        filter(planned)?;
        if !common.quiet {
            summarize(planned);
        }
    }
    Ok(Outcome::Success)
}

/// Findings that no stamp mends leave everything as it is.
fn refuse_errors(planned: &[(Bundle, Plan)]) -> Result<(), Failure> {
    let is_error = |finding: &&rollstamp::Finding| finding.severity == Severity::Error;
    let mut errors = 0;
    for (bundle, plan) in planned {
        let found = || plan.findings.iter().filter(is_error);
        errors += found().count();
        let report = report::Report::new(&bundle.path, &bundle.sources, plan);
        say_all(&report.text_of(found()));
    }
    if errors == 0 {
        return Ok(());
    }
    let message = format!("nothing has been written, because of {}", count(errors, "error"));
    Err(Failure::new(message, "mend what is reported above, and run again"))
}

/// Says how many files have been written, unless it was only a stream.
fn summarize(planned: &[(Bundle, Plan)]) {
    let files = planned.iter().flat_map(|(bundle, plan)| bundle.files.iter().zip(&plan.edits));
    let mut files = files.filter(|(file, _)| file.is_some()).peekable();
    if files.peek().is_some() {
        let (changed, same): (Vec<_>, Vec<_>) = files.partition(|(_, edits)| !edits.is_empty());
        let changed = count(changed.len(), "file");
        let were = if same.len() == 1 { "it was" } else { "they were" };
        say!("{changed} written, {} left as {were}", same.len());
    }
}

fn show_diff(planned: &[(Bundle, Plan)]) -> Result<Outcome, Failure> {
    for (bundle, plan) in planned {
        for index in 0..bundle.sources.len() {
            output::print(&report::diff(&bundle.sources, plan, index))?;
        }
    }
    Ok(Outcome::Success)
}

fn list(planned: &[(Bundle, Plan)]) -> Result<(), Failure> {
    for (bundle, plan) in planned {
        for (source, edits) in bundle.sources.iter().zip(&plan.edits) {
            if !edits.is_empty() {
                output::print(&format!("{}\n", escape(source.name())))?;
            }
        }
    }
    Ok(())
}

/// Prints what came in on standard input, edited.
fn filter(planned: &[(Bundle, Plan)]) -> Result<(), Failure> {
    for (bundle, plan) in planned {
        for (index, file) in bundle.files.iter().enumerate() {
            if file.is_none() {
                output::print_edited(&bundle.sources[index], &plan.edits[index])?;
            }
        }
    }
    Ok(())
}
