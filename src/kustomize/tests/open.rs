//! What cannot be known or built, and what is said about it.

use super::super::{Build, BuildError, Origin, Resolver, Touches, is_named_by_content, roots};
use super::Map;

const CONFIG: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cfg}\ndata: {a: '1'}\n";

/// Builds `root` of `files`.
fn build(root: &str, files: &[(&str, &str)]) -> Result<Build, BuildError> {
    let files = Map::from(files.iter().copied());
    Resolver::new(&files).build(root)
}

/// Builds a kustomization file beside `cfg.yaml`, which holds a ConfigMap.
fn build_one(kustomization: &str) -> Result<Build, BuildError> {
    build("", &[("kustomization.yaml", kustomization), ("cfg.yaml", CONFIG)])
}

/// The field, what it leaves open, and whether the ConfigMap may be another.
fn unknown(kustomization: &str) -> Vec<(&'static str, Touches, bool)> {
    let build = build_one(kustomization).unwrap();
    let is_open = build.resources[0].is_open();
    build.unknown.iter().map(|unknown| (unknown.field, unknown.touches, is_open)).collect()
}

#[test]
fn what_is_not_known_says_what_it_leaves_open() {
    use Touches::{Additions, Everything, Nothing};
    for (field, expected) in [
        ("helmCharts: [{name: x}]", ("helmCharts", Additions, false)),
        ("generators: [cfg.yaml]", ("generators", Additions, false)),
        ("validators: [cfg.yaml]", ("validators", Nothing, false)),
        ("crds: [cfg.yaml]", ("crds", Everything, true)),
        ("openapi: {path: cfg.yaml}", ("openapi", Everything, true)),
        ("components: ['github.com/a/b//c?ref=v1']", ("components", Everything, true)),
    ] {
        let kustomization = format!("resources: [cfg.yaml]\n{field}\n");
        assert_eq!(unknown(&kustomization), [expected], "{field}");
    }
    let plugin = "resources: [cfg.yaml]\ntransformers:\n- |-\n  apiVersion: x\n  kind: Plugin\n  \
                  metadata: {name: a}\n";
    assert_eq!(unknown(plugin), [("transformers", Everything, true)]);
}

#[test]
fn the_resources_of_a_remote_base_are_not_missed() {
    let kustomization = "resources: [cfg.yaml, 'https://example.org/x//y?ref=1']\npatches:\n- patch: |-\n    \
                         {apiVersion: v1, kind: Secret, metadata: {name: far}}\nconfigMapGenerator:\n- {name: \
                         far, behavior: merge, literals: [a=b]}\nreplicas: [{name: far, count: 2}]\n";
    let build = build_one(kustomization).unwrap();
    assert_eq!(build.resources.len(), 1);
    let fields: Vec<_> = build.unknown.iter().map(|unknown| unknown.field).collect();
    assert_eq!(fields, ["resources", "behavior"]);
}

#[test]
fn what_kustomize_refuses_is_an_error_in_its_place() {
    for (kustomization, place, message) in [
        ("resources: [gone.yaml]", "gone.yaml", "there is no file or directory `gone.yaml`"),
        ("resources: [../x.yaml]", "../x.yaml", "`../x.yaml` is outside the repository"),
        ("resources: [.]", ".", "a kustomization file must not use itself"),
        ("namePrefix: 1", "1", "this must be a string, but `1` is a number"),
        ("resources: {a: b}", "{a: b}", "this must be a list"),
        ("foo: bar", "bar", "unknown field `foo`"),
        ("patches: [{patch: '[]', on: x}]", "x", "unknown field `on`"),
        ("kind: Deployment", "Deployment", "`kind` must be"),
        ("components: [gone]", "gone", "there is no directory `gone`"),
        ("replicas: [{name: x}]", "{name: x}", "no workload is called `x`"),
        ("patches: [{}]", "{}", "a patch must have `patch` or `path`"),
    ] {
        let error = build_one(kustomization).unwrap_err();
        assert_eq!(&kustomization[error.span.clone().unwrap()], place, "{error:?}");
        assert!(error.message.starts_with(message), "{error:?}");
        assert_eq!(&*error.file, "kustomization.yaml");
    }
}

#[test]
fn bases_that_use_each_other_are_an_error() {
    let files = [
        ("a/kustomization.yaml", "resources: [../b]"),
        ("b/kustomization.yaml", "resources: [../a]"),
    ];
    let error = build("a", &files).unwrap_err();
    assert_eq!((&*error.file, error.span), ("b/kustomization.yaml", Some(12..16)));
}

/// Bases can be used twice at each of many levels, which makes a short text stand for a long one.
#[test]
fn a_build_is_bounded() {
    let mut files = vec![("l0/cfg.yaml".to_owned(), CONFIG.to_owned())];
    files.push(("l0/kustomization.yaml".to_owned(), "resources: [cfg.yaml]".to_owned()));
    for level in 1..40 {
        let below = level - 1;
        for side in ["a", "b"] {
            let text = format!("resources: [../l{below}]\nnamePrefix: {side}-\n");
            files.push((format!("l{level}{side}/kustomization.yaml"), text));
        }
        let text = format!("resources: [../l{level}a, ../l{level}b]");
        files.push((format!("l{level}/kustomization.yaml"), text));
    }
    let files: Vec<_> = files.iter().map(|(path, text)| (&**path, &**text)).collect();
    let error = build("l39", &files).unwrap_err();
    assert!(error.message.contains("levels") || error.message.contains("more than"), "{error:?}");
    let aliases = "a: &a [1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\n\
                   d: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f \
                   [*e,*e,*e,*e,*e,*e,*e,*e]\ng: &g [*f,*f,*f,*f,*f,*f,*f,*f]\nh: [*g,*g,*g,*g,*g,*g,*g,*g]\n";
    let error = build_one(&format!("resources: [cfg.yaml]\n{aliases}")).unwrap_err();
    assert!(error.message.starts_with("aliases stand for more than"), "{error:?}");
}

/// What a secretGenerator reads is a Secret.
#[test]
fn no_error_shows_what_feeds_a_secret() {
    for (source, content) in [
        ("envs: [s.env]", &b"KEY=hunter2\nKEY=hunter2\n"[..]),
        ("envs: [s.env]", b"KEY=hunter2\xff\n"),
        ("literals: ['hunter2']", b""),
        ("literals: ['=hunter2']", b""),
    ] {
        let kustomization = format!("secretGenerator:\n- name: s\n  {source}\n");
        let mut files = Map::from([("kustomization.yaml", &*kustomization)]);
        files.0.insert("s.env".to_owned(), content.into());
        let error = Resolver::new(&files).build("").unwrap_err();
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
}

#[test]
fn a_generated_config_knows_what_feeds_it() {
    let files = [
        ("base/kustomization.yaml", "secretGenerator:\n- {name: s, envs: [s.env]}\n"),
        ("base/s.env", "A=ENC[AES256_GCM,data:x]\nsops_version=3\n"),
        (
            "ov/kustomization.yaml",
            "resources: [../base]\nsecretGenerator:\n- {name: s, behavior: merge, files: [k=../x.conf]}\n",
        ),
        ("x.conf", "x"),
    ];
    let build = build("ov", &files).unwrap();
    let secret = &build.resources[0];
    assert!(secret.is_encrypted() && is_named_by_content(secret.value()));
    let inputs = secret.origins().iter().map(|origin| match origin {
        Origin::Generator { file, inputs, .. } => (&**file, &*inputs[0]),
        Origin::Document { .. } => panic!("it is generated"),
    });
    let inputs: Vec<_> = inputs.collect();
    assert_eq!(
        inputs,
        [("base/kustomization.yaml", "base/s.env"), ("ov/kustomization.yaml", "x.conf")]
    );
    let read = build.files_read();
    let read: Vec<_> = read.iter().map(|file| &**file).collect();
    assert_eq!(read, ["base/kustomization.yaml", "base/s.env", "ov/kustomization.yaml", "x.conf"]);
    assert_eq!(build.notes.len(), 1, "kubectl refuses ../x.conf");
}

#[test]
fn an_item_of_a_list_knows_where_it_is() {
    let list = format!("apiVersion: v1\nkind: List\nitems:\n- {}\n", CONFIG.replace('\n', "\n  "));
    let files = [("kustomization.yaml", "resources: [l.yaml]"), ("l.yaml", &*list)];
    let build = build("", &files).unwrap();
    let [Origin::Document { file, document, items, .. }] = build.resources[0].origins() else {
        panic!("it is an item of a document");
    };
    assert_eq!((&**file, *document, &items[..]), ("l.yaml", 0, &[0][..]));
}

/// Before 1.31 kubectl applied components first.
#[test]
fn a_component_that_changes_what_the_file_generates_is_noted() {
    let component =
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnameSuffix: -x\n";
    let root = "resources: [cfg.yaml]\ncomponents: [c]\n";
    let notes = |root: &str| {
        let files = [
            ("c/kustomization.yaml", component),
            ("kustomization.yaml", root),
            ("cfg.yaml", CONFIG),
        ];
        build("", &files).unwrap().notes.len()
    };
    assert_eq!(notes(root), 0);
    assert_eq!(notes(&format!("{root}configMapGenerator: [{{name: g, literals: [a=b]}}]\n")), 1);
}

#[test]
fn a_root_is_what_no_other_uses() {
    let component = "kind: Component\nresources: [../x.yaml]\n";
    let files = Map::from([
        ("base/kustomization.yaml", "resources: [x.yaml]"),
        ("c/kustomization.yml", component),
        ("ov/a/Kustomization", "resources: [../../base]\ncomponents: [../../c]"),
        ("ov/b/kustomization.yaml", "bases: [../../base/]"),
        ("broken/kustomization.yaml", "resources: ["),
    ]);
    let mut resolver = Resolver::new(&files);
    let paths = files.0.keys().map(String::as_str);
    let roots = roots(&mut resolver, paths);
    let roots: Vec<_> = roots.iter().map(|(root, _)| &**root).collect();
    assert_eq!(roots, ["broken", "ov/a", "ov/b"]);
}
