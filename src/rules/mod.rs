//! The rules that decide whether a workload tracks a config: Reloader's, one file each.
//!
//! A rule looks at one [`Candidate`] and answers, or leaves it to the next. The table of
//! [`RULES`] is the order of precedence.

mod auto;
mod excluded;
mod ignored;
mod listed;
mod search;
mod switches;

use std::fmt;

use serde::Serialize;

use crate::model::{Annotation, Config, ConfigKind};
use crate::options::Options;
use crate::source::Place;

pub(crate) use switches::Switches;

/// A rule, by the name that `explain` shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Rule {
    /// The config opts out, or the options leave its kind out.
    Ignored,
    /// The workload excludes the config by name.
    Excluded,
    /// The workload lists the config by name.
    Listed,
    /// The workload searches, the config matches, and the pod template refers to it.
    Search,
    /// The workload tracks whatever its pod template refers to.
    Auto,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ignored => "ignored",
            Self::Excluded => "excluded",
            Self::Listed => "listed",
            Self::Search => "search",
            Self::Auto => "auto",
        })
    }
}

/// What a rule is: a function that may have an answer.
type Ask = fn(&Candidate<'_>) -> Option<Answer>;

/// The rules in order of precedence: the first that answers decides.
const RULES: &[(Rule, Ask)] = &[
    (Rule::Ignored, ignored::ignored),
    (Rule::Excluded, excluded::excluded),
    (Rule::Listed, listed::listed),
    (Rule::Search, search::search),
    (Rule::Auto, auto::auto),
];

/// A config that a workload may or may not track.
#[derive(Debug)]
pub(crate) struct Candidate<'a> {
    pub(crate) kind: ConfigKind,
    pub(crate) name: &'a str,
    /// The config itself, if it is in the bundle.
    pub(crate) config: Option<&'a Config<'a>>,
    /// Whether the pod template refers to it.
    pub(crate) is_referenced: bool,
    /// What the workload says of configs of this kind.
    pub(crate) switches: &'a Switches<'a>,
    pub(crate) options: &'a Options,
}

/// What one rule says of a candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    is_tracked: bool,
    because: Option<Because>,
}

/// The annotation that a decision rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Because {
    /// The annotation's key.
    pub annotation: String,
    /// Where its value stands: in the workload, its pod template or the config.
    pub place: Place,
}

impl Answer {
    fn track(annotation: Option<&Annotation<'_>>) -> Self {
        Self { is_tracked: true, because: annotation.map(Into::into) }
    }

    fn skip(annotation: Option<&Annotation<'_>>) -> Self {
        Self { is_tracked: false, because: annotation.map(Into::into) }
    }
}

impl From<&Annotation<'_>> for Because {
    fn from(annotation: &Annotation<'_>) -> Self {
        Self { annotation: annotation.key.to_owned(), place: annotation.place.clone() }
    }
}

/// Whether a candidate is tracked, and the rule that decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) is_tracked: bool,
    /// `None` if no rule had an answer.
    pub(crate) rule: Option<Rule>,
    /// The annotation that the rule read, unless it read an option.
    pub(crate) because: Option<Because>,
}

/// Decides about `candidate`.
pub(crate) fn decide(candidate: &Candidate<'_>) -> Decision {
    let answer = RULES.iter().find_map(|(rule, ask)| Some((*rule, ask(candidate)?)));
    let Some((rule, Answer { is_tracked, because })) = answer else {
        return Decision { is_tracked: false, rule: None, because: None };
    };
    Decision { is_tracked, rule: Some(rule), because }
}
