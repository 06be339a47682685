//! The KRM function: a `ResourceList` in, the same one out, edited in its own text.
//!
//! As the KRM Functions Specification v1 has it, and as kustomize and kpt really behave: whatever
//! happens, what comes out holds the items that came in, because both delete what is not there.

mod result;

use crate::edit::verify::{Change, Changes, Judge};
use crate::edit::writer::Writer;
use crate::edit::{Edit, apply};
use crate::error::{Error, Problem};
use crate::model::GroupVersionKind;
use crate::options::{Mode, Options, read_function_config};
use crate::planner::{Horizon, plan_documents};
use crate::source::Source;
use crate::stamp::Goal;
use crate::yaml::{self, Document, LineIndex, NodeRef, TopLevel};

use result::{FunctionResult, Items};

/// What a run of the function comes to.
#[derive(Debug)]
pub struct FunctionOutput {
    /// The `ResourceList` to write, with what is to be said among its `results`.
    pub text: String,
    /// The errors and warnings among the results, for people who see no results.
    pub messages: String,
    /// Whether the function has failed: then the items are those that came in.
    pub has_failed: bool,
}

/// Runs the function on `source`, if that is one document of kind `ResourceList`. The options are
/// those of its `functionConfig`, after `adjust`, which returns what is wrong with what it was to set.
///
/// # Errors
///
/// Returns an error if `source` cannot be read, so that there are no items to give back.
///
/// # Examples
///
/// ```
/// use rollstamp::{Source, run_function};
///
/// let list = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n";
/// let output = run_function(&Source::new("-", list), |_| Ok(()))?;
/// assert_eq!(output.map(|output| output.text).as_deref(), Some(list));
///
/// let other = "apiVersion: v1\nkind: List\nitems: []\n";
/// assert!(run_function(&Source::new("-", other), |_| Ok(()))?.is_none());
/// # Ok::<(), rollstamp::Error>(())
/// ```
pub fn run(
    source: &Source<'_>,
    adjust: impl FnOnce(&mut Options) -> Result<(), String>,
) -> Result<Option<FunctionOutput>, Error> {
    let sources = std::slice::from_ref(source);
    let problem = |problem: Problem| problem.in_source(0, sources);
    let kind = kind(source.text());
    if kind == Kind::Other || source.is_unreadable() {
        return Ok(None);
    }
    let documents = match yaml::parse_all(source.text(), source.is_fast()) {
        Ok(documents) => vec![documents],
        Err(error) if kind == Kind::ResourceList => return Err(problem(error.into())),
        Err(_) => return Ok(None),
    };
    let Some(list) = root(&documents[0]) else { return Ok(None) };

    let mut results = Vec::new();
    let edits = edits(sources, &documents, list, adjust, &mut results);
    let has_failed = results.iter().any(FunctionResult::is_error);
    let edits = edits.filter(|_| !has_failed).unwrap_or_default();
    let messages: String = results.iter().filter_map(FunctionResult::text).collect();
    let stamped = apply(source.text(), &edits);
    let has_items = list.own("items").is_some_and(|(_, items)| !items.is_null());
    if results.is_empty() && has_items {
        return Ok(Some(FunctionOutput { text: stamped, messages, has_failed }));
    }
    Ok(Some(match finish(source, &stamped, &results) {
        Ok(text) => FunctionOutput { text, messages, has_failed },
        // Whatever comes back, it must hold the items.
        Err(Problem { message, help, .. }) => FunctionOutput {
            text: source.text().to_owned(),
            messages: format!("{messages}error: {message}\n  help: {help}\n"),
            has_failed: true,
        },
    }))
}

/// What a text can be told to be without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    ResourceList,
    Unclear,
    Other,
}

fn kind(text: &str) -> Kind {
    let kinds = yaml::split(text).map(|chunk| {
        let body = &text[chunk.body];
        match yaml::top_level(body, "kind") {
            _ if body.trim().is_empty() => None,
            TopLevel::Word("ResourceList") => Some(Kind::ResourceList),
            TopLevel::Unclear if body.contains("ResourceList") => Some(Kind::Unclear),
            TopLevel::Absent if body.lines().all(|line| line.starts_with('#')) => None,
            _ => Some(Kind::Other),
        }
    });
    let mut kinds = kinds.flatten();
    match (kinds.next(), kinds.next()) {
        (Some(kind), None) => kind,
        _ => Kind::Other,
    }
}

/// The one root that is a `ResourceList`, if there is no other.
fn root<'d>(documents: &'d [Document<'_>]) -> Option<NodeRef<'d>> {
    let mut roots = documents.iter().filter_map(Document::root).filter(|root| !root.is_null());
    let (root, None) = (roots.next()?, roots.next()) else { return None };
    let gvk = GroupVersionKind::new(root.get("apiVersion")?.text()?, root.get("kind")?.text()?);
    let is_version = matches!(&*gvk.version, "v1" | "v1beta1" | "v1alpha1");
    (gvk.group == "config.kubernetes.io" && is_version && gvk.kind == "ResourceList")
        .then_some(root)
}

/// The edits that make the stamps of `list` current; what is to be said is added to `results`.
fn edits<'d>(
    sources: &[Source<'_>],
    documents: &'d [Vec<Document<'d>>],
    list: NodeRef<'d>,
    adjust: impl FnOnce(&mut Options) -> Result<(), String>,
    results: &mut Vec<FunctionResult>,
) -> Option<Vec<Edit>> {
    let items = match Items::of(list) {
        Ok(items) => items,
        Err(wrong) => {
            let place = LineIndex::new(sources[0].text()).line_column(wrong.span().start);
            results.push(FunctionResult::items(place));
            return None;
        }
    };
    let config = list.get("functionConfig").filter(|config| !config.is_null());
    let mut options = match config.map(|config| (config, read_function_config(config))) {
        None => Options::default(),
        Some((_, Ok(Some(options)))) => options,
        Some((config, Ok(None))) => {
            results.push(FunctionResult::foreign_config(config));
            Options::default()
        }
        Some((config, Err(problem))) => {
            results.push(FunctionResult::config(config, &problem));
            return None;
        }
    };
    if let Err(message) = adjust(&mut options).and_then(|()| options.validate()) {
        results.push(FunctionResult::option(&message));
        return None;
    }
    let is_check = options.mode == Mode::Check;
    let goal = if is_check { Goal::Check } else { Goal::Stamp };
    let mut plan =
        match plan_documents(sources, documents, Vec::new(), &options, goal, &Horizon::default()) {
            Ok(plan) => plan,
            Err(error) => {
                results.push(FunctionResult::error(&items, &error));
                return None;
            }
        };
    let findings = plan.findings.iter();
    results.extend(findings.map(|finding| FunctionResult::finding(&items, finding)));
    (!is_check).then(|| plan.edits.swap_remove(0))
}

/// `text`, which is `source` with its stamps, with `items` whatever happens, and with `results`.
fn finish(source: &Source<'_>, text: &str, results: &[FunctionResult]) -> Result<String, Problem> {
    let documents = yaml::parse_all(text, false)?;
    let list = root(&documents).expect("it was a ResourceList, and only stamps were edited");
    let is_list = |document: &Document<'_>| document.root().is_some_and(|root| !root.is_null());
    let index = documents.iter().position(is_list);
    let index = index.expect("the list is the root of a document");
    let results: Vec<_> = results.iter().map(FunctionResult::to_json).collect();
    let edits = source.spoiled((Writer { text }).finish(list, &results)?);
    let edited = apply(text, &edits);
    let changes = Changes::from([((index, list.id()), Change::Results(&results))]);
    let judge = Judge { key: "", changes: &changes };
    if judge.approves(&documents.iter().collect::<Vec<_>>(), text, &edited) {
        return Ok(edited);
    }
    let message = "the results would change more than themselves, so nothing is written";
    Err(Problem::new(0..0, message, "this is a bug in rollstamp: please report it with the list"))
}
