//! Random manifests, in flow style.

use super::dice::Dice;

pub(super) const CONFIGS: [&str; 4] = ["cfg", "env", "app", "cred"];
pub(super) const WORKLOADS: [&str; 2] = ["web", "api"];
const KEYS: [&str; 4] = ["a", "b", "c", "n"];
const VALUES: [&str; 7] = ["x", "'1'", "\"y z\"", "plain text", "''", "'a,b:c'", "'$(VAR)'"];

/// The kinds of workloads: `apiVersion`, `kind`, and what stands around the pod.
pub(super) const KINDS: [(&str, &str, &str, &str); 8] = [
    ("apps/v1", "Deployment", "template: {", "}"),
    ("apps/v1", "Deployment", "template: {", "}"),
    ("apps/v1", "StatefulSet", "template: {", "}"),
    ("apps/v1", "DaemonSet", "template: {", "}"),
    ("batch/v1", "Job", "template: {", "}"),
    ("batch/v1", "CronJob", "jobTemplate: {spec: {template: {", "}}}"),
    ("argoproj.io/v1alpha1", "Rollout", "template: {", "}"),
    ("apps/v1beta1", "Deployment", "template: {", "}"),
];

pub(super) fn config_name(dice: &mut Dice) -> &'static str {
    dice.one(&CONFIGS)
}

/// `{k: v, ...}` of texts.
pub(super) fn pairs(dice: &mut Dice, is_patch: bool) -> String {
    let mut pairs = Vec::new();
    for key in KEYS {
        if dice.percent(45) {
            let value = if is_patch && dice.percent(20) { "null" } else { dice.one(&VALUES) };
            pairs.push(format!("{key}: {value}"));
        }
    }
    if is_patch && dice.percent(6) {
        pairs.push(format!("$patch: {}", dice.one(&["replace", "delete", "merge"])));
    }
    format!("{{{}}}", pairs.join(", "))
}

/// A list of up to `most` things.
fn list(dice: &mut Dice, most: usize, mut item: impl FnMut(&mut Dice) -> String) -> String {
    let items: Vec<_> = (0..dice.below(most + 1)).map(|_| item(dice)).collect();
    format!("[{}]", items.join(", "))
}

/// A list whose items have different keys, with directives if it is a patch's.
fn keyed(
    dice: &mut Dice,
    is_patch: bool,
    keys: &[&str],
    mut item: impl FnMut(&mut Dice, &str) -> String,
) -> String {
    let mut items = Vec::new();
    if is_patch && dice.percent(4) {
        items.push("{$patch: replace}".to_owned());
    }
    for key in keys {
        if dice.percent(50) {
            let directive = is_patch && dice.percent(8);
            let body = item(dice, key);
            let body = if directive { format!("{body}, $patch: delete") } else { body };
            items.push(format!("{{{body}}}"));
        }
    }
    if dice.percent(30) {
        items.reverse();
    }
    format!("[{}]", items.join(", "))
}

fn env(dice: &mut Dice, is_patch: bool) -> String {
    keyed(dice, is_patch, &["A", "B", "C"], |dice, name| match dice.below(4) {
        0 => format!("name: {name}, value: {}", dice.one(&VALUES)),
        1 => format!("name: {name}, value: $(VAR)"),
        2 => format!(
            "name: {name}, valueFrom: {{secretKeyRef: {{name: {}, key: a}}}}",
            config_name(dice)
        ),
        _ => format!(
            "name: {name}, valueFrom: {{configMapKeyRef: {{name: {}, key: b}}}}",
            config_name(dice)
        ),
    })
}

fn env_from(dice: &mut Dice) -> String {
    list(dice, 2, |dice| {
        let field = dice.one(&["configMapRef", "secretRef"]);
        format!("{{{field}: {{name: {}}}}}", config_name(dice))
    })
}

fn container(dice: &mut Dice, is_patch: bool) -> String {
    let mut fields = Vec::new();
    if dice.percent(60) {
        fields.push(format!(", image: {}", dice.one(&["nginx:1", "repo/app", "busybox@sha256:0"])));
    }
    if dice.percent(50) {
        fields.push(format!(", env: {}", env(dice, is_patch)));
    }
    if dice.percent(50) {
        fields.push(format!(", envFrom: {}", env_from(dice)));
    }
    if dice.percent(25) {
        let mounts = keyed(dice, is_patch, &["/a", "/b"], |dice, path| {
            format!("mountPath: {path}, name: {}", dice.one(&["v", "w"]))
        });
        fields.push(format!(", volumeMounts: {mounts}"));
    }
    if dice.percent(20) {
        fields.push(format!(", args: ['{}', '$(VAR)']", dice.one(&["x", "--a=$(VAR)", "$$(VAR)"])));
    }
    if dice.percent(20) {
        fields.push(format!(", ports: [{{containerPort: {}}}]", dice.one(&[80, 81])));
    }
    fields.concat()
}

fn volume(dice: &mut Dice) -> String {
    let name = config_name(dice);
    match dice.below(4) {
        0 => format!("configMap: {{name: {name}}}"),
        1 => format!("secret: {{secretName: {name}}}"),
        2 => "emptyDir: {}".to_owned(),
        _ => format!(
            "projected: {{sources: [{{configMap: {{name: {name}}}}}, {{secret: {{name: {name}}}}}]}}"
        ),
    }
}

/// The specification of a pod.
pub(super) fn pod(dice: &mut Dice, is_patch: bool) -> String {
    let mut fields = Vec::new();
    let named = |dice: &mut Dice, name: &str| format!("name: {name}{}", container(dice, is_patch));
    fields.push(format!("containers: {}", keyed(dice, is_patch, &["one", "two"], named)));
    if dice.percent(25) {
        fields.push(format!("initContainers: {}", keyed(dice, is_patch, &["init"], named)));
    }
    if dice.percent(50) {
        let volume = |dice: &mut Dice, name: &str| format!("name: {name}, {}", volume(dice));
        fields.push(format!("volumes: {}", keyed(dice, is_patch, &["v", "w"], volume)));
    }
    if dice.percent(15) {
        let secrets = keyed(dice, is_patch, &CONFIGS[2..], |_, name| format!("name: {name}"));
        fields.push(format!("imagePullSecrets: {secrets}"));
    }
    if is_patch && dice.percent(4) {
        fields.push("$patch: replace".to_owned());
    }
    format!("{{{}}}", fields.join(", "))
}

/// What may follow a resource's name in its metadata.
pub(super) fn metadata(dice: &mut Dice, is_patch: bool) -> String {
    let mut fields = Vec::new();
    if dice.percent(25) {
        fields.push(format!(", labels: {}", pairs(dice, is_patch)));
    }
    if dice.percent(25) {
        fields.push(format!(", annotations: {}", pairs(dice, is_patch)));
    }
    fields.concat()
}

/// A workload called `name`, or a patch of one.
pub(super) fn workload(
    dice: &mut Dice,
    name: &str,
    (api_version, kind, before, after): (&str, &str, &str, &str),
    namespace: &str,
    is_patch: bool,
) -> String {
    let template_metadata = metadata(dice, is_patch);
    let template_metadata = template_metadata.strip_prefix(", ").unwrap_or_default();
    format!(
        "apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: {name}{namespace}{}}}\n\
         spec: {{{before}metadata: {{{template_metadata}}}, spec: {}{after}}}\n",
        metadata(dice, is_patch),
        pod(dice, is_patch)
    )
}

/// A ConfigMap or Secret called `name`, or a patch of one.
pub(super) fn config(
    dice: &mut Dice,
    name: &str,
    kind: &str,
    namespace: &str,
    is_patch: bool,
) -> String {
    let field = if kind == "Secret" { "stringData" } else { "data" };
    format!(
        "apiVersion: v1\nkind: {kind}\nmetadata: {{name: {name}{namespace}{}}}\n{field}: {}\n",
        metadata(dice, is_patch),
        pairs(dice, is_patch)
    )
}
