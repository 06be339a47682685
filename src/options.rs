//! Options: what a run may be told, apart from the manifests.

use std::str::FromStr;

use serde::Deserialize;

use crate::model::{ConfigKind, WorkloadKind};

/// The options of a run. The defaults are those of the documentation.
///
/// ```
/// let options = rollstamp::Options { namespace: "apps".into(), ..Default::default() };
/// assert_eq!(options.annotation, "rollstamp.dev/config-hash");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Options {
    /// The namespace that a missing `metadata.namespace` means.
    pub namespace: String,
    /// The annotation that holds the stamp.
    pub annotation: String,
    /// Whether workloads that do not say anything of `auto` mean yes.
    pub auto_reload_all: bool,
    /// What to do about Jobs, whose pod template is immutable once created.
    pub jobs: JobPolicy,
    /// Kinds of configs that nothing tracks.
    pub resources_to_ignore: Vec<IgnoredResources>,
    /// Kinds of workloads beyond those that are known.
    pub workloads: Vec<WorkloadKind>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            namespace: "default".to_owned(),
            annotation: "rollstamp.dev/config-hash".to_owned(),
            auto_reload_all: false,
            jobs: JobPolicy::default(),
            resources_to_ignore: Vec::new(),
            workloads: Vec::new(),
        }
    }
}

impl Options {
    /// Reads the options from the text of a `.rollstamp.yaml`.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not YAML, or holds a field that there is not.
    ///
    /// ```
    /// let text = "apiVersion: rollstamp.dev/v1\nkind: Rollstamp\nspec: {jobs: ignore}\n";
    /// assert_eq!(rollstamp::Options::from_yaml(text)?.jobs, rollstamp::JobPolicy::Ignore);
    /// assert!(rollstamp::Options::from_yaml(&text.replace("jobs", "job")).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_yaml(text: &str) -> Result<Self, impl std::error::Error + use<>> {
        let text = text.trim_start_matches('\u{feff}');
        serde_yaml::from_str::<ConfigFile>(text).map(|file| file.spec)
    }

    /// Checks what no type can say.
    ///
    /// # Errors
    ///
    /// Returns what is wrong, for people.
    pub fn validate(&self) -> Result<(), String> {
        if is_annotation_key(&self.annotation) {
            return Ok(());
        }
        Err(format!("`annotation` must be an annotation key, and '{}' is none", self.annotation))
    }
}

/// The form of `.rollstamp.yaml`: that of a KRM object.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ConfigFile {
    #[serde(rename = "apiVersion")]
    _api_version: ApiVersion,
    #[serde(rename = "kind")]
    _kind: Kind,
    #[serde(default, rename = "metadata")]
    _metadata: serde::de::IgnoredAny,
    #[serde(default)]
    spec: Options,
}

#[derive(Debug, Deserialize)]
enum ApiVersion {
    #[serde(rename = "rollstamp.dev/v1")]
    V1,
}

#[derive(Debug, Deserialize)]
enum Kind {
    Rollstamp,
}

/// Kubernetes' rule for annotation keys (`IsQualifiedName` of apimachinery): a name of at most 63
/// characters, and perhaps a DNS subdomain and a slash in front.
fn is_annotation_key(key: &str) -> bool {
    let (prefix, name) =
        key.split_once('/').map_or((None, key), |(prefix, name)| (Some(prefix), name));
    let is_word = |text: &str, is_inner: fn(char) -> bool| {
        let is_outer = |c: char| c.is_ascii_alphanumeric();
        text.starts_with(is_outer)
            && text.ends_with(is_outer)
            && text.chars().all(|c| is_outer(c) || is_inner(c))
    };
    let is_label = |label: &str| {
        is_word(label, |c| c == '-') && !label.contains(|c: char| c.is_ascii_uppercase())
    };
    name.len() <= 63
        && is_word(name, |c| matches!(c, '-' | '_' | '.'))
        && prefix.is_none_or(|prefix| prefix.len() <= 253 && prefix.split('.').all(is_label))
}

/// What to do about Jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JobPolicy {
    /// Explain what a Job tracks, and write no stamp.
    #[default]
    Note,
    /// Stamp Jobs like any other workload.
    Stamp,
    /// Take no notice of Jobs.
    Ignore,
}

/// A kind of config by its plural, as Reloader's `--resources-to-ignore` spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IgnoredResources {
    /// All ConfigMaps.
    ConfigMaps,
    /// All Secrets.
    Secrets,
}

impl FromStr for IgnoredResources {
    type Err = String;

    /// In any case, as Reloader takes it.
    fn from_str(text: &str) -> Result<Self, String> {
        match &*text.to_ascii_lowercase() {
            "configmaps" => Ok(Self::ConfigMaps),
            "secrets" => Ok(Self::Secrets),
            _ => Err("must be `configmaps` or `secrets`".to_owned()),
        }
    }
}

impl<'de> Deserialize<'de> for IgnoredResources {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl IgnoredResources {
    /// The kind.
    pub(crate) fn kind(self) -> ConfigKind {
        match self {
            Self::ConfigMaps => ConfigKind::ConfigMap,
            Self::Secrets => ConfigKind::Secret,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn annotation_keys_follow_kubernetes_rule() {
        for key in ["rollstamp.dev/config-hash", "a", "A_b.c", "x-y.example/1"] {
            assert!(is_annotation_key(key), "{key}");
        }
        let long = "a".repeat(64);
        for key in ["", "/a", "a/", "a/b/c", "-a", "a b", "Ex.com/a", "a: b", "é", &*long] {
            assert!(!is_annotation_key(key), "{key}");
        }
    }
}
