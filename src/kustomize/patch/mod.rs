//! Patches: what they select, and what they make of it.

pub(crate) mod json6902;
mod schema;
pub(crate) mod strategic;
pub(crate) mod target;

/// Why a patch or a replacement gives nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// kustomize refuses it too.
    Refused(String),
    /// kustomize makes something of it that nobody means, and that is not followed here.
    Unknown(String),
}

/// What becomes of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Kept,
    Deleted,
}

#[cfg(test)]
pub(super) mod tests {
    use crate::kustomize::Value;
    use crate::yaml;

    /// The value that `text` is.
    pub(in crate::kustomize) fn read(text: &str) -> Value {
        Value::of(yaml::parse_all(text, false).expect(text)[0].root().expect(text))
    }
}
