//! The stamp: the annotation that holds a digest, or Reloader's variables, and how they stand.

use std::fmt;

use serde::Serialize;

use crate::model::ConfigKind;
use crate::source::Place;

/// What the edits of a plan are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// Every stamp is what it must be.
    Stamp,
    /// The same, and it is said of every stamp that is not yet.
    Check,
    /// There is no stamp.
    Strip,
}

/// How a stamp stands against what it must be: what is wrong comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// There is none, and one must be.
    Missing,
    /// It is the stamp of other contents.
    Stale,
    /// There is one, though the workload tracks nothing, here or elsewhere.
    Extra,
    /// It is what it must be.
    Current,
    /// None must be, or what it must be cannot be known.
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
    /// The annotation that holds it with strategy `annotations`.
    pub annotation: String,
    /// How it stands, with its variables.
    pub state: State,
    /// Whether the annotation is left as it is, because what it must say cannot be known: the workload names
    /// configs, and the bundle has none of them, or one whose content Kubernetes would refuse.
    pub is_unknown: bool,
    /// Whether the workload, or a config that it tracks, depends on a part of its kustomize build that
    /// cannot be known offline: then nothing is expected, and the annotation is left as it is.
    pub is_open: bool,
    /// What the annotation says.
    pub current: Option<String>,
    /// What it must say.
    pub expected: Option<String>,
    /// The text that `expected` is the SHA-256 of; empty if nothing is tracked.
    pub digest_input: String,
    /// With strategy `env-vars`, the variables in its place.
    pub variables: Vec<Variable>,
}

/// A variable of Reloader in the environment of a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// The config that it is for; `None` if none of the bundle is tracked that asks for it.
    pub config: Option<(ConfigKind, String)>,
    /// The name of the container that has it, or must have it; its index if it has no name.
    pub container: String,
    /// The container's index.
    pub container_index: usize,
    /// Its name.
    pub name: String,
    /// How it stands.
    pub state: State,
    /// What the manifest says.
    pub current: Option<String>,
    /// What it must say; `None` if that cannot be known from the bundle.
    pub expected: Option<String>,
    /// Where it stands, if there is one.
    pub place: Option<Place>,
}
