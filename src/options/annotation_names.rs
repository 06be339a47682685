//! The keys of the annotations that decide what is tracked.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::ConfigKind;
use crate::rules::wave;

/// The keys of the annotations that decide, as Reloader's flags rename them. With a renamed key the
/// default one stops working.
///
/// The lists that exclude, and everything about a SecretProviderClass, cannot be renamed there.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct AnnotationNames {
    /// Tracks all that a workload refers to.
    pub auto: String,
    /// Tracks the ConfigMaps that a workload refers to.
    pub configmap_auto: String,
    /// Tracks the Secrets that a workload refers to.
    pub secret_auto: String,
    /// Lists ConfigMaps.
    pub configmap: String,
    /// Lists Secrets.
    pub secret: String,
    /// Makes a workload search.
    pub search: String,
    /// Makes a config match.
    pub r#match: String,
    /// Makes a config be ignored.
    pub ignore: String,
}

impl Default for AnnotationNames {
    fn default() -> Self {
        let own = |name: &str| format!("reloader.stakater.com/{name}");
        Self {
            auto: own("auto"),
            configmap_auto: format!("configmap.{}", own("auto")),
            secret_auto: format!("secret.{}", own("auto")),
            configmap: format!("configmap.{}", own("reload")),
            secret: format!("secret.{}", own("reload")),
            search: own("search"),
            r#match: own("match"),
            ignore: own("ignore"),
        }
    }
}

impl AnnotationNames {
    /// The annotation that lists configs of `kind`.
    pub(crate) fn list(&self, kind: ConfigKind) -> &str {
        match kind {
            ConfigKind::ConfigMap => &self.configmap,
            ConfigKind::Secret => &self.secret,
            ConfigKind::SecretProviderClass => "secretproviderclass.reloader.stakater.com/reload",
        }
    }

    /// The annotation that tracks all configs of `kind` that a workload refers to.
    pub(crate) fn typed_auto(&self, kind: ConfigKind) -> &str {
        match kind {
            ConfigKind::ConfigMap => &self.configmap_auto,
            ConfigKind::Secret => &self.secret_auto,
            ConfigKind::SecretProviderClass => "secretproviderclass.reloader.stakater.com/auto",
        }
    }

    /// The annotation that excludes configs of `kind`.
    pub(crate) fn exclude(kind: ConfigKind) -> &'static str {
        match kind {
            ConfigKind::ConfigMap => "configmaps.exclude.reloader.stakater.com/reload",
            ConfigKind::Secret => "secrets.exclude.reloader.stakater.com/reload",
            ConfigKind::SecretProviderClass => {
                "secretproviderclasses.exclude.reloader.stakater.com/reload"
            }
        }
    }

    /// The keys that say whether a workload tracks anything, of whatever kind.
    pub(crate) fn opt_ins(&self) -> impl Iterator<Item = &str> {
        let of_kind = |kind| [self.list(kind), self.typed_auto(kind)];
        let all = [&*self.auto, &self.search].into_iter();
        all.chain(ConfigKind::ALL.into_iter().flat_map(of_kind)).chain([wave::OPT_IN])
    }

    /// Every key that can be renamed, with the field that names it.
    pub(crate) fn all(&self) -> [(&'static str, &String); 8] {
        [
            ("annotations.auto", &self.auto),
            ("annotations.configmapAuto", &self.configmap_auto),
            ("annotations.secretAuto", &self.secret_auto),
            ("annotations.configmap", &self.configmap),
            ("annotations.secret", &self.secret),
            ("annotations.search", &self.search),
            ("annotations.match", &self.r#match),
            ("annotations.ignore", &self.ignore),
        ]
    }
}
