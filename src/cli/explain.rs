//! `explain`: shows what each workload tracks, and why.

use globset::{GlobBuilder, GlobMatcher};
use rollstamp::report::{ExplainFormat, Report};
use rollstamp::{Finding, Goal, WorkloadPlan};

use super::args::{Common, Explain};
use super::failure::Failure;
use super::planned::{Planned, plan_all};
use super::{Outcome, closing, output};

/// Explains every bundle.
///
/// # Errors
///
/// Returns an error if a bundle cannot be read, or holds no workload of a name that is asked
/// for, or several where one is needed.
pub(super) fn run(args: &Explain, common: &Common) -> Result<Outcome, Failure> {
    let names =
        args.workload.iter().map(|text| Name::parse(text)).collect::<Result<Vec<_>, _>>()?;
    let planned = plan_all(&args.paths, common, Goal::Check)?;
    if let Some(name) = &args.digest_input {
        return digest_input(name, planned);
    }
    if let Some(name) = names.iter().find(|name| !workloads(planned).any(|own| name.is_of(own))) {
        return Err(none_called(&name.text));
    }
    let is_named = |workload: &WorkloadPlan| names.iter().any(|name| name.is_of(workload));
    let is_shown = |workload: &WorkloadPlan| args.all || workload.is_opted_in;
    let reports = || planned.iter().flat_map(Planned::reports);
    let all = reports().map(|own| if names.is_empty() { own } else { own.only(is_named) });
    let shown = reports().map(|own| match names.len() {
        0 => own.without_workloads(|workload| !is_shown(workload)),
        _ => own.only(is_named),
    });
    let (all, shown): (Vec<Report<'_>>, Vec<Report<'_>>) = (all.collect(), shown.collect());
    output::print_all(&args.output, |format: ExplainFormat| match format {
        ExplainFormat::Json => format.render(&all),
        _ => format.render(&shown),
    })?;
    closing::of_check(planned, common);
    let bundles = planned.iter().flat_map(|own| &own.bundles);
    let mut findings = bundles.flat_map(|(_, plan)| &plan.findings);
    Ok(if findings.any(Finding::is_failure) { Outcome::Failed } else { Outcome::Success })
}

fn workloads(planned: &[Planned]) -> impl Iterator<Item = &WorkloadPlan> {
    planned.iter().flat_map(|own| &own.bundles).flat_map(|(_, plan)| &plan.workloads)
}

fn digest_input(text: &str, planned: &[Planned]) -> Result<Outcome, Failure> {
    let name = Name::parse(text)?;
    let named: Vec<_> = workloads(planned).filter(|workload| name.is_of(workload)).collect();
    match *named {
        [workload] if workload.stamp.digest_input.is_empty() => Err(Failure::new(
            format!("{} tracks no config whose content is known, so it has no stamp", workload.id),
            "run `rollstamp explain` to see what it tracks and why",
        )),
        [workload] => {
            output::print(&workload.stamp.digest_input)?;
            Ok(Outcome::Success)
        }
        [] => Err(none_called(text)),
        _ => Err(Failure::new(
            format!("{} workloads are called '{text}'", named.len()),
            "write KIND/NAMESPACE/NAME",
        )),
    }
}

fn none_called(name: &str) -> Failure {
    Failure::new(
        format!("no workload is called '{name}'"),
        "run `rollstamp explain --all` to see all workloads",
    )
}

/// A name of workloads as it is given: `[KIND/][NAMESPACE/]NAME`, each part a glob.
#[derive(Debug)]
struct Name {
    text: String,
    parts: Vec<GlobMatcher>,
}

impl Name {
    /// Reads a name.
    ///
    /// # Errors
    ///
    /// Returns an error if it has too many parts, or one is not a glob.
    fn parse(text: &str) -> Result<Self, Failure> {
        let globs = text.split('/').map(|part| {
            GlobBuilder::new(part).case_insensitive(true).build().map(|glob| glob.compile_matcher())
        });
        let parts = globs.collect::<Result<Vec<_>, _>>().ok().filter(|parts| parts.len() <= 3);
        let parts = parts.ok_or_else(|| {
            Failure::new(
                format!("'{text}' is not the name of a workload"),
                "write [KIND/][NAMESPACE/]NAME; each part may be a glob, as in 'Deployment/web-*'",
            )
        })?;
        Ok(Self { text: text.to_owned(), parts })
    }

    /// Whether it is a name of `workload`.
    fn is_of(&self, workload: &WorkloadPlan) -> bool {
        let id = &workload.id;
        let (kind, namespace, name) = (&*id.gvk.kind, &*id.namespace, &*id.name);
        match &*self.parts {
            [own] => own.is_match(name),
            [first, own] => {
                own.is_match(name) && (first.is_match(kind) || first.is_match(namespace))
            }
            [first, second, own] => {
                first.is_match(kind) && second.is_match(namespace) && own.is_match(name)
            }
            _ => false,
        }
    }
}
