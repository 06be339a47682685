//! A finding: something in a manifest that a user can mend.

use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::ResourceId;
use crate::source::Place;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// `check` fails, and `stamp` writes nothing.
    Error,
    /// Probably not what was meant.
    Warning,
    /// Good to know.
    Note,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        })
    }
}

/// What a finding is about, by its stable name.
///
/// `docs/findings.md` has a section for each.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// A workload lacks the stamp that it must carry.
    MissingStamp,
    /// A workload carries a stamp of other contents, or one that it must not carry.
    StaleStamp,
    /// Two resources of one identity disagree.
    DuplicateResource,
    /// A name may mean several configs that kustomize has renamed.
    AmbiguousConfig,
    /// A config that a workload tracks or refers to is not in the bundle.
    DanglingConfig,
    /// A key that a workload refers to is not in the config.
    DanglingKey,
    /// An entry of a list matches nothing.
    ListedNothing,
    /// An entry of a list is no pattern.
    InvalidPattern,
    /// An entry of a list matches more than it seems to.
    LoosePattern,
    /// An annotation that nobody reads.
    UnknownAnnotation,
    /// An annotation in a place where nobody reads it.
    MisplacedAnnotation,
    /// A value that looks true or false and is neither to its reader.
    NotTrue,
    /// A config matches and nobody searches.
    MatchWithoutSearch,
    /// A workload searches and nothing matches.
    SearchWithoutMatch,
    /// A workload both searches and tracks everything.
    AutoAndSearch,
    /// A value that Kubernetes will not take for a string.
    NotAString,
    /// A stamp that by itself will not roll the pods.
    NoRollout,
    /// A stamp that sees where content comes from, not the content.
    SpecCoverage,
    /// Content that a later step fills in.
    Placeholder,
}

impl Code {
    /// Every code, in the order of the documentation.
    pub const ALL: [Self; 19] = [
        Self::MissingStamp,
        Self::StaleStamp,
        Self::DuplicateResource,
        Self::AmbiguousConfig,
        Self::DanglingConfig,
        Self::DanglingKey,
        Self::ListedNothing,
        Self::InvalidPattern,
        Self::LoosePattern,
        Self::UnknownAnnotation,
        Self::MisplacedAnnotation,
        Self::NotTrue,
        Self::MatchWithoutSearch,
        Self::SearchWithoutMatch,
        Self::AutoAndSearch,
        Self::NotAString,
        Self::NoRollout,
        Self::SpecCoverage,
        Self::Placeholder,
    ];

    /// The name, in kebab case.
    ///
    /// ```
    /// assert_eq!(rollstamp::Code::StaleStamp.name(), "stale-stamp");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Self::MissingStamp => "missing-stamp",
            Self::StaleStamp => "stale-stamp",
            Self::DuplicateResource => "duplicate-resource",
            Self::AmbiguousConfig => "ambiguous-config",
            Self::DanglingConfig => "dangling-config",
            Self::DanglingKey => "dangling-key",
            Self::ListedNothing => "listed-nothing",
            Self::InvalidPattern => "invalid-pattern",
            Self::LoosePattern => "loose-pattern",
            Self::UnknownAnnotation => "unknown-annotation",
            Self::MisplacedAnnotation => "misplaced-annotation",
            Self::NotTrue => "not-true",
            Self::MatchWithoutSearch => "match-without-search",
            Self::SearchWithoutMatch => "search-without-match",
            Self::AutoAndSearch => "auto-and-search",
            Self::NotAString => "not-a-string",
            Self::NoRollout => "no-rollout",
            Self::SpecCoverage => "spec-coverage",
            Self::Placeholder => "placeholder",
        }
    }

    /// The code of that name.
    ///
    /// ```
    /// use rollstamp::Code;
    /// assert_eq!(Code::by_name("not-true"), Some(Code::NotTrue));
    /// ```
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.name() == name)
    }

    /// How bad a finding with this code is, unless warnings are errors.
    pub fn severity(self) -> Severity {
        match self {
            Self::MissingStamp
            | Self::StaleStamp
            | Self::DuplicateResource
            | Self::AmbiguousConfig
            | Self::InvalidPattern
            | Self::NotAString => Severity::Error,
            Self::DanglingConfig
            | Self::DanglingKey
            | Self::ListedNothing
            | Self::LoosePattern
            | Self::UnknownAnnotation
            | Self::MisplacedAnnotation
            | Self::NotTrue
            | Self::AutoAndSearch => Severity::Warning,
            Self::MatchWithoutSearch
            | Self::SearchWithoutMatch
            | Self::NoRollout
            | Self::SpecCoverage
            | Self::Placeholder => Severity::Note,
        }
    }

    /// Whether `stamp` mends it by itself.
    pub fn is_mended_by_stamp(self) -> bool {
        matches!(self, Self::MissingStamp | Self::StaleStamp)
    }

    /// The section of `docs/findings.md` about this code, in Markdown: what, why, how to mend, and an
    /// example.
    ///
    /// ```
    /// assert!(rollstamp::Code::NotTrue.documentation().starts_with("## not-true\n"));
    /// ```
    pub fn documentation(self) -> &'static str {
        const DOCUMENT: &str = include_str!("../docs/findings.md");
        let sections = DOCUMENT.match_indices("\n## ").map(|(start, _)| &DOCUMENT[start + 1..]);
        let heading = |section: &&str| {
            let name = section.strip_prefix("## ").and_then(|rest| rest.lines().next());
            name == Some(self.name())
        };
        let section = { sections }.find(heading).unwrap_or_default();
        let end = section[1..].find("\n## ").map_or(section.len(), |end| end + 2);
        &section[..end]
    }

    /// The first sentence of the documentation: what the code means.
    pub fn summary(self) -> &'static str {
        let mut paragraphs = self.documentation().split("\n\n");
        let paragraph = paragraphs.nth(1).unwrap_or_default();
        let text = paragraph.split_once("** ").map_or(paragraph, |(_, text)| text);
        text.split_inclusive(". ").next().unwrap_or(text).trim_end()
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Something in a manifest that a user can mend.
///
/// The message never quotes a value of a Secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is about.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What must or must not be: lower case, without a full stop.
    pub message: String,
    /// What to do.
    pub help: String,
    /// Where.
    pub place: Place,
    /// A few words to write under the place.
    pub label: String,
    /// Other places that belong to it, with a few words each.
    pub context: Vec<(Place, String)>,
    /// The path of the field within the resource.
    pub field: Option<String>,
    /// What the field says, of a stamp.
    pub current: Option<String>,
    /// What the field must say, of a stamp.
    pub proposed: Option<String>,
    /// The resource.
    pub resource: Arc<ResourceId>,
}
