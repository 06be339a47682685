//! A finding: something in a manifest that a user can mend.

use std::fmt;

use serde::Serialize;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// A workload lacks the stamp that it must carry.
    MissingStamp,
    /// A workload carries a stamp of other contents, or one that it must not carry.
    StaleStamp,
    /// Two resources of one identity disagree.
    DuplicateResource,
}

impl Code {
    /// Every code, in the order of the documentation.
    pub const ALL: [Self; 3] = [Self::MissingStamp, Self::StaleStamp, Self::DuplicateResource];

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
        }
    }

    /// How bad a finding with this code is.
    pub fn severity(self) -> Severity {
        Severity::Error
    }

    /// Whether `stamp` mends it by itself.
    pub fn is_mended_by_stamp(self) -> bool {
        matches!(self, Self::MissingStamp | Self::StaleStamp)
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
    /// The resource.
    pub resource: ResourceId,
}

impl Finding {
    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }
}
