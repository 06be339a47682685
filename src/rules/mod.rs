//! The rules that decide whether a workload tracks a config: Reloader's, one file each.
//!
//! A rule looks at one [`Candidate`] and answers, or leaves it to the next. The table of
//! [`RULES`] is the order of precedence.

mod auto;
mod declared;
mod excluded;
mod go_regex;
mod ignored;
mod listed;
pub(crate) mod pattern;
mod search;
mod switches;
pub(crate) mod wave;

use std::fmt;

use serde::Serialize;

use crate::model::{Annotation, Config, ConfigKind, ResourceSet};
use crate::options::Options;
use crate::source::Place;

pub(crate) use declared::{Declared, KEYS};
pub(crate) use switches::{List, Switches};
pub(crate) use wave::Wave;

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
    /// The workload has opted in for Wave.
    Wave,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ignored => "ignored",
            Self::Excluded => "excluded",
            Self::Listed => "listed",
            Self::Search => "search",
            Self::Auto => "auto",
            Self::Wave => "wave",
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
    (Rule::Wave, wave::wave),
];

/// A config that a workload may or may not track.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact that some rule asks for")]
#[derive(Debug)]
pub(crate) struct Candidate<'a> {
    pub(crate) kind: ConfigKind,
    pub(crate) namespace: &'a str,
    pub(crate) name: &'a str,
    /// What the workload may call it instead, because kustomize has renamed it.
    pub(crate) other_names: Vec<&'a str>,
    /// The config itself, if it is in the bundle.
    pub(crate) config: Option<&'a Config<'a>>,
    /// Whether it is in the workload's namespace: elsewhere only Wave looks.
    pub(crate) is_own_namespace: bool,
    /// Whether the pod template refers to it.
    pub(crate) is_referenced: bool,
    /// Whether the pod template refers to it or the workload names it, as Wave understands that.
    pub(crate) is_seen_by_wave: bool,
    /// Whether the pod template has a container: Reloader has nowhere to leave its mark otherwise.
    pub(crate) has_container: bool,
    /// The option that says that the workload tracks nothing, if one does.
    pub(crate) workload_ignored_by: Option<&'static str>,
    /// What the workload says of configs of this kind.
    pub(crate) switches: &'a Switches<'a>,
    /// What the workload says for Wave.
    pub(crate) wave: &'a Wave<'a>,
    pub(crate) resources: &'a ResourceSet<'a>,
    pub(crate) options: &'a Options,
}

impl Candidate<'_> {
    /// Whether the workload means it by a name.
    fn is_called(&self, is_meant: impl Fn(&str) -> bool) -> bool {
        is_meant(self.name) || self.other_names.iter().any(|name| is_meant(name))
    }
}

/// What one rule says of a candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    is_tracked: bool,
    because: Option<Because>,
    option: Option<&'static str>,
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
    fn track(annotation: &Annotation<'_>) -> Self {
        Self { is_tracked: true, because: Some(annotation.into()), option: None }
    }

    fn skip(annotation: &Annotation<'_>) -> Self {
        Self { is_tracked: false, because: Some(annotation.into()), option: None }
    }

    /// The answer that the option of that name gives.
    fn by_option(option: &'static str, is_tracked: bool) -> Self {
        Self { is_tracked, because: None, option: Some(option) }
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
    /// The option that the rule read, unless it read an annotation.
    pub(crate) option: Option<&'static str>,
    /// Why no rule had an answer, in words.
    pub(crate) why_not: Option<String>,
}

/// Decides about `candidate`.
pub(crate) fn decide(candidate: &Candidate<'_>) -> Decision {
    let answer = RULES.iter().find_map(|(rule, ask)| Some((*rule, ask(candidate)?)));
    let answer = answer.filter(|(_, answer)| !answer.is_tracked || candidate.has_container);
    let Some((rule, Answer { is_tracked, because, option })) = answer else {
        let why_not = Some(why_not(candidate));
        return Decision { is_tracked: false, rule: None, because: None, option: None, why_not };
    };
    Decision { is_tracked, rule: Some(rule), because, option, why_not: None }
}

/// Why no rule has an answer for `candidate`, for people who ask why nothing happens.
fn why_not(candidate: &Candidate<'_>) -> String {
    let Switches { list, search, auto, typed_auto, .. } = candidate.switches;
    let is_search = search.as_ref().is_some_and(Annotation::is_true);
    if !candidate.has_container {
        return "the pod template has no container".to_owned();
    }
    let off = [typed_auto, auto, search].into_iter().flatten().next();
    if is_search && candidate.config.is_none() {
        return "it is not in the bundle, so it cannot match".to_owned();
    }
    if is_search {
        return format!("it does not say `{}: \"true\"`", candidate.options.annotations.r#match);
    }
    match (off, list) {
        (Some(off), _) => format!("`{}` is \"{}\"", off.key, off.value),
        (None, Some(list)) => format!("`{}` does not list it", list.annotation.key),
        (None, None) => format!("no annotation asks for {}s", candidate.kind),
    }
}
