//! The resolver against what the real `kubectl kustomize` builds.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "tests read files, and say if not"
)]

mod open;
mod random;
mod speed;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::go_json::{self, Numbers};
use super::value::Value;
use super::{Files, ReadError, Resolver};
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
        let is_directory = self.is_directory(path);
        let missing = if is_directory { ReadError::Directory } else { ReadError::Missing };
        self.0.get(path).cloned().ok_or(missing)
    }

    fn is_directory(&self, path: &str) -> bool {
        let below = format!("{path}/");
        path.is_empty()
            || self
                .0
                .range(below.clone()..)
                .next()
                .is_some_and(|(file, _)| file.starts_with(&below))
    }
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn subfolders(folder: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
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
    check(&cases, compare, 0);
}

/// How one folder compares: whether what we build is exact, or openly unknown.
type Compared = Result<bool, String>;

/// Compares each of `folders`; none must be wrong, and no more than `most_unknown` unknown.
fn check(folders: &[PathBuf], compare: fn(&Path) -> Compared, most_unknown: usize) {
    let results: Vec<Compared> = folders.iter().map(|folder| compare(folder)).collect();
    let wrong: Vec<&str> =
        results.iter().filter_map(|result| result.as_ref().err().map(String::as_str)).collect();
    assert!(wrong.is_empty(), "{} are wrong\n{}", wrong.len(), wrong.join("\n"));
    let unknown = results.iter().filter(|result| matches!(result, Ok(false))).count();
    assert!(unknown <= most_unknown, "{unknown} of {} are unknown", folders.len());
}

fn compare(case: &Path) -> Compared {
    let name = case.file_name().unwrap().to_str().unwrap();
    let files = Map::of(&case.join("tree"));
    let has_file = |root: &&str| files.read(&format!("{root}kustomization.yaml")).is_ok();
    let root = ["ov/", "top/", "", "base/"].into_iter().find(has_file).unwrap();
    let root = root.trim_end_matches('/');
    let build = Resolver::new(&files).build(root);
    let expected = fs::read_to_string(case.join("build.yaml"));
    match (build, expected) {
        (Err(_), Err(_)) => Ok(true),
        (Ok(build), _) if !build.unknown.is_empty() => Ok(false),
        (Ok(_), Err(_)) => {
            let why = fs::read_to_string(case.join("error.txt")).unwrap();
            Err(format!("{name}: kustomize fails, and we do not: {why}"))
        }
        (Err(error), Ok(_)) => Err(format!("{name}: {error:?}")),
        (Ok(build), Ok(expected)) => {
            let expected = resources(&expected).join("\n");
            let ours = build.resources.iter().map(|resource| json(resource.value().clone()));
            let ours = ours.collect::<Vec<_>>().join("\n");
            (ours == expected)
                .then_some(true)
                .ok_or_else(|| format!("{name}\nours    {ours}\nkubectl {expected}"))
        }
    }
}

/// The stamps over what a tree's root builds are those over what kubectl prints, every workload being
/// made to track whatever it uses.
#[test]
fn every_tree_is_stamped_as_its_rendering_is() {
    let trees = subfolders(&folder("fixtures/kustomize/trees"));
    assert!(trees.len() >= 6, "only {} trees were found", trees.len());
    check(&trees, compare_stamps, 0);
}

/// The same over more trees than are kept here.
#[test]
fn every_tree_beside_the_repository_is_stamped_as_its_rendering_is() {
    let folder = folder("../shared/kustomize");
    if !folder.is_dir() {
        eprintln!("SKIPPED: there is no {}", folder.display());
        return;
    }
    check(&subfolders(&folder), compare_stamps, 0);
}

fn compare_stamps(tree: &Path) -> Compared {
    let name = tree.file_name().unwrap().to_str().unwrap();
    let files = Map::of(&tree.join("tree"));
    let root = fs::read_to_string(tree.join("root")).unwrap();
    let build = Resolver::new(&files).build(root.trim());
    let build = build.map_err(|error| format!("{name}: {error:?}"))?;
    let rendered = fs::read_to_string(tree.join("rendered.yaml")).unwrap();
    if !build.unknown.is_empty() {
        return Ok(false);
    }
    let (ours, theirs) = (stamps(&build.to_stream()), stamps(&rendered));
    (ours == theirs)
        .then_some(true)
        .ok_or_else(|| format!("{name}\nours    {ours:#?}\nkubectl {theirs:#?}"))
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
