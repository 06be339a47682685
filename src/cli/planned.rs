//! What a run works on: files that are read together, the bundles that they make, and what is to be
//! written into them.

use std::path::PathBuf;

use rollstamp::report::Report;
use rollstamp::{
    CARRIER, Code, Edit, Finding, Goal, Options, Plan, Severity, Source, strip_carrier,
};

use super::args::Common;
use super::bundle::{Bundle, ReadFile};
use super::failure::Failure;
use super::filter::{self, Reason};
use super::listing::Listing;
use super::tree::{self, Roots};
use super::{closing, input};

/// Files and what they need. A plain bundle has files of its own; the builds of a tree share theirs.
#[derive(Debug, Default)]
pub(super) struct Planned {
    pub(super) sources: Vec<Source<'static>>,
    /// The file of each source; `None` for standard input.
    pub(super) files: Vec<Option<ReadFile>>,
    /// The path of each bundle, as messages show it, and its plan.
    pub(super) bundles: Vec<(String, Plan)>,
    /// The edits of each source.
    pub(super) edits: Vec<Vec<Edit>>,
    /// Files to create, with what they hold, each like another file.
    pub(super) created: Vec<Created>,
    /// Files to delete, by the number of their source.
    pub(super) deleted: Vec<usize>,
    /// What is left out although it may matter.
    pub(super) left_out: Vec<(PathBuf, Reason)>,
}

/// A file to create.
#[derive(Debug)]
pub(super) struct Created {
    pub(super) path: PathBuf,
    pub(super) text: String,
    /// The file whose mode and owner it gets.
    pub(super) like: PathBuf,
}

impl Planned {
    /// A bundle of plain files, or standard input.
    pub(super) fn plain(bundle: Bundle, mut plan: Plan) -> Self {
        let Bundle { path, sources, files, left_out } = bundle;
        let edits = std::mem::take(&mut plan.edits);
        let bundles = vec![(path, plan)];
        Self { sources, files, bundles, edits, left_out, ..Self::default() }
    }

    /// The reports of its bundles.
    pub(super) fn reports(&self) -> impl Iterator<Item = Report<'_>> {
        self.bundles.iter().map(|(path, plan)| Report::new(path, &self.sources, plan))
    }

    /// What is skipped, because it cannot be read, in words for people.
    pub(super) fn skipped(&self) -> String {
        let is_skipped = |finding: &&Finding| {
            finding.code == Code::Unreadable && finding.severity != Severity::Error
        };
        let reports = self.reports();
        reports.map(|report| report.text_of(report.findings().filter(is_skipped))).collect()
    }

    /// Whether source number `index` is changed, and so is its file.
    pub(super) fn is_changed(&self, index: usize) -> bool {
        !self.edits[index].is_empty() || self.deleted.contains(&index)
    }
}

/// Reads `paths`, or standard input if there are none, and plans every bundle. What comes out is needed until
/// the program ends, so it is not given back piece by piece, which would take a tenth of the whole run.
///
/// # Errors
///
/// Returns the first error, with the lines that it is about.
pub(super) fn plan_all(
    paths: &[PathBuf],
    common: &Common,
    goal: Goal,
) -> Result<&'static [Planned], Failure> {
    let mut listings = input::list(paths, common)?;
    if goal == Goal::Strip {
        return Ok(strip(listings, common)?.leak());
    }
    let mut planned = Vec::new();
    let mut roots = Roots::default();
    for (listing, options) in &listings {
        planned.extend(tree::plan(listing, options, goal, common, &mut roots)?);
    }
    for (listing, _) in &mut listings {
        roots.take_from(listing);
    }
    for (listing, options) in listings {
        if listing.items.is_empty() && !planned.is_empty() {
            planned.last_mut().expect("it is not empty").left_out.extend(listing.left_out);
            continue;
        }
        let bundle = Bundle::read(listing, common)?;
        let plan = bundle.plan(goal, &options, common)?;
        planned.push(Planned::plain(bundle, plan));
    }
    let plans = planned.iter_mut().flat_map(|own| &mut own.bundles);
    plans.for_each(|(_, plan)| closing::complete_help(plan, paths));
    Ok(planned.leak())
}

/// Removes the stamps of every file by itself, whatever is built from it, and the carriers.
fn strip(listings: Vec<(Listing, Options)>, common: &Common) -> Result<Vec<Planned>, Failure> {
    let plan = |(mut listing, options): (Listing, Options)| {
        listing.add_kustomizations();
        let bundle = Bundle::read(listing, common)?;
        let plan = bundle.plan(Goal::Strip, &options, common)?;
        let mut planned = Planned::plain(bundle, plan);
        strip_carriers(&mut planned)?;
        Ok(planned)
    };
    listings.into_iter().map(plan).collect()
}

fn strip_carriers(planned: &mut Planned) -> Result<(), Failure> {
    let path = |index: usize| planned.files[index].as_ref().map(|file| &*file.path);
    let carriers: Vec<_> = (0..planned.sources.len())
        .filter(|index| path(*index).is_some_and(|path| path.ends_with(CARRIER)))
        .collect();
    for carrier in carriers {
        let directory = planned.files[carrier].as_ref().and_then(|file| file.path.parent());
        let kustomization = (0..planned.sources.len()).find(|index| {
            let file = planned.files[*index].as_ref().map(|file| &*file.path);
            file.is_some_and(|file| filter::is_kustomization(file) && file.parent() == directory)
        });
        let Some(kustomization) = kustomization else { continue };
        let source = &planned.sources[kustomization];
        let edits = strip_carrier(source, planned.sources[carrier].text());
        let edits =
            edits.map_err(|error| Failure::library(&error, std::slice::from_ref(source)))?;
        if let Some(edits) = edits {
            planned.edits[kustomization] = edits;
            planned.edits[carrier].clear();
            planned.deleted.push(carrier);
        }
    }
    Ok(())
}
