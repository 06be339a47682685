//! Plans a bundle: from its sources to the plan of every workload in it.

use std::collections::{BTreeMap, HashSet};
use std::convert::Infallible;

use super::syntax_help::syntax_help;
use super::{Horizon, Planner};
use crate::error::{Error, Problem};
use crate::finding::{Code, Finding};
use crate::findings::{self, Context};
use crate::model::{OptIns, ResourceSet, is_wanted};
use crate::options::Options;
use crate::parallel;
use crate::plan::Plan;
use crate::source::Source;
use crate::stamp::Goal;
use crate::yaml::{self, Chunk, Document, TopLevel};

/// Works out what `sources` need. They are one bundle: configs of all are seen by workloads of all.
///
/// Reads no file, no clock and no environment. Called in a rayon thread pool, it works with all the
/// pool's threads; what comes out does not depend on it.
///
/// # Errors
///
/// Returns an error if an edit would change more than a stamp, which is a bug. What cannot be read or
/// written is a finding: see [`Finding::is_failure`](crate::Finding::is_failure).
///
/// # Examples
///
/// ```
/// use rollstamp::{Options, Source, State, apply, plan};
///
/// let text = "\
/// apiVersion: v1
/// kind: ConfigMap
/// metadata: {name: settings}
/// data: {PORT: '80'}
/// ---
/// apiVersion: apps/v1
/// kind: Deployment
/// metadata: {name: web, annotations: {reloader.stakater.com/auto: 'true'}}
/// spec:
///   template:
///     spec:
///       containers: [{name: web, envFrom: [{configMapRef: {name: settings}}]}]
/// ";
/// let plan = plan(&[Source::new("bundle.yaml", text)], &Options::default())?;
///
/// assert_eq!(plan.workloads[0].stamp.state, State::Missing);
/// assert!(apply(text, &plan.edits[0]).contains("rollstamp.dev/config-hash: \"sha256:"));
/// # Ok::<(), rollstamp::Error>(())
/// ```
pub fn plan(sources: &[Source<'_>], options: &Options) -> Result<Plan, Error> {
    run(sources, options, Goal::Stamp)
}

/// Works out what is wrong in `sources`: the plan of [`plan`], and a finding for each stamp that is not
/// what it must be.
///
/// # Errors
///
/// As for [`plan`].
///
/// # Examples
///
/// ```
/// use rollstamp::{Code, Options, Source, plan, plan_check};
///
/// let text = "\
/// apiVersion: v1
/// kind: ConfigMap
/// metadata: {name: settings}
/// ---
/// apiVersion: apps/v1
/// kind: Deployment
/// metadata: {name: web, annotations: {reloader.stakater.com/auto: 'true'}}
/// spec: {template: {spec: {containers: [{envFrom: [{configMapRef: {name: settings}}]}]}}}
/// ";
/// let sources = [Source::new("bundle.yaml", text)];
///
/// assert!(plan(&sources, &Options::default())?.findings.is_empty());
/// let findings = plan_check(&sources, &Options::default())?.findings;
/// assert_eq!(findings[0].code, Code::MissingStamp);
/// # Ok::<(), rollstamp::Error>(())
/// ```
pub fn plan_check(sources: &[Source<'_>], options: &Options) -> Result<Plan, Error> {
    run(sources, options, Goal::Check)
}

/// Works out how to remove every stamp from `sources`: the plan of [`plan`], but with the edits
/// that take away whatever stamp there is.
///
/// # Errors
///
/// As for [`plan`].
pub fn plan_strip(sources: &[Source<'_>], options: &Options) -> Result<Plan, Error> {
    run(sources, options, Goal::Strip)
}

fn run(sources: &[Source<'_>], options: &Options, goal: Goal) -> Result<Plan, Error> {
    let parsed = parse(sources, options);
    plan_documents(sources, &parsed.0, parsed.1, options, goal, &Horizon::default())
}

/// What is wrong with documents, each with the number of its source.
pub(crate) type Problems = Vec<(usize, Problem)>;

/// Works out what `documents` need: those of `sources`, a list for each. Others are `unreadable`.
///
/// # Errors
///
/// As for [`plan`].
pub(crate) fn plan_documents<'d>(
    sources: &'d [Source<'_>],
    documents: &'d [Vec<Document<'d>>],
    mut unreadable: Problems,
    options: &'d Options,
    goal: Goal,
    horizon: &'d Horizon,
) -> Result<Plan, Error> {
    let (resources, defects) = ResourceSet::collect(documents, options);
    unreadable.extend(defects);
    let planner = Planner { sources, options, resources: &resources, horizon };
    let context = Context::new(sources, &resources, options, goal);
    let (workloads, mut findings) = planner.workloads(&context);
    findings.extend(findings::of_bundle(&context, &workloads));
    findings.extend(findings::of_sources(sources, unreadable, options));
    let (mut edits, mut all_unwritable) = (Vec::with_capacity(sources.len()), Vec::new());
    for (source, documents) in documents.iter().enumerate().filter(|_| !horizon.is_build) {
        let (own, unwritable) = planner.edits(source, documents, &workloads, goal)?;
        edits.push(own);
        all_unwritable.extend(unwritable);
    }
    findings.extend(all_unwritable);
    findings.sort_by(|a, b| (&a.place, a.code, &a.message).cmp(&(&b.place, b.code, &b.message)));
    findings.dedup();
    let mut silenced = BTreeMap::new();
    for finding in findings.extract_if(.., |finding| options.allow.contains(&finding.code)) {
        *silenced.entry(finding.code).or_default() += 1;
    }
    drop_unfixable(&mut findings);
    Ok(Plan { workloads, findings, silenced, edits })
}

/// Drops the findings that `stamp` would fix, but for a stamp that cannot be written.
fn drop_unfixable(findings: &mut Vec<Finding>) {
    let owner = |finding: &Finding| (finding.place.source, finding.resource.clone());
    let unwritable = findings.iter().filter(|finding| finding.code == Code::Unwritable);
    let owners: HashSet<_> = unwritable.map(owner).collect();
    findings
        .retain(|finding| !finding.code.is_fixed_by_stamp() || !owners.contains(&owner(finding)));
}

/// Reads every document that may hold a resource that matters, source by source. Beside them it returns what
/// is wrong with those that cannot be read.
pub(crate) fn parse<'s>(
    sources: &'s [Source<'_>],
    options: &Options,
) -> (Vec<Vec<Document<'s>>>, Problems) {
    let readable = sources.iter().enumerate().filter(|(_, source)| !source.is_unreadable());
    let chunks = readable.flat_map(|(index, source)| {
        yaml::split(source.text()).map(move |chunk| (index, source, chunk))
    });
    let opt_ins = OptIns::new(options);
    let parse = |(index, source, chunk)| {
        // Boxed, because there are as many of these as chunks, and hardly ever a problem.
        (index, parse_chunk(source, &chunk, options, &opt_ins).map_err(Box::new))
    };
    let mut documents: Vec<_> = sources.iter().map(|_| Vec::new()).collect();
    let mut unreadable = Vec::new();
    let Ok(()) = parallel::each::<_, _, Infallible>(chunks, parse, |(source, parsed)| {
        match parsed {
            Ok(parsed) => documents[source].extend(parsed),
            Err(problem) => unreadable.push((source, *problem)),
        }
        Ok(())
    });
    (documents, unreadable)
}

fn parse_chunk<'t>(
    source: &'t Source<'_>,
    chunk: &Chunk,
    options: &Options,
    opt_ins: &OptIns,
) -> Result<Vec<Document<'t>>, Problem> {
    let text = source.text();
    let body = &text[chunk.body.clone()];
    // To read a document without need does no harm, so to be sure of its kind is only worth the while
    // if the first look says that it can be left out.
    let is_likely =
        yaml::likely_word(body, "kind").is_some_and(|kind| is_wanted(kind, body, options));
    if !is_likely {
        let is_needed = match yaml::top_level(body, "kind") {
            TopLevel::Absent => false,
            TopLevel::Word(kind) => is_wanted(kind, body, options),
            TopLevel::Unclear => true,
        };
        if !is_needed {
            // It is only read to say that it is not.
            let has_any = opt_ins.find(body).is_some();
            let parsed = has_any.then(|| yaml::parse(text, chunk, source.is_fast()).ok());
            return Ok(parsed.flatten().unwrap_or_default());
        }
    }
    yaml::parse(text, chunk, source.is_fast()).map_err(|error| {
        let at = error.offset.saturating_sub(chunk.body.start).min(body.len());
        let problem = Problem::from(error);
        Problem { help: syntax_help(body, at).unwrap_or(problem.help), ..problem }
    })
}
