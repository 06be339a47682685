//! Which lists of the built-in kinds are merged item by item, and by which keys.
//!
//! The facts are those of the schema that kustomize 5 is built with, Kubernetes 1.21: its
//! `x-kubernetes-patch-merge-key` and `x-kubernetes-list-map-keys`. What a pod template or a
//! replacement's source may hold is here; status fields are not.

use Shape::{Keyed, Object, Set};

use crate::kustomize::Value;

/// How a value is merged.
#[derive(Debug)]
pub(super) enum Shape {
    /// By the rules for any value: mappings key by key, lists as a whole.
    Any,
    /// A mapping some of whose fields have a shape of their own.
    Object(&'static [(&'static str, Self)]),
    /// A list whose items are told apart by these keys.
    Keyed(&'static [&'static str], &'static Self),
    /// A list of scalars, each of which it holds once.
    Set,
}

const METADATA: Shape =
    Object(&[("finalizers", Set), ("ownerReferences", Keyed(&["uid"], &Shape::Any))]);

const EPHEMERAL_CONTAINER: Shape = Object(&[
    ("env", Keyed(&["name"], &Shape::Any)),
    ("volumeDevices", Keyed(&["devicePath"], &Shape::Any)),
    ("volumeMounts", Keyed(&["mountPath"], &Shape::Any)),
]);

const CONTAINER: Shape = Object(&[
    ("env", Keyed(&["name"], &Shape::Any)),
    ("ports", Keyed(&["containerPort", "protocol"], &Shape::Any)),
    ("volumeDevices", Keyed(&["devicePath"], &Shape::Any)),
    ("volumeMounts", Keyed(&["mountPath"], &Shape::Any)),
]);

const POD_SPEC: Shape = Object(&[
    ("containers", Keyed(&["name"], &CONTAINER)),
    ("ephemeralContainers", Keyed(&["name"], &EPHEMERAL_CONTAINER)),
    ("hostAliases", Keyed(&["ip"], &Shape::Any)),
    ("imagePullSecrets", Keyed(&["name"], &Shape::Any)),
    ("initContainers", Keyed(&["name"], &CONTAINER)),
    ("topologySpreadConstraints", Keyed(&["topologyKey", "whenUnsatisfiable"], &Shape::Any)),
    ("volumes", Keyed(&["name"], &Shape::Any)),
]);

const POD: Shape = Object(&[("metadata", METADATA), ("spec", POD_SPEC)]);
const WORKLOAD_SPEC: Shape = Object(&[("template", POD)]);
const WORKLOAD: Shape = Object(&[("metadata", METADATA), ("spec", WORKLOAD_SPEC)]);
const CRON_JOB: Shape =
    Object(&[("metadata", METADATA), ("spec", Object(&[("jobTemplate", WORKLOAD)]))]);
const POD_TEMPLATE: Shape = Object(&[("metadata", METADATA), ("template", POD)]);
const SERVICE: Shape = Object(&[
    ("metadata", METADATA),
    ("spec", Object(&[("ports", Keyed(&["port", "protocol"], &Shape::Any))])),
]);
const SERVICE_ACCOUNT: Shape =
    Object(&[("metadata", METADATA), ("secrets", Keyed(&["name"], &Shape::Any))]);
const WEBHOOKS: Shape =
    Object(&[("metadata", METADATA), ("webhooks", Keyed(&["name"], &Shape::Any))]);
const OTHER: Shape = Object(&[("metadata", METADATA)]);

/// The shapes of the kinds, by `apiVersion` and `kind`.
static KINDS: [(&str, &str, Shape); 25] = [
    ("apps/v1", "DaemonSet", WORKLOAD),
    ("apps/v1", "Deployment", WORKLOAD),
    ("apps/v1", "ReplicaSet", WORKLOAD),
    ("apps/v1", "StatefulSet", WORKLOAD),
    ("batch/v1", "CronJob", CRON_JOB),
    ("batch/v1", "Job", WORKLOAD),
    ("batch/v1beta1", "CronJob", CRON_JOB),
    ("v1", "ConfigMap", OTHER),
    ("v1", "Namespace", OTHER),
    ("v1", "PersistentVolume", OTHER),
    ("v1", "PersistentVolumeClaim", OTHER),
    ("v1", "Pod", POD),
    ("v1", "PodTemplate", POD_TEMPLATE),
    ("v1", "ReplicationController", WORKLOAD),
    ("v1", "Secret", OTHER),
    ("v1", "Service", SERVICE),
    ("v1", "ServiceAccount", SERVICE_ACCOUNT),
    ("networking.k8s.io/v1", "Ingress", OTHER),
    ("networking.k8s.io/v1", "NetworkPolicy", OTHER),
    ("rbac.authorization.k8s.io/v1", "ClusterRole", OTHER),
    ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", OTHER),
    ("rbac.authorization.k8s.io/v1", "Role", OTHER),
    ("rbac.authorization.k8s.io/v1", "RoleBinding", OTHER),
    ("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", WEBHOOKS),
    ("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", WEBHOOKS),
];

impl Shape {
    /// The shape of what says its `apiVersion` and `kind`, at whatever depth it stands.
    pub(super) fn of(value: &Value) -> Option<&'static Self> {
        let api_version = value.get("apiVersion")?.text()?;
        let kind = value.get("kind")?.text()?;
        let row = KINDS.iter().find(|row| (row.0, row.1) == (api_version, kind))?;
        Some(&row.2)
    }

    /// The shape of a field.
    pub(super) fn field(&'static self, name: &str) -> &'static Self {
        let Object(fields) = self else { return &Self::Any };
        fields.iter().find(|field| field.0 == name).map_or(&Self::Any, |field| &field.1)
    }
}
