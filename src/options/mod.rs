//! Options: what a run may be told, apart from the manifests.

mod annotation_names;
mod file;
mod function_config;

use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::finding::Code;
use crate::model::{ConfigKind, Selector, WorkloadKind};

pub use annotation_names::AnnotationNames;
pub(crate) use file::ConfigProblem;
pub use file::{OptionsError, schema};
pub(crate) use function_config::read as read_function_config;

/// The options of a run, as `.rollstamp.yaml` and a function's config spell them.
///
/// ```
/// let options = rollstamp::Options { namespace: "apps".into(), ..Default::default() };
/// assert_eq!(options.annotation, "rollstamp.dev/config-hash");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Options {
    /// The namespace that a missing `metadata.namespace` means.
    pub namespace: String,
    /// The annotation that holds the stamp.
    pub annotation: String,
    /// What a stamp is.
    pub strategy: Strategy,
    /// Which keys of a config a stamp is made of.
    pub keys: Keys,
    /// What a KRM function does: commands say so by their names.
    pub mode: Mode,
    /// What to do about Jobs, whose pod template is immutable once created.
    pub jobs: JobPolicy,
    /// What to do about workloads whose builds need different stamps.
    pub overlays: Overlays,
    /// Globs of directories of kustomization files that are built, relative to the configuration; by
    /// default those that no other one uses.
    pub builds: Vec<String>,
    /// Globs of files and directories that are not read, relative to the configuration. One without a slash
    /// matches at any depth.
    pub exclude: Vec<String>,
    /// Globs of directories that are each a bundle of their own, relative to the configuration.
    pub bundles: Vec<String>,
    /// Whether workloads that say nothing of `auto` mean yes.
    pub auto_reload_all: bool,
    /// Kinds of configs that nothing tracks.
    pub resources_to_ignore: Vec<IgnoredResources>,
    /// Kinds of workloads that track nothing, by their plurals in lower case: `jobs`, `cronjobs`.
    pub ignored_workload_types: Vec<String>,
    /// The only namespaces whose configs are tracked; all if there are none.
    pub namespaces: Vec<String>,
    /// Namespaces whose configs are not tracked, unless `namespaces` says which are.
    pub namespaces_to_ignore: Vec<String>,
    /// Which namespaces' configs are tracked, by the labels of the Namespaces in the bundle, unless
    /// `namespaces` says which are.
    #[schemars(with = "String")]
    pub namespace_selector: Selector,
    /// Which configs are tracked, by their labels.
    #[schemars(with = "String")]
    pub resource_label_selector: Selector,
    /// The keys of the annotations that decide, where they are not Reloader's own.
    pub annotations: AnnotationNames,
    /// Kinds of workloads beyond those that are known.
    pub workloads: Vec<WorkloadKind>,
    /// Findings that are not reported.
    pub allow: Vec<Code>,
    /// Whether warnings are errors.
    pub strict: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            namespace: "default".to_owned(),
            annotation: "rollstamp.dev/config-hash".to_owned(),
            strategy: Strategy::default(),
            keys: Keys::default(),
            mode: Mode::default(),
            jobs: JobPolicy::default(),
            overlays: Overlays::default(),
            builds: Vec::new(),
            exclude: Vec::new(),
            bundles: Vec::new(),
            auto_reload_all: false,
            resources_to_ignore: Vec::new(),
            ignored_workload_types: Vec::new(),
            namespaces: Vec::new(),
            namespaces_to_ignore: Vec::new(),
            namespace_selector: Selector::default(),
            resource_label_selector: Selector::default(),
            annotations: AnnotationNames::default(),
            workloads: Vec::new(),
            allow: Vec::new(),
            strict: false,
        }
    }
}

impl Options {
    /// Checks what no type can say.
    ///
    /// # Errors
    ///
    /// Returns what is wrong, for people.
    pub fn validate(&self) -> Result<(), String> {
        let keys = [("annotation", &self.annotation)].into_iter().chain(self.annotations.all());
        for (field, key) in keys {
            if !is_qualified_name(key) {
                return Err(format!("`{field}` must be an annotation key, and '{key}' is none"));
            }
        }
        for (index, own) in self.workloads.iter().enumerate() {
            own.validate(&self.workloads[..index])
                .map_err(|(field, why)| format!("`workloads[{index}].{field}` {why}"))?;
        }
        let kinds: Vec<_> = WorkloadKind::plurals(self).collect();
        let is_unknown = |plural: &&String| !kinds.contains(plural);
        if let Some(plural) = self.ignored_workload_types.iter().find(is_unknown) {
            let near = crate::suggest::nearest(plural, kinds.iter().map(|kind| &**kind));
            let near =
                near.map_or_else(|| kinds.join(", "), |near| format!("did you mean `{near}`?"));
            return Err(format!(
                "`ignoredWorkloadTypes` must name kinds of workloads by their plurals, not '{plural}': {near}"
            ));
        }
        Ok(())
    }
}

/// Kubernetes' rule for keys of annotations and labels (`IsQualifiedName` of apimachinery): a name of
/// at most 63 characters, and perhaps a DNS subdomain and a slash in front.
pub(crate) fn is_qualified_name(key: &str) -> bool {
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

/// What a stamp is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// One annotation of the pod template.
    #[default]
    Annotations,
    /// The variables that Reloader would set: one for each config that is tracked.
    EnvVars,
}

/// Which keys of a config a stamp is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Keys {
    /// All, as for Reloader.
    #[default]
    All,
    /// Those that the pod can see.
    Referenced,
}

impl FromStr for Keys {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "all" => Ok(Self::All),
            "referenced" => Ok(Self::Referenced),
            _ => Err(()),
        }
    }
}

/// What a KRM function does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Write stamps.
    #[default]
    Stamp,
    /// Write nothing, and fail if a stamp is missing or stale.
    Check,
}

/// What to do about a workload that several kustomize builds contain, with different stamps: the file
/// that they share cannot hold them all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Overlays {
    /// Report it.
    #[default]
    Report,
    /// Write each stamp into a file `rollstamp.yaml` beside the kustomization file that needs it.
    Transform,
}

/// What to do about Jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
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
            assert!(is_qualified_name(key), "{key}");
        }
        let long = "a".repeat(64);
        for key in ["", "/a", "a/", "a/b/c", "-a", "a b", "Ex.com/a", "a: b", "é", &*long] {
            assert!(!is_qualified_name(key), "{key}");
        }
    }

    #[test]
    fn kinds_of_workloads_are_known_by_their_plurals() {
        let ignoring = |plural: &str| Options {
            ignored_workload_types: vec![plural.to_owned()],
            ..Options::default()
        };
        assert_eq!(ignoring("cronjobs").validate(), Ok(()));
        let message = ignoring("cronjob").validate().unwrap_err();
        assert!(message.ends_with("not 'cronjob': did you mean `cronjobs`?"), "{message}");
    }

    #[test]
    fn workloads_that_match_nothing_are_refused() {
        let own = |(group, kind, template): (&str, &str, &str)| {
            let [group, kind, template] = [group, kind, template].map(str::to_owned);
            WorkloadKind { group, kind, template }
        };
        let validate = |workloads: &[(&str, &str, &str)]| {
            let workloads = workloads.iter().copied().map(own).collect();
            Options { workloads, ..Options::default() }.validate()
        };
        let good = ("example.com", "Queue", "spec.template");
        assert_eq!(
            validate(&[good, ("", "Queue", "spec.pod"), ("other.example", "Queue", "spec.pod")]),
            Ok(())
        );
        for (bad, field) in [
            (("apps/v1", "Queue", "spec.template"), "group"),
            (("v1", "Queue", "spec.template"), "group"),
            (("Example.com", "Queue", "spec.template"), "group"),
            (("example.com", "queue", "spec.template"), "kind"),
            (("example.com", "", "spec.template"), "kind"),
            (("example.com", "Queue", ""), "template"),
            (("example.com", "Queue", "spec..template"), "template"),
            (("example.com", "Queue", ".spec.template"), "template"),
            (("example.com", "Queue", "spec/template"), "template"),
            (("apps", "Deployment", "spec.template"), "kind"),
        ] {
            let message = validate(&[bad]).unwrap_err();
            assert!(message.starts_with(&format!("`workloads[0].{field}` must")), "{message}");
        }
        let message = validate(&[good, good]).unwrap_err();
        assert_eq!(message, "`workloads[1].kind` must not be `Queue` a second time");
    }

    #[test]
    fn plurals_are_english() {
        for (kind, plural) in [
            ("Proxy", "proxies"),
            ("Gateway", "gateways"),
            ("Ingress", "ingresses"),
            ("Mesh", "meshes"),
        ] {
            let template = "spec.template".to_owned();
            let own =
                WorkloadKind { group: "example.com".to_owned(), kind: kind.to_owned(), template };
            let options = Options {
                workloads: vec![own],
                ignored_workload_types: vec![plural.to_owned()],
                ..Options::default()
            };
            assert_eq!(options.validate(), Ok(()), "{plural}");
        }
    }
}
