//! `unreadable`, `invalid-content` and `unwritable`: what keeps a run from deciding or writing.

use super::{Draft, Found};
use crate::error::Problem;
use crate::finding::{Code, Finding};
use crate::model::{Config, Resource};
use crate::options::Options;
use crate::source::{Place, Source};

/// The findings about sources that cannot be read, and about `documents` that cannot: each by its source.
pub(crate) fn of_sources(
    sources: &[Source<'_>],
    documents: Vec<(usize, Problem)>,
    options: &Options,
) -> Vec<Finding> {
    let mut found = Found::new(options);
    for (index, source) in sources.iter().enumerate() {
        if let Some((message, help)) = source.problem() {
            let end = source.text().len();
            let draft = Draft::new(Place::new(index, end..end), message, help);
            found.push(Code::Unreadable, None, draft);
        }
    }
    for (source, problem) in documents {
        found.push(Code::Unreadable, None, draft(source, problem));
    }
    found.findings
}

/// Finds out whether Kubernetes would refuse the content of `config`, if that has been looked at.
pub(super) fn find_in_config(config: &Config<'_>, found: &mut Found<'_>) {
    if let Some(Err(problem)) = config.digest.get() {
        let draft = draft(config.resource.source, (**problem).clone());
        found.add(Code::InvalidContent, &config.resource, draft);
    }
}

/// The finding that the stamp of the workload `resource` cannot be written, unless it is allowed.
pub(crate) fn unwritable(
    resource: &Resource<'_>,
    problem: Problem,
    options: &Options,
) -> Option<Finding> {
    let mut found = Found::new(options);
    found.add(Code::Unwritable, resource, draft(resource.source, problem));
    found.findings.pop()
}

fn draft(source: usize, problem: Problem) -> Draft {
    let Problem { message, help, span } = problem;
    Draft::new(Place::new(source, span), message, help)
}
