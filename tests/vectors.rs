//! Runs every vector under `fixtures/vectors/` through the program: facts about Reloader and Wave,
//! each a test of its own name.

#![expect(clippy::disallowed_methods, reason = "tests read files")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use libtest_mimic::{Arguments, Failed, Trial};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use support::{run, same};

fn main() {
    let Patterns { names, entries } = read("patterns");
    let entries = entries.into_iter().map(|entry| Pattern { names: names.clone(), entry });
    let trials: Vec<_> = [
        trials(read::<Vec<HashVector>>("hashes")),
        trials(read::<Vec<NameVector>>("variable-names")),
        trials(read::<Vec<BooleanVector>>("booleans")),
        trials(entries.collect()),
        trials(read::<Vec<WaveVector>>("wave")),
    ]
    .into_iter()
    .flatten()
    .collect();
    assert!(trials.len() >= 50, "only {} vectors were found", trials.len());
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// One fact, and how the program shows it.
trait Vector: Send + 'static {
    fn name(&self) -> String;
    fn check(&self) -> Result<(), Failed>;
}

fn trials<V: Vector>(vectors: Vec<V>) -> Vec<Trial> {
    let trial = |vector: V| Trial::test(vector.name(), move || vector.check());
    vectors.into_iter().map(trial).collect()
}

fn read<T: DeserializeOwned>(name: &str) -> T {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/vectors");
    let text = fs::read_to_string(folder.join(format!("{name}.yaml"))).expect("it can be read");
    serde_yaml::from_str(&text).expect("it holds vectors")
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HashVector {
    id: String,
    kind: String,
    name: String,
    #[serde(default)]
    data: BTreeMap<String, String>,
    #[serde(default)]
    binary_data: BTreeMap<String, String>,
    #[serde(default)]
    string_data: BTreeMap<String, String>,
    variable: String,
    sha1: String,
}

impl Vector for HashVector {
    fn name(&self) -> String {
        format!("hash/{}", self.id)
    }

    fn check(&self) -> Result<(), Failed> {
        let config = json!({
            "apiVersion": "v1",
            "kind": self.kind,
            "metadata": {"name": self.name},
            "data": self.data,
            "binaryData": self.binary_data,
            "stringData": self.string_data,
        });
        let variable = variable(&self.kind, &self.name, config);
        same("the variable", &json!(self.variable), &variable["name"])?;
        same("its value", &json!(self.sha1), &variable["expected"])
    }
}

#[derive(Deserialize)]
struct NameVector {
    kind: String,
    name: String,
    variable: String,
}

impl Vector for NameVector {
    fn name(&self) -> String {
        format!("variable-name/{}", self.name)
    }

    fn check(&self) -> Result<(), Failed> {
        let is_core = self.kind == "ConfigMap";
        let api_version = if is_core { "v1" } else { "secrets-store.csi.x-k8s.io/v1" };
        let metadata = json!({"name": self.name});
        let config = json!({"apiVersion": api_version, "kind": self.kind, "metadata": metadata});
        same(
            "the variable",
            &json!(self.variable),
            &variable(&self.kind, &self.name, config)["name"],
        )
    }
}

/// The variable that Reloader would set for `config` in a Deployment that lists it.
fn variable(kind: &str, name: &str, config: Value) -> Value {
    let key = format!("{}.reloader.stakater.com/reload", kind.to_lowercase());
    let deployment = deployment(&json!({key: name}), &json!({"containers": [{"name": "web"}]}));
    let workload = explain(&[config, deployment], &["--strategy", "env-vars"]);
    workload["stamp"]["variables"][0].clone()
}

#[derive(Deserialize)]
struct BooleanVector {
    value: String,
    auto: bool,
    others: bool,
}

impl Vector for BooleanVector {
    fn name(&self) -> String {
        format!("boolean/{:?}", self.value)
    }

    fn check(&self) -> Result<(), Failed> {
        let value = &self.value;
        let cases = [
            (json!({"configmap.reloader.stakater.com/auto": value}), json!({}), self.auto),
            (json!({"reloader.stakater.com/auto": value}), json!({}), self.auto),
            (
                json!({"reloader.stakater.com/search": value}),
                json!({"reloader.stakater.com/match": "true"}),
                self.others,
            ),
            (
                json!({"reloader.stakater.com/search": "true"}),
                json!({"reloader.stakater.com/match": value}),
                self.others,
            ),
            (
                json!({"reloader.stakater.com/auto": "true"}),
                json!({"reloader.stakater.com/ignore": value}),
                !self.others,
            ),
        ];
        let pod = json!({"containers": [
            {"name": "web", "envFrom": [{"configMapRef": {"name": "settings"}}]}
        ]});
        for (of_workload, of_config, is_tracked) in cases {
            let config = config_map("settings", &of_config);
            let workload = explain(&[config, deployment(&of_workload, &pod)], &[]);
            let law = format!("{of_workload} with {of_config}");
            same(&law, &json!(is_tracked), &workload["configs"][0]["tracked"])?;
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct Patterns {
    names: Vec<String>,
    entries: Vec<PatternVector>,
}

#[derive(Deserialize)]
struct PatternVector {
    entry: String,
    valid: bool,
    matches: Vec<String>,
}

/// An entry, and the names that there are.
struct Pattern {
    names: Vec<String>,
    entry: PatternVector,
}

impl Vector for Pattern {
    fn name(&self) -> String {
        format!("pattern/{}", self.entry.entry)
    }

    fn check(&self) -> Result<(), Failed> {
        let PatternVector { entry, valid, matches } = &self.entry;
        let annotations = json!({"configmap.reloader.stakater.com/reload": entry});
        let mut resources: Vec<_> =
            self.names.iter().map(|name| config_map(name, &json!({}))).collect();
        resources.push(deployment(&annotations, &json!({"containers": [{"name": "web"}]})));
        let bundle = explain_bundle(&resources, &[]);
        let workload = &bundle["workloads"][0];
        let mut expected: Vec<_> = matches.iter().map(String::as_str).collect();
        expected.sort_unstable();
        same("what it matches", &expected, &tracked(workload))?;
        let findings = bundle["findings"].as_array().cloned().unwrap_or_default();
        let is_refused = findings.iter().any(|finding| finding["code"] == "invalid-pattern");
        same("whether Go takes it", valid, &!is_refused)
    }
}

#[derive(Deserialize)]
struct WaveVector {
    id: String,
    pod: Value,
    json: String,
    sha256: String,
}

impl Vector for WaveVector {
    fn name(&self) -> String {
        format!("wave/{}", self.id)
    }

    /// What `explain` says that the workload tracks, and by which keys, is all that it takes to
    /// work out Wave's own hash.
    fn check(&self) -> Result<(), Failed> {
        let expected: Value =
            serde_json::from_str(&self.json).map_err(|error| error.to_string())?;
        let kinds = [("ConfigMap", "configMaps"), ("Secret", "secrets")];
        let mut contents = BTreeMap::new();
        let mut resources = Vec::new();
        for (kind, field) in kinds {
            for (name, data) in expected[field].as_object().into_iter().flatten() {
                let field = if kind == "Secret" { "data" } else { "binaryData" };
                let metadata = json!({"name": name});
                resources.push(json!({
                    "apiVersion": "v1", "kind": kind, "metadata": metadata, field: data
                }));
                contents.insert((kind.to_owned(), name.clone()), data.clone());
            }
        }
        let opt_in = json!({"wave.pusher.com/update-on-config-change": "true"});
        resources.push(deployment(&opt_in, &self.pod));
        let workload = explain(&resources, &[]);

        let mut found = json!({"configMaps": {}, "secrets": {}});
        let configs = workload["configs"].as_array().cloned().unwrap_or_default();
        for config in configs.iter().filter(|config| config["tracked"] == true) {
            let text = |key: &str| config[key].as_str().unwrap_or_default().to_owned();
            let (kind, name) = (text("kind"), text("name"));
            let field = kinds.iter().find(|known| known.0 == kind).map_or("", |known| known.1);
            let keys = config["keys"].as_array().cloned().unwrap_or_default();
            let content = &contents[&(kind, name.clone())];
            let entries = keys.iter().filter_map(Value::as_str).map(|key| {
                let bytes = STANDARD.decode(content[key].as_str().unwrap_or_default());
                (key.to_owned(), Value::from(STANDARD.encode(bytes.unwrap_or_default())))
            });
            found[field][&name] = Value::Object(entries.collect());
        }
        let text = found.to_string();
        same("what Wave hashes", &self.json, &text)?;
        let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
        same("Wave's hash", &self.sha256, &digest.map(|byte| format!("{byte:02x}")).concat())
    }
}

fn config_map(name: &str, annotations: &Value) -> Value {
    let metadata = json!({"name": name, "annotations": annotations});
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"key": "value"}})
}

fn deployment(annotations: &Value, pod: &Value) -> Value {
    let metadata = json!({"name": "web", "annotations": annotations});
    let spec = json!({"template": {"spec": pod}});
    json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec})
}

/// The names of the configs that a workload tracks, sorted.
fn tracked(workload: &Value) -> Vec<&str> {
    let configs = workload["configs"].as_array().into_iter().flatten();
    let tracked = configs.filter(|config| config["tracked"] == true);
    let mut names: Vec<_> = tracked.filter_map(|config| config["name"].as_str()).collect();
    names.sort_unstable();
    names
}

/// What `explain` says of the one workload among `resources`.
fn explain(resources: &[Value], args: &[&str]) -> Value {
    explain_bundle(resources, args)["workloads"][0].clone()
}

fn explain_bundle(resources: &[Value], args: &[&str]) -> Value {
    let text = resources.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    let all = ["explain", "-", "--output", "json"].iter().chain(args);
    let output = run(Path::new(env!("CARGO_TARGET_TMPDIR")), all, text.as_bytes());
    let explained: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    explained["bundles"][0].clone()
}
