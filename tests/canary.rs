//! Secrets stay secret: a value planted in every kind of Secret, written and broken in many ways, is in
//! nothing that the library and the program say.

#![expect(clippy::disallowed_methods, reason = "tests write files")]

mod support;

use std::fs;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rollstamp::report::{CheckFormat, ExplainFormat, Report, diff, error, options_error};
use rollstamp::{Options, Plan, Source, Strategy, plan_check, plan_strip, run_function};
use serde_json::{Value, json};
use support::{printed, run_with};

const CANARY: &str = "Xq7vK2zPw9LtRf4mQ";

/// How much of it must not be seen.
const PIECE: usize = 8;

fn encoded() -> String {
    STANDARD.encode(CANARY)
}

/// Fails if a piece of the canary, plain or encoded, is in `text`.
fn assert_unseen(text: &str, input: &str) {
    for value in [CANARY, &encoded()] {
        let pieces = value.as_bytes().windows(PIECE);
        let pieces = pieces.map(|piece| std::str::from_utf8(piece).expect("it is ASCII"));
        for piece in pieces {
            assert!(!text.contains(piece), "{piece:?} is in\n{text}\n\nfor\n{input}");
        }
    }
}

/// Objects that hold a Secret's value: at `VALUE`, under the key `token`.
fn objects() -> Vec<Value> {
    let metadata = json!({"name": "s"});
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": {"token": "VALUE"}
    });
    let with = |(key, value): (&str, Value)| {
        let mut object = secret.clone();
        object[key] = value;
        object
    };
    let of = |api_version: &str, kind: &str, spec: Value| json!({"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec});
    let applied = "{\"kind\":\"Secret\",\"data\":{\"token\":\"VALUE\"}}";
    let applied = json!({"kubectl.kubernetes.io/last-applied-configuration": applied});
    vec![
        secret.clone(),
        with(("stringData", json!({"token": "VALUE", "other": "VALUE"}))),
        with(("sops", json!({"mac": "VALUE"}))),
        with(("metadata", json!({"name": "s", "annotations": applied, "labels": {"a": true}}))),
        with((
            "metadata",
            json!({"name": "s", "annotations": {"config.kubernetes.io/local-config": "true"}}),
        )),
        json!({"apiVersion": "v1", "kind": "SecretList", "items": [{"data": {"token": "VALUE"}}]}),
        json!({"apiVersion": "v1", "kind": "List", "items": [{"kind": "List", "items": [secret]}]}),
        json!({"apiVersion": "template.openshift.io/v1", "kind": "Template", "objects": [secret]}),
        of("bitnami.com/v1alpha1", "SealedSecret", json!({"encryptedData": {"token": "VALUE"}})),
        of(
            "external-secrets.io/v1",
            "ExternalSecret",
            json!({"target": {"template": {"data": {"token": "VALUE"}}}}),
        ),
        of(
            "isindir.github.com/v1alpha3",
            "SopsSecret",
            json!({"secretTemplates": [{"name": "s", "stringData": {"token": "VALUE"}}]}),
        ),
        json!({
            "apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization",
            "secretGenerator": [{"name": "s", "literals": ["token=VALUE"]}]
        }),
        json!({"metadata": metadata, "stringData": {"token": "VALUE"}}),
    ]
}

/// What stands beside it: a config that Kubernetes would refuse, and a workload with a wrong annotation.
fn neighbours() -> [Value; 2] {
    let annotations =
        json!({"reloader.stakater.com/auto": "true", "reloader.stakater.com/serch": 1});
    let env_from = json!([{"secretRef": {"name": "s"}}, {"configMapRef": {"name": "c"}}]);
    let pod = json!({"spec": {"containers": [{"name": "c", "envFrom": env_from}]}});
    [
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"a b": 1}}),
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "spec": {"template": pod},
            "metadata": {"name": "w", "annotations": annotations}
        }),
    ]
}

fn yaml(value: &Value) -> String {
    serde_yaml::to_string(value).expect("JSON is YAML")
}

/// The ways to write an object and what stands beside it.
const LAYOUTS: [fn(&Value) -> String; 6] = [
    |object| [object].into_iter().chain(&neighbours()).map(yaml).collect::<Vec<_>>().join("---\n"),
    |object| yaml(&list(object, "v1", "List")),
    |object| list(object, "v1", "List").to_string(),
    |object| format!("{:#}", list(object, "config.kubernetes.io/v1", "ResourceList")),
    |object| yaml(&list(object, "config.kubernetes.io/v1", "ResourceList")),
    |object| format!("{object}\n{:#}\n", neighbours()[1]),
];

fn list(object: &Value, api_version: &str, kind: &str) -> Value {
    let [config, workload] = neighbours();
    json!({"apiVersion": api_version, "kind": kind, "items": [config, object, workload]})
}

/// What to write for a part of the text: `@` is the canary, `#` the canary in base64.
const FAULTS: [(&str, &str); 29] = [
    ("VALUE", "#"),
    ("VALUE", "@"),
    ("VALUE", "<@>"),
    ("VALUE", "${A:-@}"),
    ("VALUE", "<path:@#@>"),
    ("VALUE", "{{ @ }}"),
    ("VALUE", "@\n\tx: y"),
    ("VALUE", "@\nx: y"),
    ("VALUE", "\"@"),
    ("VALUE", "@\\q"),
    ("VALUE", "*@"),
    ("VALUE", "&@ *b"),
    ("VALUE", "!<@"),
    ("VALUE", "[@"),
    ("VALUE", "[@]"),
    ("VALUE", "{a: @, a: @}"),
    ("VALUE", "|\n    @\n  x"),
    ("VALUE", "@: @: @"),
    ("VALUE", "@\u{0}"),
    ("VALUE", "@\n<<<<<<< HEAD\n=======\n"),
    ("VALUE", "@\n{{- if .Values.x }}\n"),
    ("\"VALUE\"", "#"),
    ("\"VALUE\"", "[\"@\"]"),
    ("\"VALUE\"", "12345678@"),
    ("token: ", "token "),
    ("token", "bad key"),
    ("token", "<<"),
    ("kind: Secret", "kind: \"\\x53ecret\""),
    ("kind: Secret", "kind: Secret\nkind: Secret\n\tx"),
];

fn texts() -> impl Iterator<Item = String> {
    let written = objects().into_iter().flat_map(|object| LAYOUTS.map(|layout| layout(&object)));
    written.flat_map(|text| {
        let broken = FAULTS.map(|(part, fault)| text.replace(part, fault));
        let ends = ["x: [\n", "}\n", "- x\n", "\t\n"].map(|end| text.clone() + end);
        let other =
            [text.replace('\n', "\r\n"), format!("\u{feff}{text}"), format!("{text}---\n{text}")];
        let all = broken.into_iter().chain(ends).chain(other);
        all.map(|text| text.replace("VALUE", "@").replace('@', CANARY).replace('#', &encoded()))
    })
}

/// Everything that the library says about `text`.
fn said(text: &str) -> String {
    let source = Source::new("app.yaml", text);
    let sources = std::slice::from_ref(&source);
    let mut said = String::new();
    let default = Options::default();
    let variables = Options { strategy: Strategy::EnvVars, ..Options::default() };
    for planned in [
        plan_check(sources, &default),
        plan_check(sources, &variables),
        plan_strip(sources, &default),
    ] {
        match planned {
            Ok(plan) => said.extend(shown(sources, &plan)),
            Err(failed) => said.extend([failed.to_string(), error(&failed, sources)]),
        }
    }
    match run_function(&source, |_| Ok(())) {
        Ok(Some(output)) => {
            let list: serde_yaml::Value = serde_yaml::from_str(&output.text).unwrap_or_default();
            said.extend([output.messages, format!("{:?}", list.get("results"))]);
        }
        Ok(None) => {}
        Err(failed) => said.push_str(&failed.to_string()),
    }
    said
}

/// What the library says about `text` as a configuration.
fn said_of_options(text: &str) -> String {
    let source = Source::new("app.yaml", text);
    let errors = [Options::from_yaml(text).err(), Options::from_function_config(text).err()];
    let errors = errors.into_iter().flatten();
    errors.flat_map(|error| [error.to_string(), options_error(&error, &source)]).collect()
}

fn shown<'s>(sources: &'s [Source<'s>], plan: &'s Plan) -> impl Iterator<Item = String> + 's {
    let report = || Report::new("app.yaml", sources, plan);
    let check = CheckFormat::ALL.into_iter().filter(|(_, format)| *format != CheckFormat::Sarif);
    let check = check.map(move |(_, format)| format.render(&[report()]));
    let explain = ExplainFormat::ALL.map(|(_, format)| format.render(&[report()]));
    // SARIF holds the documentation too, which takes longer than all the rest.
    let messages = plan.findings.iter().flat_map(|one| [one.message.clone(), one.help.clone()]);
    check.chain(explain).chain(messages).chain([diff(sources, &plan.edits[0], 0)])
}

#[test]
fn the_library_says_nothing_of_a_secret() {
    let mut count = 0;
    for text in texts() {
        assert_unseen(&said(&text), &text);
        // Every time takes too long, because every time a schema is made.
        if count % 7 == 0 {
            assert_unseen(&said_of_options(&text), &text);
        }
        count += 1;
    }
    assert!(count > 2000, "only {count} texts were tried");
}

#[test]
fn the_program_says_nothing_of_a_secret() {
    const COMMANDS: [&[&str]; 12] = [
        &["check", "-v", "."],
        &["check", "--skip-invalid", "."],
        &["explain", "."],
        &["stamp", "--diff", "."],
        &["stamp", "--list", "--strategy", "env-vars", "app.yaml"],
        &["strip", "-v", "."],
        &["check", "--config", "app.yaml", "."],
        &["check", "--exclude", "[", "."],
        &["explain", "--digest-input", "w", "."],
        &["check", "-"],
        &["stamp", "--diff", "-"],
        &["check", "missing.yaml", "app.yaml"],
    ];
    let folder = tempfile::tempdir().expect("a folder can be made");
    // Every text is too much for processes; a step that shares no factor with the tables meets all rows.
    for (index, text) in texts().step_by(41).enumerate() {
        fs::write(folder.path().join("app.yaml"), &text).expect("the file can be written");
        let said = printed(&run_with(
            folder.path(),
            COMMANDS[index % COMMANDS.len()],
            text.as_bytes(),
            None,
        ));
        assert_unseen(&said, &text);
        // The filter prints what it is given; only what it says beside that counts.
        let filtered = run_with(folder.path(), [""; 0], text.as_bytes(), None);
        assert_unseen(&String::from_utf8_lossy(&filtered.stderr), &text);
        let config = [("KUSTOMIZE_PLUGIN_CONFIG_STRING", text.replace('\0', ""))];
        let plugin = run_with(folder.path(), ["app.yaml"], b"", config);
        assert_unseen(&printed(&plugin), &text);
    }
}
