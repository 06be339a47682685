//! A producer: a resource that some controller, or kustomize, makes configs from.
//!
//! What it makes has no content here, but it is not missing either.

use super::{ConfigKind, Resource};
use crate::yaml::NodeRef;

/// A kind of producer and what it makes.
struct Producer {
    group: &'static str,
    kind: &'static str,
    makes: ConfigKind,
    named: Named,
}

/// Where the name of what a producer makes stands.
enum Named {
    /// At the first of these paths that is there, or else it is the producer's own.
    At(&'static [&'static str]),
    /// In this field of each item of the list at this path.
    Each(&'static str, &'static str),
}

const fn producer(
    group: &'static str,
    kind: &'static str,
    makes: ConfigKind,
    named: Named,
) -> Producer {
    Producer { group, kind, makes, named }
}

const KUSTOMIZE: &str = "kustomize.config.k8s.io";

/// The producers that are known.
const PRODUCERS: &[Producer] = &[
    producer(
        "bitnami.com",
        "SealedSecret",
        ConfigKind::Secret,
        Named::At(&["spec.template.metadata.name"]),
    ),
    producer(
        "external-secrets.io",
        "ExternalSecret",
        ConfigKind::Secret,
        Named::At(&["spec.target.name"]),
    ),
    producer("cert-manager.io", "Certificate", ConfigKind::Secret, Named::At(&["spec.secretName"])),
    producer("onepassword.com", "OnePasswordItem", ConfigKind::Secret, Named::At(&[])),
    producer(
        "secrets.hashicorp.com",
        "VaultStaticSecret",
        ConfigKind::Secret,
        Named::At(&["spec.destination.name"]),
    ),
    producer(
        "secrets.hashicorp.com",
        "VaultDynamicSecret",
        ConfigKind::Secret,
        Named::At(&["spec.destination.name"]),
    ),
    producer(
        "secrets.hashicorp.com",
        "VaultPKISecret",
        ConfigKind::Secret,
        Named::At(&["spec.destination.name"]),
    ),
    producer(
        "secrets.infisical.com",
        "InfisicalSecret",
        ConfigKind::Secret,
        Named::At(&["spec.managedSecretReference.secretName"]),
    ),
    producer(
        "secrets-store.csi.x-k8s.io",
        "SecretProviderClass",
        ConfigKind::Secret,
        Named::Each("spec.secretObjects", "secretName"),
    ),
    producer(
        "isindir.github.com",
        "SopsSecret",
        ConfigKind::Secret,
        Named::Each("spec.secretTemplates", "name"),
    ),
    producer(
        KUSTOMIZE,
        "Kustomization",
        ConfigKind::ConfigMap,
        Named::Each("configMapGenerator", "name"),
    ),
    producer(
        KUSTOMIZE,
        "Kustomization",
        ConfigKind::Secret,
        Named::Each("secretGenerator", "name"),
    ),
    producer(
        KUSTOMIZE,
        "Component",
        ConfigKind::ConfigMap,
        Named::Each("configMapGenerator", "name"),
    ),
    producer(KUSTOMIZE, "Component", ConfigKind::Secret, Named::Each("secretGenerator", "name")),
];

/// Whether a resource of `kind` may make configs.
pub(super) fn is_producer_kind(kind: &str) -> bool {
    PRODUCERS.iter().any(|known| known.kind == kind)
}

/// A config that some resource makes.
#[derive(Debug)]
pub(super) struct Product<'d> {
    pub(super) kind: ConfigKind,
    pub(super) name: &'d str,
    /// Whether it may end up in any namespace: nothing says which, or kustomize will.
    pub(super) is_anywhere: bool,
}

/// The configs that `resource` makes.
pub(super) fn products<'d>(resource: &Resource<'d>) -> Vec<Product<'d>> {
    let id = resource.id;
    let known = PRODUCERS.iter().filter(|known| known.kind == id.kind && known.group == id.group());
    let names = known.flat_map(|known| {
        let names: Vec<_> = match known.named {
            Named::At(paths) => {
                let mut at = paths.iter().filter_map(|path| text_at(resource.node, path));
                at.next().or_else(|| text_at(resource.node, "metadata.name")).into_iter().collect()
            }
            Named::Each(list, field) => {
                let items = resource.node.at(list.split('.')).into_iter().flat_map(NodeRef::items);
                items.filter_map(|item| item.get(field)?.text()).collect()
            }
        };
        let is_anywhere = known.group == KUSTOMIZE || !resource.has_namespace();
        names.into_iter().map(move |name| Product { kind: known.makes, name, is_anywhere })
    });
    names.collect()
}

fn text_at<'d>(node: NodeRef<'d>, path: &str) -> Option<&'d str> {
    let node = node.at(path.split('.'))?;
    node.text().filter(|text| !node.is_null() && !text.is_empty())
}
