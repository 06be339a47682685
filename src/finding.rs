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

/// Declares [`Code`] and all that is known of each code: one row each, with its name, severity and meaning,
/// in the order of the documentation.
macro_rules! codes {
    ($($name:literal $variant:ident $severity:ident $meaning:literal)*) => {
        /// What a finding is about, by its stable name.
        ///
        /// `docs/findings.md` has a section for each.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
        )]
        pub enum Code {
            $(#[doc = $meaning] #[serde(rename = $name)] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the documentation.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$variant),*];

            /// The name, in kebab case.
            ///
            /// ```
            /// assert_eq!(rollstamp::Code::StaleStamp.name(), "stale-stamp");
            /// ```
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// How bad a finding with this code is, unless warnings are errors.
            pub fn severity(self) -> Severity {
                match self {
                    $(Self::$variant => Severity::$severity,)*
                }
            }
        }
    };
}

#[rustfmt::skip]
codes! {
    "missing-stamp"        MissingStamp        Error   "A workload lacks the stamp that it needs."
    "stale-stamp"          StaleStamp          Error   "A workload has an outdated stamp, or one that it should not have."
    "duplicate-resource"   DuplicateResource   Error   "Two resources of one identity differ."
    "unreadable"           Unreadable          Error   "A file or a document cannot be read."
    "invalid-content"      InvalidContent      Error   "A tracked config has content that Kubernetes does not take."
    "unwritable"           Unwritable          Error   "A stamp cannot be written where it belongs."
    "duplicate-key"        DuplicateKey        Warning "A mapping gives a key twice, and the last one counts."
    "unapplied-document"   UnappliedDocument   Warning "A document without a line `---` before it is applied by nothing."
    "build-differs"        BuildDiffers        Error   "Kustomize builds need different stamps in one file."
    "build-unknown"        BuildUnknown        Warning "A kustomize build depends on what cannot be known offline."
    "ambiguous-config"     AmbiguousConfig     Error   "A name may mean several configs that kustomize has renamed."
    "not-read"             NotRead             Note    "Annotations of Reloader or Wave stand where they are not read."
    "tracks-nothing"       TracksNothing       Warning "A workload has opted in and refers to no config."
    "dangling-config"      DanglingConfig      Warning "A config that a workload tracks or refers to is not in the bundle."
    "dangling-key"         DanglingKey         Warning "A key that a workload refers to is not in the config."
    "listed-nothing"       ListedNothing       Warning "An entry of a reload list matches nothing."
    "invalid-pattern"      InvalidPattern      Error   "An entry of a reload list is not a regular expression that Go accepts."
    "loose-pattern"        LoosePattern        Warning "An entry of a reload list matches more than it seems to."
    "unknown-annotation"   UnknownAnnotation   Warning "Nothing reads an annotation."
    "misplaced-annotation" MisplacedAnnotation Warning "An annotation stands where it has no effect."
    "not-true"             NotTrue             Warning "A value looks true or false, and Reloader reads it otherwise."
    "match-without-search" MatchWithoutSearch  Note    "A config matches and no workload searches."
    "search-without-match" SearchWithoutMatch  Note    "A workload searches and no config matches."
    "auto-and-search"      AutoAndSearch       Warning "A workload both searches and tracks everything."
    "not-a-string"         NotAString          Error   "A value that Kubernetes does not take for a string."
    "no-rollout"           NoRollout           Note    "A stamp that cannot roll the pods by itself."
    "spec-coverage"        SpecCoverage        Note    "A stamp sees where the content comes from, not the content."
    "placeholder"          Placeholder         Note    "A later step fills in part of the content."
}

impl Code {
    /// The code of that name.
    ///
    /// ```
    /// use rollstamp::Code;
    /// assert_eq!(Code::by_name("not-true"), Some(Code::NotTrue));
    /// ```
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.name() == name)
    }

    /// Whether `stamp` fixes it by itself.
    pub fn is_fixed_by_stamp(self) -> bool {
        matches!(self, Self::MissingStamp | Self::StaleStamp)
    }

    /// Whether it keeps the run from deciding or writing, so that its exit status is 2.
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Unreadable | Self::InvalidContent | Self::Unwritable)
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
    /// The resource; `None` if it cannot be read.
    pub resource: Option<Arc<ResourceId>>,
}

impl Finding {
    /// Whether it keeps the run from deciding or writing: its exit status is 2 then.
    pub fn is_failure(&self) -> bool {
        self.severity == Severity::Error && self.code.is_failure()
    }
}
