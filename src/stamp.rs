//! The stamp: the annotation that holds a digest, and how it stands.

use std::fmt;

use serde::Serialize;

/// How a workload's stamp stands against what it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It is what it must be.
    Current,
    /// It is the stamp of other contents.
    Stale,
    /// There is none, and one must be.
    Missing,
    /// There is one, though nothing that the bundle holds is tracked.
    Extra,
    /// There is none, and none must be.
    None,
}

impl State {
    /// The state of a stamp that is `current` and must be `expected`.
    pub(crate) fn of(current: Option<&str>, expected: Option<&str>) -> Self {
        match (current, expected) {
            (Some(current), Some(expected)) if current == expected => Self::Current,
            (Some(_), Some(_)) => Self::Stale,
            (None, Some(_)) => Self::Missing,
            (Some(_), None) => Self::Extra,
            (None, None) => Self::None,
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Current => "current",
            Self::Stale => "stale",
            Self::Missing => "missing",
            Self::Extra => "extra",
            Self::None => "none",
        })
    }
}

/// A workload's stamp.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// The annotation that holds it.
    pub annotation: String,
    /// How it stands.
    pub state: State,
    /// What the manifest says.
    pub current: Option<String>,
    /// What it must say.
    pub expected: Option<String>,
    /// The text that `expected` is the SHA-256 of; empty if nothing is tracked.
    pub digest_input: String,
}
