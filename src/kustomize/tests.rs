//! The resolver against what the real `kubectl kustomize` builds.

#![expect(clippy::disallowed_methods, reason = "tests read files")]

mod speed;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::go_json::{self, Numbers};
use super::value::Value;
use super::{Build, BuildError, Files, ReadError, Resolver};
use crate::{ConfigKind, ConfigPlan, Options, Source, yaml};

/// The files of a directory.
#[derive(Default)]
pub(super) struct Map(BTreeMap<String, Arc<[u8]>>);

impl Map {
    /// Reads what is below `root`.
    fn of(root: &Path) -> Self {
        let files = walkdir::WalkDir::new(root).into_iter().map(Result::unwrap);
        let files = files.filter(|entry| entry.file_type().is_file()).map(|entry| {
            let path = entry.path().strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            (path, fs::read(entry.path()).unwrap().into())
        });
        Self(files.collect())
    }

    /// Those files: their paths and their texts.
    pub(super) fn from<'t>(files: impl IntoIterator<Item = (&'t str, &'t str)>) -> Self {
        let files = files.into_iter();
        Self(files.map(|(path, text)| (path.to_owned(), text.as_bytes().into())).collect())
    }
}

impl Files for Map {
    fn read(&self, path: &str) -> Result<Arc<[u8]>, ReadError> {
        self.0.get(path).cloned().ok_or(match self.is_directory(path) {
            true => ReadError::Directory,
            false => ReadError::Missing,
        })
    }

    fn is_directory(&self, path: &str) -> bool {
        let below = format!("{path}/");
        path.is_empty()
            || self.0.range(below.clone()..).next().is_some_and(|(file, _)| file.starts_with(&below))
    }
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn subfolders(folder: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    folders
}

/// Each resource of a stream as canonical JSON.
fn resources(text: &str) -> Vec<String> {
    let documents = yaml::parse_all(text, true).unwrap();
    let roots = documents.iter().filter_map(yaml::Document::root).filter(|root| !root.is_null());
    roots.map(|root| json(Value::of(root))).collect()
}

/// `value` as JSON, but for what no stamp depends on: to whom a role is given, and what kustomize says
/// of its own work.
fn json(mut value: Value) -> String {
    value.remove("subjects");
    let own = [
        ("annotations", "alpha.config.kubernetes.io/transformations"),
        ("annotations", "config.kubernetes.io/origin"),
        ("labels", "app.kubernetes.io/managed-by"),
    ];
    if let Some(metadata) = value.get_mut("metadata") {
        for (field, key) in own {
            let Some(pairs) = metadata.get_mut(field) else { continue };
            if pairs.remove(key).is_some() && pairs.entries().is_empty() {
                metadata.remove(field);
            }
        }
    }
    let mut text = String::new();
    go_json::write(&mut text, &value, Numbers::Yaml);
    text
}

/// The resources that each case yields are those of kubectl 1.37, or an error where that fails.
#[test]
fn every_case_is_built_as_kubectl_builds_it() {
    let cases = subfolders(&folder("fixtures/kustomize/cases"));
    assert!(cases.len() >= 178, "only {} cases were found", cases.len());
    let wrong: Vec<String> = cases.iter().filter_map(|case| compare(case).err()).collect();
    assert!(wrong.is_empty(), "{} cases are wrong\n{}", wrong.len(), wrong.join("\n"));
}

fn compare(case: &Path) -> Result<(), String> {
    let name = case.file_name().unwrap().to_str().unwrap();
    let files = Map::of(&case.join("tree"));
    let has_file = |root: &&str| files.read(&format!("{root}kustomization.yaml")).is_ok();
    let root = ["ov/", "top/", "", "base/"].into_iter().find(has_file).unwrap();
    let root = root.trim_end_matches('/');
    let build = Resolver::new(&files).build(root);
    let expected = fs::read_to_string(case.join("build.yaml"));
    match (build, expected) {
        (Err(_), Err(_)) => Ok(()),
        (Ok(_), Err(_)) => {
            let why = fs::read_to_string(case.join("error.txt")).unwrap();
            Err(format!("{name}: kustomize fails, and we do not: {why}"))
        }
        (Err(error), Ok(_)) => Err(format!("{name}: {error:?}")),
        (Ok(build), Ok(expected)) => {
            let expected = resources(&expected).join("\n");
            let built: Vec<_> = build.resources.iter().map(|it| json(it.value().clone())).collect();
            let built = built.join("\n");
            if !build.unknown.is_empty() {
                return Err(format!("{name}: {:?}", build.unknown));
            }
            (built == expected).then_some(()).ok_or_else(|| {
                format!("{name}\nbuilt    {built}\nexpected {expected}")
            })
        }
    }
}

/// The stamps over what a tree's root builds are those over what kubectl prints, every workload being
/// made to track whatever it uses.
#[test]
fn every_tree_is_stamped_as_its_rendering_is() {
    let trees = subfolders(&folder("fixtures/kustomize/trees"));
    assert!(trees.len() >= 6, "only {} trees were found", trees.len());
    check_trees(&trees);
}

/// The same over more trees than are kept here.
#[test]
fn every_tree_beside_the_repository_is_stamped_as_its_rendering_is() {
    let folder = folder("../shared/kustomize");
    if !folder.is_dir() {
        eprintln!("SKIPPED: there is no {}", folder.display());
        return;
    }
    check_trees(&subfolders(&folder));
}

fn check_trees(trees: &[PathBuf]) {
    let wrong: Vec<String> = trees.iter().filter_map(|tree| compare_stamps(tree).err()).collect();
    assert!(wrong.is_empty(), "{} trees are wrong\n{}", wrong.len(), wrong.join("\n"));
}

fn compare_stamps(tree: &Path) -> Result<(), String> {
    let name = tree.file_name().unwrap().to_str().unwrap();
    let files = Map::of(&tree.join("tree"));
    let root = fs::read_to_string(tree.join("root")).unwrap();
    let build = Resolver::new(&files).build(root.trim());
    let build = build.map_err(|error| format!("{name}: {error:?}"))?;
    let rendered = fs::read_to_string(tree.join("rendered.yaml")).unwrap();
    if !build.unknown.is_empty() {
        return Err(format!("{name}: {:?}", build.unknown));
    }
    let (built, rendered) = (stamps(&build.to_stream()), stamps(&rendered));
    let differences: Vec<_> = rendered.iter().filter(|line| !built.contains(line)).collect();
    let more: Vec<_> = built.iter().filter(|line| !rendered.contains(line)).collect();
    if differences.is_empty() && more.is_empty() && built.len() == rendered.len() {
        return Ok(());
    }
    Err(format!("{name}\nkubectl {differences:#?}\nbuilt {more:#?}"))
}

/// Each workload with its stamp and the configs that it uses.
fn stamps(text: &str) -> Vec<String> {
    let options = Options { auto_reload_all: true, ..Options::default() };
    let plan = crate::plan(&[Source::new("build", text)], &options).unwrap();
    let workloads = plan.workloads.iter().map(|workload| {
        let configs = workload.configs.iter().map(|config| {
            let ConfigPlan { kind, namespace, name, is_tracked, source, .. } = config;
            // The values of Secrets have been scrambled since, so their hashes are others.
            let is_hashed = *kind == ConfigKind::Secret && super::may_end_in_hash(name);
            let name = if is_hashed { &name[..name.len() - 10] } else { name };
            (kind, namespace, name, is_tracked, source.as_ref().map(|source| &source.keys))
        });
        let configs: Vec<_> = configs.collect();
        format!("{:?} {:?} {configs:?}", workload.id, workload.stamp.digest_input)
    });
    workloads.collect()
}
