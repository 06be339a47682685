//! Plans a bundle: from its sources to the plan of every workload in it.

use super::Planner;
use std::collections::BTreeMap;

use crate::error::{Error, Problem};
use crate::findings::{self, Context};
use crate::model::{ResourceSet, is_wanted};
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
/// Returns an error if a source cannot be read as YAML or JSON, if a tracked config has content
/// that Kubernetes would refuse, or if a stamp cannot be written without changing anything else.
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

/// Checks that `source` can be read, whatever it holds.
///
/// # Errors
///
/// Returns an error if it is not YAML or JSON, or gives a key twice in a resource that matters.
pub fn validate(source: &Source<'_>, options: &Options) -> Result<(), Error> {
    let sources = std::slice::from_ref(source);
    let documents = parse(sources, options)?;
    ResourceSet::collect(&documents, options)
        .map(drop)
        .map_err(|(source, problem)| problem.in_source(source, sources))
}

fn run(sources: &[Source<'_>], options: &Options, goal: Goal) -> Result<Plan, Error> {
    plan_documents(sources, &parse(sources, options)?, options, goal)
}

/// Works out what `documents` need: those of `sources`, a list for each.
///
/// # Errors
///
/// As for [`plan`].
pub(crate) fn plan_documents<'d>(
    sources: &'d [Source<'_>],
    documents: &'d [Vec<Document<'d>>],
    options: &'d Options,
    goal: Goal,
) -> Result<Plan, Error> {
    let resources = ResourceSet::collect(documents, options)
        .map_err(|(source, problem)| problem.in_source(source, sources))?;
    let planner = Planner { sources, options, resources: &resources };
    let context = Context::new(sources, &resources, options, goal);
    let (workloads, mut findings) = planner.workloads(&context)?;
    let of_bundle = findings::of_bundle(&context, &workloads)
        .map_err(|(source, problem)| problem.in_source(source, sources))?;
    findings.extend(of_bundle);
    findings.sort_by(|a, b| (&a.place, a.code, &a.message).cmp(&(&b.place, b.code, &b.message)));
    findings.dedup();
    let mut silenced = BTreeMap::new();
    for finding in findings.extract_if(.., |finding| options.allow.contains(&finding.code)) {
        *silenced.entry(finding.code).or_default() += 1;
    }
    let edits = documents.iter().enumerate();
    let edits = edits.map(|(source, documents)| planner.edits(source, documents, &workloads, goal));
    Ok(Plan { edits: edits.collect::<Result<_, _>>()?, findings, silenced, workloads })
}

/// Reads every document that may hold a resource that matters, source by source.
fn parse<'s>(
    sources: &'s [Source<'_>],
    options: &Options,
) -> Result<Vec<Vec<Document<'s>>>, Error> {
    let chunks = sources.iter().enumerate().flat_map(|(index, source)| {
        yaml::split(source.text()).map(move |chunk| (index, source, chunk))
    });
    let parse = |(index, source, chunk)| {
        // Boxed, because there are as many of these as chunks, and hardly ever a problem.
        (index, parse_chunk(source, &chunk, options).map_err(Box::new))
    };
    let mut documents: Vec<_> = sources.iter().map(|_| Vec::new()).collect();
    parallel::each(chunks, parse, |(source, parsed)| {
        documents[source].extend(parsed.map_err(|problem| problem.in_source(source, sources))?);
        Ok(())
    })?;
    Ok(documents)
}

fn parse_chunk<'t>(
    source: &'t Source<'_>,
    chunk: &Chunk,
    options: &Options,
) -> Result<Vec<Document<'t>>, Problem> {
    let text = source.text();
    let body = &text[chunk.body.clone()];
    // To read a document without need does no harm, so to be sure of its kind is only worth the while
    // if the first look says that it can be left out.
    let is_likely =
        yaml::likely_word(body, "kind").is_some_and(|kind| is_wanted(kind, body, options));
    if !is_likely {
        match yaml::top_level(body, "kind") {
            TopLevel::Absent => return Ok(Vec::new()),
            TopLevel::Word(kind) if !is_wanted(kind, body, options) => return Ok(Vec::new()),
            TopLevel::Word(_) | TopLevel::Unclear => {}
        }
    }
    yaml::parse(text, chunk, source.is_fast()).map_err(|error| {
        let mut problem = Problem::from(error);
        if ["{{", "{%"].iter().any(|open| body.contains(open)) {
            problem.help = "it looks like a template: render it first";
        }
        problem
    })
}
