//! A producer: a resource that some controller, or kustomize, makes configs from.
//!
//! What it makes has no content here, but it is not missing either.

use std::borrow::Cow;

use super::{ConfigKind, Resource};
use crate::yaml::NodeRef;
use Namespace::{Any, At, Own};

/// A kind of producer and what it makes: one row for each kind of config.
#[derive(Clone, Copy)]
struct Producer {
    kind: &'static str,
    group: &'static str,
    makes: ConfigKind,
    /// The names of what it makes, see [`expand`].
    names: &'static [&'static str],
    namespace: Namespace,
    /// The annotations of which it must have one, if any are given.
    annotations: &'static [&'static str],
}

/// The namespace of what a producer makes.
#[derive(Clone, Copy)]
enum Namespace {
    /// That of the producer; any, if it has none: then kustomize or an apply says which.
    Own,
    /// Any: the producer is not in a namespace, or copies what it makes.
    Any,
    /// What the field at this path says, or else [`Own`].
    At(&'static str),
}

const fn row(
    kind: &'static str,
    group: &'static str,
    makes: ConfigKind,
    names: &'static [&'static str],
    namespace: Namespace,
) -> Producer {
    Producer { kind, group, makes, names, namespace, annotations: &[] }
}

const fn annotated(annotations: &'static [&'static str], row: Producer) -> Producer {
    Producer { annotations, ..row }
}

/// The name of the producer itself.
const NAME: &[&str] = &["{metadata.name}"];
/// What cert-manager looks for on an Ingress or a Gateway.
const CERT_MANAGER: &[&str] = &[
    "cert-manager.io/issuer",
    "cert-manager.io/cluster-issuer",
    "kubernetes.io/tls-acme",
    "certmanager.k8s.io/issuer",
    "certmanager.k8s.io/cluster-issuer",
];
const REFLECTOR: &[&str] = &["reflector.v1.k8s.emberstack.com/reflection-auto-enabled"];
const REPLICATOR: &[&str] =
    &["replicator.v1.mittwald.de/replicate-to", "replicator.v1.mittwald.de/replicate-to-matching"];
const CONFIG_MAP: ConfigKind = ConfigKind::ConfigMap;
const SECRET: ConfigKind = ConfigKind::Secret;

/// The producers that are known, in the order of their kinds. A new one is a row.
#[rustfmt::skip]
const PRODUCERS: &[Producer] = &[
    row("AWSSecret", "mumoshu.github.io", SECRET, NAME, Own),
    row("ApmServer", "apm.k8s.elastic.co", SECRET, &["{metadata.name}-apm-token", "{metadata.name}-apm-http-certs-public"], Own),
    row("AzureAppConfigurationProvider", "azconfig.io", CONFIG_MAP, &["{spec.target.configMapName}"], Own),
    row("AzureAppConfigurationProvider", "azconfig.io", SECRET, &["{spec.secret.target.secretName}"], Own),
    row("AzureKeyVaultSecret", "spv.no", CONFIG_MAP, &["{spec.output.configMap.name}"], Own),
    row("AzureKeyVaultSecret", "spv.no", SECRET, &["{spec.output.secret.name}"], Own),
    row("BasicAuth", "secretgenerator.mittwald.de", SECRET, NAME, Own),
    row("BitwardenSecret", "k8s.bitwarden.com", SECRET, &["{spec.secretName}"], Own),
    row("BitwardenSecret", "lerentis.uploadfilter24.eu", SECRET, &["{spec.name}"], Own),
    row("Bundle", "trust.cert-manager.io", CONFIG_MAP, NAME, Any),
    row("Bundle", "trust.cert-manager.io", SECRET, NAME, Any),
    row("CassandraDatacenter", "cassandra.datastax.com", SECRET, &["{spec.clusterName}-superuser"], Own),
    row("CephObjectStoreUser", "ceph.rook.io", SECRET, &["rook-ceph-object-user-{spec.store}-{metadata.name}"], Own),
    row("Certificate", "cert-manager.io", SECRET, &["{spec.secretName}"], Own),
    row("Certificate", "certmanager.k8s.io", SECRET, &["{spec.secretName}"], Own),
    row("Certificate", "secretgen.k14s.io", SECRET, NAME, Own),
    row("Cluster", "postgresql.cnpg.io", SECRET, &[
        "{metadata.name}-app", "{metadata.name}-superuser", "{metadata.name}-ca", "{metadata.name}-server", "{metadata.name}-replication",
    ], Own),
    row("ClusterExternalSecret", "external-secrets.io", SECRET, &[
        "{spec.externalSecretSpec.target.name|spec.externalSecretName|metadata.name}",
    ], Any),
    row("ClusterIssuer", "cert-manager.io", SECRET, &["{spec.acme.privateKeySecretRef.name}"], Any),
    row("ClusterPolicy", "kyverno.io", CONFIG_MAP, &["{spec.rules[].generate.name}"], Any),
    row("ClusterPolicy", "kyverno.io", SECRET, &["{spec.rules[].generate.name}"], Any),
    row("Component", KUSTOMIZE, CONFIG_MAP, &["{configMapGenerator[].name}"], Any),
    row("Component", KUSTOMIZE, SECRET, &["{secretGenerator[].name}"], Any),
    annotated(REFLECTOR, row("ConfigMap", "", CONFIG_MAP, NAME, Any)),
    annotated(REPLICATOR, row("ConfigMap", "", CONFIG_MAP, NAME, Any)),
    row("Connection", "k8s.mariadb.com", SECRET, &["{spec.secretName|metadata.name}"], Own),
    row("DopplerSecret", "secrets.doppler.com", SECRET, &["{spec.managedSecret.name}"], At("spec.managedSecret.namespace")),
    row("Elasticsearch", "elasticsearch.k8s.elastic.co", SECRET, &[
        "{metadata.name}-es-elastic-user", "{metadata.name}-es-http-certs-public", "{metadata.name}-es-http-certs-internal",
        "{metadata.name}-es-http-ca-internal", "{metadata.name}-es-transport-certs-public",
    ], Own),
    row("ExternalSecret", "external-secrets.io", SECRET, &["{spec.target.name|metadata.name}"], Own),
    row("ExternalSecret", "kubernetes-client.io", SECRET, NAME, Own),
    row("FieldExport", "services.k8s.aws", CONFIG_MAP, &["{spec.to.name}"], At("spec.to.namespace")),
    row("FieldExport", "services.k8s.aws", SECRET, &["{spec.to.name}"], At("spec.to.namespace")),
    annotated(CERT_MANAGER, row("Gateway", "gateway.networking.k8s.io", SECRET, &["{spec.listeners[].tls.certificateRefs[].name}"], Own)),
    row("Grafana", "grafana.integreatly.org", CONFIG_MAP, &["{metadata.name}-ini", "{metadata.name}-plugins"], Own),
    row("Grafana", "grafana.integreatly.org", SECRET, &["{metadata.name}-admin-credentials"], Own),
    row("HCPVaultSecretsApp", "secrets.hashicorp.com", SECRET, &["{spec.destination.name}"], Own),
    row("InfisicalDynamicSecret", "secrets.infisical.com", SECRET, &["{spec.managedSecretReference.secretName}"], At("spec.managedSecretReference.secretNamespace")),
    row("InfisicalSecret", "secrets.infisical.com", CONFIG_MAP, &["{spec.managedKubeConfigMapReferences[].configMapName}"], Any),
    row("InfisicalSecret", "secrets.infisical.com", SECRET, &["{spec.managedSecretReference.secretName}"], At("spec.managedSecretReference.secretNamespace")),
    row("InfisicalSecret", "secrets.infisical.com", SECRET, &["{spec.managedKubeSecretReferences[].secretName}"], Any),
    annotated(CERT_MANAGER, row("Ingress", "extensions", SECRET, &["{spec.tls[].secretName}"], Own)),
    annotated(CERT_MANAGER, row("Ingress", "networking.k8s.io", SECRET, &["{spec.tls[].secretName}"], Own)),
    row("Issuer", "cert-manager.io", SECRET, &["{spec.acme.privateKeySecretRef.name}"], Own),
    row("K8ssandraCluster", "k8ssandra.io", SECRET, &["{metadata.name}-superuser"], Own),
    row("Kafka", "kafka.strimzi.io", SECRET, &[
        "{metadata.name}-cluster-ca-cert", "{metadata.name}-clients-ca-cert", "{metadata.name}-cluster-ca", "{metadata.name}-clients-ca",
    ], Own),
    row("KafkaAccess", "access.strimzi.io", SECRET, NAME, Own),
    row("KafkaUser", "kafka.strimzi.io", SECRET, NAME, Own),
    row("Keycloak", "k8s.keycloak.org", SECRET, &["{metadata.name}-initial-admin"], Own),
    row("Keycloak", "keycloak.org", SECRET, &["credential-{metadata.name}"], Own),
    row("KeycloakClient", "keycloak.org", SECRET, &["keycloak-client-secret-{spec.client.clientId}"], Own),
    row("Kibana", "kibana.k8s.elastic.co", SECRET, &["{metadata.name}-kb-http-certs-public", "{metadata.name}-kb-http-certs-internal"], Own),
    row("Kustomization", KUSTOMIZE, CONFIG_MAP, &["{configMapGenerator[].name}"], Any),
    row("Kustomization", KUSTOMIZE, SECRET, &["{secretGenerator[].name}"], Any),
    row("MariaDB", "k8s.mariadb.com", SECRET, &["{spec.rootPasswordSecretKeyRef.name}", "{spec.passwordSecretKeyRef.name}", "{metadata.name}-root", "{metadata.name}-password"], Own),
    row("MongoDBCommunity", "mongodbcommunity.mongodb.com", SECRET, &["{spec.users[].connectionStringSecretName}", "{spec.users[].scramCredentialsSecretName}-scram-credentials"], Own),
    row("ObjectBucketClaim", "objectbucket.io", CONFIG_MAP, NAME, Own),
    row("ObjectBucketClaim", "objectbucket.io", SECRET, NAME, Own),
    row("OnePasswordItem", "onepassword.com", SECRET, NAME, Own),
    row("Password", "secretgen.k14s.io", SECRET, NAME, Own),
    row("PerconaPGCluster", "pgv2.percona.com", SECRET, &["{metadata.name}-pguser-{spec.users[].name|metadata.name}"], Own),
    row("Policy", "kyverno.io", CONFIG_MAP, &["{spec.rules[].generate.name}"], Own),
    row("Policy", "kyverno.io", SECRET, &["{spec.rules[].generate.name}"], Own),
    row("PostgresCluster", "postgres-operator.crunchydata.com", SECRET, &[
        "{metadata.name}-pguser-{spec.users[].name|metadata.name}", "{metadata.name}-cluster-cert", "{metadata.name}-replication-cert",
    ], Own),
    row("RSAKey", "secretgen.k14s.io", SECRET, NAME, Own),
    row("RabbitmqCluster", "rabbitmq.com", CONFIG_MAP, &["{metadata.name}-server-conf", "{metadata.name}-plugins-conf"], Own),
    row("RabbitmqCluster", "rabbitmq.com", SECRET, &["{metadata.name}-default-user", "{metadata.name}-erlang-cookie"], Own),
    row("SSHKey", "secretgen.k14s.io", SECRET, NAME, Own),
    row("SSHKeyPair", "secretgenerator.mittwald.de", SECRET, NAME, Own),
    row("SealedSecret", "bitnami.com", SECRET, &["{spec.template.metadata.name|metadata.name}"], Own),
    annotated(REFLECTOR, row("Secret", "", SECRET, NAME, Any)),
    annotated(REPLICATOR, row("Secret", "", SECRET, NAME, Any)),
    row("SecretImport", "secretgen.carvel.dev", SECRET, NAME, Own),
    row("SecretProviderClass", "secrets-store.csi.x-k8s.io", SECRET, &["{spec.secretObjects[].secretName}"], Own),
    row("SecretTemplate", "secretgen.carvel.dev", SECRET, NAME, Own),
    row("Service", "", SECRET, &["{@service.beta.openshift.io/serving-cert-secret-name}", "{@service.alpha.openshift.io/serving-cert-secret-name}"], Own),
    row("SopsSecret", "addons.projectcapsule.dev", SECRET, &["{spec.secrets[].name}"], Own),
    row("SopsSecret", "isindir.github.com", SECRET, &["{spec.secretTemplates[].name}"], Own),
    row("StringSecret", "secretgenerator.mittwald.de", SECRET, NAME, Own),
    row("Terraform", "infra.contrib.fluxcd.io", SECRET, &["{spec.writeOutputsToSecret.name}"], Own),
    row("User", "rabbitmq.com", SECRET, &["{metadata.name}-user-credentials"], Own),
    row("VMUser", "operator.victoriametrics.com", SECRET, &["vmuser-{metadata.name}"], Own),
    row("Vault", "koudingspawn.de", SECRET, NAME, Own),
    row("Vault", "vault.banzaicloud.com", SECRET, &["{metadata.name}-unseal-keys", "{metadata.name}-tls"], Own),
    row("VaultDynamicSecret", "secrets.hashicorp.com", SECRET, &["{spec.destination.name}"], Own),
    row("VaultPKISecret", "secrets.hashicorp.com", SECRET, &["{spec.destination.name}"], Own),
    row("VaultSecret", "redhatcop.redhat.io", SECRET, &["{spec.output.name|metadata.name}"], Own),
    row("VaultSecret", "ricoberger.de", SECRET, NAME, Own),
    row("VaultStaticSecret", "secrets.hashicorp.com", SECRET, &["{spec.destination.name}"], Own),
    row("Workspace", "app.terraform.io", CONFIG_MAP, &["{metadata.name}-outputs"], Own),
    row("Workspace", "app.terraform.io", SECRET, &["{metadata.name}-outputs"], Own),
    row("postgresql", "acid.zalan.do", SECRET, &["*.{metadata.name}.credentials.postgresql.acid.zalan.do"], Own),
];

const KUSTOMIZE: &str = "kustomize.config.k8s.io";

/// What Crossplane's resources of every kind make: the credentials of what they stand for.
const CONNECTION: Producer = row(
    "",
    "",
    SECRET,
    &["{spec.writeConnectionSecretToRef.name}"],
    At("spec.writeConnectionSecretToRef.namespace"),
);

/// The field by which [`CONNECTION`] is known.
const CONNECTION_FIELD: &str = "writeConnectionSecretToRef";

/// What every namespace has without anybody asking for it.
const EVERYWHERE: [(ConfigKind, &str); 3] = [
    (CONFIG_MAP, "kube-root-ca.crt"),
    (CONFIG_MAP, "openshift-service-ca.crt"),
    (CONFIG_MAP, "istio-ca-root-cert"),
];

/// Whether every namespace has a config of that name.
pub(super) fn is_everywhere(kind: ConfigKind, name: &str) -> bool {
    EVERYWHERE.contains(&(kind, name))
}

/// The rows of a kind.
fn rows(kind: &str) -> &'static [Producer] {
    let start = PRODUCERS.partition_point(|known| known.kind < kind);
    let length = PRODUCERS[start..].partition_point(|known| known.kind == kind);
    &PRODUCERS[start..start + length]
}

/// Whether a resource of `kind`, whose text is `body`, may make configs.
pub(super) fn may_produce(kind: &str, body: &str) -> bool {
    let known = rows(kind);
    let has = |word: &str| memchr::memmem::find(body.as_bytes(), word.as_bytes()).is_some();
    let is_marked = |row: &Producer| {
        row.annotations.is_empty() || row.annotations.iter().any(|annotation| has(annotation))
    };
    known.iter().any(is_marked) || known.is_empty() && has(CONNECTION_FIELD)
}

/// A config that some resource makes.
#[derive(Debug)]
pub(super) struct Product<'d> {
    pub(super) kind: ConfigKind,
    /// Perhaps with a `*` for its first part, up to a dot.
    pub(super) name: Cow<'d, str>,
    /// `None` if it may end up in any namespace.
    pub(super) namespace: Option<&'d str>,
}

/// The configs that `resource` makes.
pub(super) fn products<'d>(resource: &Resource<'d>) -> impl Iterator<Item = Product<'d>> {
    let id = resource.id;
    let known = rows(id.kind).iter().filter(move |row| row.group == id.group());
    let has = |key: &&'static str| resource.annotations().get(key).is_some();
    let known =
        known.filter(move |row| row.annotations.is_empty() || row.annotations.iter().any(has));
    known.chain([&CONNECTION]).flat_map(move |row| {
        let own = resource.has_namespace().then_some(id.namespace);
        let namespace = match row.namespace {
            Own => own,
            Any => None,
            At(path) => text_at(resource.node, path).or(own),
        };
        let names = row.names.iter().flat_map(|pattern| expand(resource, pattern));
        names.map(move |name| Product { kind: row.makes, name, namespace })
    })
}

/// How many names one pattern may give: aliases can make far more than there is text.
const MOST: usize = 10_000;

/// The names that `pattern` gives for `resource`: itself, with each `{field}` replaced.
///
/// A field is a path with dots, in which `[]` stands for every item of a list, or an annotation behind `@`.
/// Of several with `|` between them the first that is there counts. Nothing comes of a field that is not there.
fn expand<'d>(resource: &Resource<'d>, pattern: &'static str) -> Vec<Cow<'d, str>> {
    let mut names = vec![Cow::Borrowed("")];
    let mut rest = pattern;
    while let Some((literal, (field, tail))) =
        rest.split_once('{').and_then(|(literal, rest)| Some((literal, rest.split_once('}')?)))
    {
        let values = { field.split('|') }.map(|field| values(resource, field));
        let values = { values }.find(|values| !values.is_empty()).unwrap_or_default();
        let with = |name: &Cow<'d, str>, value: &'d str| name.clone() + literal + value;
        names = names
            .iter()
            .flat_map(|name| values.iter().map(|value| with(name, value)))
            .take(MOST)
            .collect();
        rest = tail;
    }
    names.into_iter().map(|name| name + rest).collect()
}

/// The texts of `field`, see [`expand`].
fn values<'d>(resource: &Resource<'d>, field: &'static str) -> Vec<&'d str> {
    if let Some(key) = field.strip_prefix('@') {
        let annotation = resource.annotations().get(key);
        return annotation
            .into_iter()
            .map(|annotation| annotation.value)
            .filter(|value| !value.is_empty())
            .collect();
    }
    let mut nodes = vec![resource.node];
    for part in field.split('.') {
        let name = part.trim_end_matches("[]");
        let next = nodes.into_iter().filter_map(|node| node.get(name));
        nodes = if name.len() == part.len() {
            next.collect()
        } else {
            next.flat_map(NodeRef::items).take(MOST).collect()
        };
    }
    nodes.into_iter().filter_map(text).collect()
}

fn text_at<'d>(node: NodeRef<'d>, path: &str) -> Option<&'d str> {
    text(node.at(path.split('.'))?)
}

fn text(node: NodeRef<'_>) -> Option<&str> {
    node.text().filter(|text| !node.is_null() && !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;
    use crate::yaml;

    #[test]
    fn the_table_is_in_the_order_of_kinds() {
        assert!(PRODUCERS.is_sorted_by_key(|row| (row.kind, row.group)));
    }

    #[test]
    fn names_are_made_of_fields() {
        let made = |text: &str| {
            let documents = yaml::parse_all(text, false).unwrap();
            let options = Options::default();
            let resource = Resource::read(documents[0].root().unwrap(), (0, 0), &options).unwrap();
            products(&resource).map(|product| product.name.into_owned()).collect::<Vec<_>>()
        };
        let cases: [(&str, &[&str]); 6] = [
            ("{apiVersion: cert-manager.io/v1, kind: Certificate, metadata: {name: a}}", &[]),
            ("{apiVersion: cert-manager.io/v1, kind: Certificate, spec: {secretName: b}}", &["b"]),
            (
                "{apiVersion: pgv2.percona.com/v2, kind: PerconaPGCluster, metadata: {name: a}, \
                 spec: {users: [{name: x}, {name: y}]}}",
                &["a-pguser-x", "a-pguser-y"],
            ),
            (
                "{apiVersion: pgv2.percona.com/v2, kind: PerconaPGCluster, metadata: {name: a}}",
                &["a-pguser-a"],
            ),
            (
                "{apiVersion: acid.zalan.do/v1, kind: postgresql, metadata: {name: a}}",
                &["*.a.credentials.postgresql.acid.zalan.do"],
            ),
            (
                "{apiVersion: a.example/v1, kind: Queue, spec: {writeConnectionSecretToRef: {name: q}}}",
                &["q"],
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(made(text), expected, "{text}");
        }
    }
}
