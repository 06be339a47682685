//! Random trees of kustomization files.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::dice::Dice;
use super::pods::{KINDS, WORKLOADS, config, config_name, workload};

/// The directory of the root.
pub(super) const ROOT: &str = "ov";

/// The files of a tree, by their paths.
pub(super) fn tree(dice: &mut Dice) -> BTreeMap<String, String> {
    let mut tree = Tree { files: BTreeMap::new(), workloads: Vec::new(), configs: Vec::new() };
    tree.base(dice, "base", &WORKLOADS[..1]);
    let mut bases = vec!["../base".to_owned()];
    if dice.percent(25) {
        tree.base(dice, "other", &WORKLOADS[1..]);
        bases.push("../other".to_owned());
    }
    let components = if dice.percent(30) { tree.component(dice) } else { "" };
    if dice.percent(40) {
        let text = format!("resources: [{}]\n", bases.join(", "));
        tree.layer(dice, "mid", text, 1);
        bases = vec!["../mid".to_owned()];
    }
    if dice.percent(30) {
        let text = tree.resources(dice, &[], 1);
        tree.files.insert("ov/own.yaml".to_owned(), text);
        bases.push("own.yaml".to_owned());
    }
    tree.layer(dice, ROOT, format!("resources: [{}]\n{components}", bases.join(", ")), 2);
    tree.files
}

/// A kind's row in [`KINDS`].
type Kind = (&'static str, &'static str, &'static str, &'static str);

struct Tree {
    files: BTreeMap<String, String>,
    /// The workloads so far, as they are called in their files.
    workloads: Vec<(&'static str, Kind)>,
    /// The ConfigMaps and Secrets so far: their kind and name, and whether they are generated.
    configs: Vec<(&'static str, &'static str, bool)>,
}

impl Tree {
    fn base(&mut self, dice: &mut Dice, folder: &str, names: &[&'static str]) {
        let most = dice.below(3);
        let text = self.resources(dice, names, most);
        self.files.insert(format!("{folder}/r.yaml"), text);
        self.layer(dice, folder, "resources: [r.yaml]\n".to_owned(), 0);
    }

    fn component(&mut self, dice: &mut Dice) -> &'static str {
        let head = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n";
        self.layer(dice, "comp", head.to_owned(), 1);
        "components: [../comp]\n"
    }

    /// A file of resources: the workloads `names`, and up to `configs` ConfigMaps and Secrets.
    fn resources(&mut self, dice: &mut Dice, names: &[&'static str], configs: usize) -> String {
        let mut documents = Vec::new();
        for name in names {
            let kind = dice.one(&KINDS);
            let namespace = if dice.percent(10) { ", namespace: own" } else { "" };
            documents.push(workload(dice, name, kind, namespace, false));
            self.workloads.push((name, kind));
        }
        for _ in 0..configs {
            let kind = dice.one(&["ConfigMap", "Secret"]);
            let Some(name) = self.new_name(dice, kind) else { continue };
            let namespace = if dice.percent(10) { ", namespace: own" } else { "" };
            documents.push(config(dice, name, kind, namespace, false));
            self.configs.push((kind, name, false));
        }
        documents.join("---\n")
    }

    /// A name that no ConfigMap or Secret has, mostly.
    fn new_name(&self, dice: &mut Dice, kind: &str) -> Option<&'static str> {
        let name = config_name(dice);
        let is_known = self.configs.iter().any(|known| (known.0, known.1) == (kind, name));
        (!is_known || dice.percent(4)).then_some(name)
    }

    /// The kustomization file in `folder`, which begins with `text`, and what it reads.
    fn layer(&mut self, dice: &mut Dice, folder: &str, mut text: String, level: usize) {
        let mut unlikely = |dice: &mut Dice, percent, line: &str| {
            if dice.percent(percent) {
                text.push_str(line);
            }
        };
        let prefix = dice.one(&["namePrefix: p-\n", "namePrefix: q-\n"]);
        unlikely(dice, 25, prefix);
        unlikely(dice, 15, "nameSuffix: -s\n");
        let namespace = dice.one(&["namespace: one\n", "namespace: two\n"]);
        unlikely(dice, 20, namespace);
        unlikely(dice, 12, "commonAnnotations: {note: 'x'}\n");
        unlikely(dice, 8, "commonLabels: {team: t}\n");
        let label = dice.one(&[
            "labels: [{pairs: {l: m}}]\n",
            "labels: [{pairs: {l: m}, includeTemplates: true}]\n",
            "labels: [{pairs: {l: m}, includeSelectors: true}]\n",
        ]);
        unlikely(dice, 12, label);
        unlikely(dice, 10, "images: [{name: nginx, newTag: '2'}]\n");
        unlikely(dice, 1, "replicas: [{name: web, count: 3}]\n");
        let options = dice.one(&[
            "generatorOptions: {disableNameSuffixHash: true}\n",
            "generatorOptions: {labels: {g: h}, annotations: {g: h}}\n",
            "generatorOptions: {immutable: true}\n",
        ]);
        unlikely(dice, 15, options);
        if dice.percent(8) {
            text.push_str("configurations: [conf.yaml]\n");
            let rollout = "nameReference:\n- kind: ConfigMap\n  version: v1\n  fieldSpecs:\n  - \
                           {kind: Rollout, path: spec/template/spec/containers/envFrom/configMapRef/name}\n\
                           varReference:\n- {kind: ConfigMap, path: data}\n";
            self.files.insert(format!("{folder}/conf.yaml"), rollout.to_owned());
        }
        self.generators(dice, folder, &mut text, level);
        self.patches(dice, folder, &mut text);
        if dice.percent(8) {
            self.replacement(dice, &mut text);
        }
        if level == 0 && folder == "base" && dice.percent(20) {
            self.variable(dice, &mut text);
        }
        self.files.insert(format!("{folder}/kustomization.yaml"), text);
    }

    fn generators(&mut self, dice: &mut Dice, folder: &str, text: &mut String, level: usize) {
        for (field, kind) in [("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")] {
            if !dice.percent(45) {
                continue;
            }
            let known: Vec<_> = self.configs.iter().filter(|known| known.0 == kind).collect();
            let (name, behavior) = if level > 0 && !known.is_empty() && dice.percent(60) {
                (known[dice.below(known.len())].1, dice.one(&["merge", "merge", "replace"]))
            } else {
                let Some(name) = self.new_name(dice, kind) else { continue };
                (name, "")
            };
            let _ = writeln!(text, "{field}:\n- name: {name}");
            if !behavior.is_empty() {
                let _ = writeln!(text, "  behavior: {behavior}");
            }
            if dice.percent(70) {
                let value = dice.one(&["a=1", "b=x y", "c='q'", "n=", "a=$(VAR)"]);
                let _ = writeln!(text, "  literals: [\"{value}\", \"{folder}=1\"]");
            }
            if dice.percent(25) {
                let _ = writeln!(text, "  envs: [my.env]");
                let lines = "# comment\nE=1\nF = two\nG\n".to_owned();
                self.files.insert(format!("{folder}/my.env"), lines);
            }
            if dice.percent(25) {
                let _ = writeln!(text, "  files: [file.txt, k=file.txt]");
                self.files.insert(format!("{folder}/file.txt"), "line\nother\n".to_owned());
            }
            if dice.percent(15) {
                let options = dice.one(&[
                    "{disableNameSuffixHash: true}",
                    "{labels: {o: p}}",
                    "{annotations: {o: p}, immutable: true}",
                ]);
                let _ = writeln!(text, "  options: {options}");
            }
            if dice.percent(8) {
                let _ = writeln!(text, "  namespace: own");
            }
            self.configs.push((kind, name, true));
        }
    }

    fn patches(&mut self, dice: &mut Dice, folder: &str, text: &mut String) {
        let mut entries = Vec::new();
        for index in 0..dice.below(3) {
            entries.push(match dice.below(3) {
                0 => operations(dice),
                1 => selected(dice),
                _ => {
                    let patch = self.named(dice);
                    let file = format!("patch{index}.yaml");
                    self.files.insert(format!("{folder}/{file}"), patch);
                    if dice.percent(20) {
                        let _ = writeln!(text, "patchesStrategicMerge: [{file}]");
                        continue;
                    }
                    format!("- path: {file}\n")
                }
            });
        }
        // A field must not stand there twice.
        if text.matches("patchesStrategicMerge").count() > 1 {
            let last = text.rfind("patchesStrategicMerge").unwrap();
            text.truncate(last);
        }
        if !entries.is_empty() {
            let _ = write!(text, "patches:\n{}", entries.concat());
        }
    }

    /// A patch that names what it is for.
    fn named(&self, dice: &mut Dice) -> String {
        let affix = if dice.percent(5) { "p-" } else { "" };
        let namespace = if dice.percent(3) { ", namespace: one" } else { "" };
        if self.configs.is_empty() || dice.percent(65) {
            let (name, kind) = self.workloads[dice.below(self.workloads.len().max(1))];
            if dice.percent(3) {
                let (api_version, kind, ..) = kind;
                return format!(
                    "$patch: delete\napiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: {name}}}\n"
                );
            }
            return workload(dice, &format!("{affix}{name}"), kind, namespace, true);
        }
        let (kind, name, _) = self.configs[dice.below(self.configs.len())];
        config(dice, &format!("{affix}{name}"), kind, namespace, true)
    }

    fn replacement(&self, dice: &mut Dice, text: &mut String) {
        let Some(&(kind, name, _)) = self.configs.first() else { return };
        let (field, target) = dice.one(&[
            ("metadata.name", "{select: {kind: Deployment}, fieldPaths: [metadata.annotations.from], options: {create: true}}"),
            ("metadata.name", "{select: {name: web}, fieldPaths: ['spec.template.spec.containers.*.env.[name=A].value'], options: {create: true}}"),
            ("metadata.name", "{select: {kind: ConfigMap}, reject: [{name: cfg}], fieldPaths: [data.from], options: {create: true}}"),
            ("data.a", "{select: {kind: ConfigMap, name: env}, fieldPaths: [data.a]}"),
            ("data.a", "{select: {kind: ConfigMap}, fieldPaths: [data.d], options: {create: true, delimiter: '-', index: 1}}"),
        ]);
        let _ = writeln!(
            text,
            "replacements:\n- source: {{kind: {kind}, name: {name}, fieldPath: {field}}}\n  targets: [{target}]"
        );
    }

    fn variable(&self, dice: &mut Dice, text: &mut String) {
        let Some(&(kind, name, _)) = self.configs.first() else { return };
        let field = dice.one(&["metadata.name", "metadata.name", "data.a", "metadata.namespace"]);
        let _ = writeln!(
            text,
            "vars:\n- name: VAR\n  objref: {{apiVersion: v1, kind: {kind}, name: {name}}}\n  \
             fieldref: {{fieldpath: {field}}}"
        );
    }
}

/// A patch with a target.
fn selected(dice: &mut Dice) -> String {
    let target = dice.one(&[
        "{kind: Deployment}",
        "{kind: 'Deployment|StatefulSet', name: 'w.*'}",
        "{kind: ConfigMap, name: cfg}",
        "{kind: Secret}",
        "{labelSelector: 'a=x'}",
        "{annotationSelector: 'note'}",
        "{name: 'p-.*'}",
        "{kind: ConfigMap, namespace: one}",
    ]);
    let is_config = target.contains("ConfigMap") || target.contains("Secret");
    let patch = if is_config {
        let kind = if target.contains("Secret") { "Secret" } else { "ConfigMap" };
        config(dice, "any", kind, "", true)
    } else {
        let kind = KINDS[0];
        workload(dice, "any", kind, "", true)
    };
    let patch = patch.trim_end().replace('\n', "\n    ");
    format!("- target: {target}\n  patch: |-\n    {patch}\n")
}

/// A JSON 6902 patch.
fn operations(dice: &mut Dice) -> String {
    let (target, path) = dice.one(&[
        ("{kind: ConfigMap}", "/data/a"),
        ("{kind: ConfigMap, name: cfg}", "/data/new"),
        ("{kind: Secret}", "/stringData/a"),
        ("{kind: Deployment}", "/spec/template/metadata/annotations/x"),
        ("{kind: Deployment}", "/spec/template/spec/containers/0/envFrom"),
        ("{kind: StatefulSet}", "/spec/template/spec/containers/-"),
        ("{name: web}", "/metadata/annotations/note~1x"),
        ("{name: web}", "/metadata/labels"),
    ]);
    let value = match path.rsplit('/').next() {
        Some("envFrom") => "[{configMapRef: {name: env}}]",
        Some("-") => "{name: added, envFrom: [{secretRef: {name: cred}}]}",
        Some("labels") => "{new: label}",
        _ => dice.one(&["text", "'5'", "y"]),
    };
    let op = dice.one(&["add", "add", "add", "replace"]);
    format!("- target: {target}\n  patch: |-\n    - {{op: {op}, path: {path}, value: {value}}}\n")
}

#[test]
fn a_seed_always_makes_the_same_tree() {
    assert_eq!(tree(&mut Dice::new(7)), tree(&mut Dice::new(7)));
    assert_ne!(tree(&mut Dice::new(7)), tree(&mut Dice::new(8)));
}
