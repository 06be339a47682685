//! What a run covered and what it did not, in numbers: the line that every run ends with.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::finding::{Code, Severity};
use crate::model::Coverage;
use crate::plan::{ConfigPlan, Plan, WorkloadPlan};
use crate::stamp::{Goal, State};

/// How many workloads ended how, in the order in which they are told; a row for each way.
macro_rules! fates {
    ($($variant:ident $meaning:literal $one:literal $many:literal)*) => {
        /// What became of a workload, or why it has no stamp.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Fate {
            $(#[doc = $meaning] $variant,)*
        }

        impl Fate {
            /// `1 tracks nothing`, `2 track nothing`.
            fn count(self, number: usize) -> String {
                let words = match self {
                    $(Self::$variant => if number == 1 { $one } else { $many },)*
                };
                format!("{number} {words}")
            }
        }
    };
}

#[rustfmt::skip]
fates! {
    Stamped       "It has the right stamp."                    "stamped"                 "stamped"
    Missing       "It lacks its stamp."                        "without its stamp"       "without their stamps"
    Stale         "Its stamp is outdated."                     "with an outdated stamp"  "with outdated stamps"
    Extra         "It has a stamp and tracks nothing."         "with a stamp to remove"  "with a stamp to remove"
    Stripped      "Its stamp is removed."                      "stripped"                "stripped"
    Unstamped     "It had no stamp to remove."                 "without a stamp"         "without a stamp"
    NotOptedIn    "No annotation or option asks for a stamp."  "not opted in"            "not opted in"
    MadeElsewhere "What it tracks is made outside the bundle." "tracks only configs made elsewhere"            "track only configs made elsewhere"
    RollsByName   "What it tracks rolls it by its name."       "tracks only configs that are named by their content" "track only configs that are named by their content"
    NotInBundle   "What it tracks is not in the bundle."       "tracks only configs that are not in the bundle" "track only configs that are not in the bundle"
    Invalid       "What it tracks has invalid content."        "tracks a config with invalid content"      "track configs with invalid content"
    TracksNothing "It has opted in and tracks nothing."        "tracks nothing"          "track nothing"
    Immutable     "Its pod template cannot be changed."        "has a pod template that cannot be changed"     "have a pod template that cannot be changed"
}

impl Fate {
    fn of(workload: &WorkloadPlan, goal: Goal) -> Self {
        let stamp = &workload.stamp;
        if goal == Goal::Strip {
            let mut currents = stamp.variables.iter().map(|own| &own.current);
            let is_stamped = stamp.current.is_some() || currents.any(Option::is_some);
            return if is_stamped { Self::Stripped } else { Self::Unstamped };
        }
        let mut tracked = workload.configs.iter().filter(|config| config.is_tracked).peekable();
        let is_due = goal == Goal::Check;
        match stamp.state {
            _ if !workload.is_opted_in => Self::NotOptedIn,
            State::Missing if is_due => Self::Missing,
            State::Stale if is_due => Self::Stale,
            State::Extra if is_due => Self::Extra,
            State::Current | State::Missing | State::Stale => Self::Stamped,
            State::None if !stamp.digest_input.is_empty() => Self::Immutable,
            State::None | State::Extra if tracked.peek().is_none() => Self::TracksNothing,
            State::None | State::Extra => {
                let is_made = |config: &&ConfigPlan| {
                    let coverage = config.source.as_ref().map(|source| source.coverage);
                    config.producer.is_some() || coverage == Some(Coverage::Injected)
                };
                let is_named = |config: &&ConfigPlan| {
                    let source = config.source.as_ref();
                    source.is_none_or(|source| source.coverage == Coverage::NamedByContent)
                };
                let tracked: Vec<_> = tracked.collect();
                match () {
                    () if tracked.iter().any(is_made) => Self::MadeElsewhere,
                    () if tracked.iter().all(|config| config.source.is_none()) => Self::NotInBundle,
                    () if tracked.iter().all(is_named) => Self::RollsByName,
                    () => Self::Invalid,
                }
            }
        }
    }

    /// Whether such a workload asks for a stamp that cannot be made here.
    fn is_uncovered(self) -> bool {
        matches!(self, Self::MadeElsewhere | Self::NotInBundle | Self::TracksNothing)
    }
}

/// What the plans of a run cover and what they do not, in numbers.
///
/// ```
/// use rollstamp::{Goal, Options, Source, Summary, plan_check};
///
/// let text = "\
/// apiVersion: apps/v1
/// kind: Deployment
/// metadata: {name: web}
/// spec: {template: {spec: {containers: [{name: web, image: web}]}}}
/// ";
/// let plan = plan_check(&[Source::new("web.yaml", text)], &Options::default())?;
/// let mut summary = Summary::new(Goal::Check);
/// summary.add(&plan);
/// assert_eq!(summary.workloads(), "1 workload: 1 not opted in");
/// # Ok::<(), rollstamp::Error>(())
/// ```
#[derive(Debug)]
pub struct Summary {
    goal: Goal,
    fates: BTreeMap<Fate, usize>,
    /// Findings by how bad they are.
    severities: BTreeMap<Severity, usize>,
    /// Findings by what they are about.
    codes: BTreeMap<Code, usize>,
    silenced: BTreeMap<Code, usize>,
}

impl Summary {
    /// The summary of a run that has seen nothing yet.
    pub fn new(goal: Goal) -> Self {
        let none = BTreeMap::new;
        Self {
            goal,
            fates: BTreeMap::new(),
            severities: BTreeMap::new(),
            codes: none(),
            silenced: none(),
        }
    }

    /// Adds what `plan` covers.
    pub fn add(&mut self, plan: &Plan) {
        for workload in &plan.workloads {
            self.count(Fate::of(workload, self.goal), 1);
        }
        for finding in &plan.findings {
            *self.severities.entry(finding.severity).or_default() += 1;
            *self.codes.entry(finding.code).or_default() += 1;
        }
        for (code, number) in &plan.silenced {
            *self.silenced.entry(*code).or_default() += number;
        }
    }

    /// Adds workloads of one fate.
    pub fn count(&mut self, fate: Fate, number: usize) {
        *self.fates.entry(fate).or_default() += number;
    }

    /// How many findings are so bad.
    pub fn findings(&self, severity: Severity) -> usize {
        self.severities.get(&severity).copied().unwrap_or_default()
    }

    /// Whether every workload that asks for a stamp can have one.
    pub fn is_covered(&self) -> bool {
        !self.fates.keys().any(|fate| fate.is_uncovered())
    }

    /// `60 workloads: 4 stamped, 56 not opted in`
    pub fn workloads(&self) -> String {
        let mut text = count(self.fates.values().sum(), "workload");
        let fates: Vec<_> = self.fates.iter().map(|(fate, number)| fate.count(*number)).collect();
        if !fates.is_empty() {
            write!(text, ": {}", fates.join(", ")).expect("a string takes all that is written");
        }
        text
    }

    /// `2 errors, 1 warning`: errors always, and the others if there are any.
    pub fn severities(&self) -> String {
        let all = [Severity::Error, Severity::Warning, Severity::Note];
        let counts = all.into_iter().map(|severity| (severity, self.findings(severity)));
        let told = counts.filter(|(severity, number)| *number > 0 || *severity == Severity::Error);
        let told: Vec<_> = told.map(|(own, number)| count(number, &own.to_string())).collect();
        told.join(", ")
    }

    /// `3 dangling-config, 1 not-true`: the findings by their codes; empty if there are none.
    pub fn codes(&self) -> String {
        by_code(&self.codes)
    }

    /// The same of those that are not reported, because the options allow them.
    pub fn silenced(&self) -> String {
        by_code(&self.silenced)
    }
}

fn by_code(codes: &BTreeMap<Code, usize>) -> String {
    let codes: Vec<_> = codes.iter().map(|(code, number)| format!("{number} {code}")).collect();
    codes.join(", ")
}

/// `1 file`, `2 files`.
fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
