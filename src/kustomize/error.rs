//! What a build cannot say: errors, what is unknown, and notes.

use std::sync::Arc;

use crate::yaml::Span;

/// Why kustomize would refuse a build, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BuildError {
    /// The file that is to blame.
    pub(crate) file: Arc<str>,
    /// The bytes of it that are to blame.
    pub(crate) span: Option<Span>,
    /// What is wrong. It holds no content of a file that may feed a Secret.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) help: Option<&'static str>,
}

impl BuildError {
    /// An error about `file` as a whole.
    pub(super) fn of_file(file: &Arc<str>, message: impl Into<String>) -> Self {
        Self { file: file.clone(), span: None, message: message.into(), help: None }
    }

    /// An error about `span` of `file`.
    pub(super) fn at(file: &Arc<str>, span: Span, message: impl Into<String>) -> Self {
        Self { span: Some(span), ..Self::of_file(file, message) }
    }

    /// The same, with what to do about it.
    pub(super) fn with_help(self, help: &'static str) -> Self {
        Self { help: Some(help), ..self }
    }
}

/// What of a build cannot be known without the network or a plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unknown {
    /// The kustomization file.
    pub(crate) file: Arc<str>,
    /// The bytes of it that ask for what is not known.
    pub(crate) span: Span,
    /// The field.
    pub(crate) field: &'static str,
    /// Why it is not known.
    pub(crate) message: String,
    /// What it leaves open.
    pub(crate) touches: Touches,
}

/// What an unknown part of a build leaves open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Touches {
    /// Whether kustomize refuses the build; no resource.
    Nothing,
    /// Which more resources there are. Those that are known stay as they are, but a reference to a name
    /// that no known resource has may stand for one of the others.
    Additions,
    /// Any resource of the layer: [`Resource::is_open`](super::Resource::is_open) says which.
    Everything,
}

/// What is worth saying about a build that works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) file: Arc<str>,
    pub(crate) span: Span,
    pub(crate) message: String,
}
