//! Configs whose content is made in the cluster: the manifest is only a place for it.

use super::{ConfigKind, Resource};
use crate::yaml::NodeRef;

/// What says that the content of a config is made in the cluster.
enum Mark {
    /// The type of a Secret.
    Type(&'static str),
    /// A label that is `true`.
    Label(&'static str),
    /// An annotation, whatever it says.
    Annotation(&'static str),
}

/// The marks that are known, and whether all of the content is made there, or only keys beside those that
/// the manifest has.
const MARKS: &[(Mark, bool)] = &[
    (Mark::Type("kubernetes.io/service-account-token"), true),
    (Mark::Label("config.openshift.io/inject-trusted-cabundle"), true),
    (Mark::Annotation("service.beta.openshift.io/inject-cabundle"), true),
    (Mark::Annotation("service.alpha.openshift.io/inject-cabundle"), true),
    (Mark::Annotation("cert-manager.io/inject-ca-from"), true),
    (Mark::Annotation("cert-manager.io/inject-ca-from-secret"), true),
    (Mark::Annotation("cert-manager.io/inject-apiserver-ca"), true),
    (Mark::Annotation("reflector.v1.k8s.emberstack.com/reflects"), true),
    (Mark::Annotation("replicator.v1.mittwald.de/replicate-from"), true),
    (Mark::Annotation("secret-generator.v1.mittwald.de/autogenerate"), false),
    (Mark::Annotation("secret-generator.v1.mittwald.de/type"), false),
];

/// How much of the content of a config is made in the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Injected {
    /// Nothing.
    Nothing,
    /// Keys beside those of the manifest.
    Keys,
    /// Everything.
    All,
}

/// How much of the content of `resource`, a config, is made in the cluster.
pub(super) fn injected(resource: &Resource<'_>, kind: ConfigKind) -> Injected {
    let node = resource.node;
    let says = |node: Option<NodeRef<'_>>, text: &str| node.and_then(NodeRef::text) == Some(text);
    let has = |mark: &Mark| match mark {
        Mark::Type(name) => kind == ConfigKind::Secret && says(node.get("type"), name),
        Mark::Label(key) => says(node.at(["metadata", "labels", key]), "true"),
        Mark::Annotation(key) => resource.annotations().get(key).is_some(),
    };
    match MARKS.iter().find(|(mark, _)| has(mark)) {
        Some((_, true)) => Injected::All,
        Some((_, false)) => Injected::Keys,
        None => Injected::Nothing,
    }
}
