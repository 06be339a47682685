//! Runs every case under `fixtures/` and `examples/`: a case is a folder with `in/`.
//!
//! `out/` holds what `stamp` makes of `in/`, if it makes anything of it; `args` holds more
//! arguments, one a line; `check.txt`, `explain.txt` and `diff.txt` hold what those commands print,
//! and are compared if they are there. Every case is held to the laws of [`Case::check`], and those below
//! `fixtures/builds` to those of source trees.
//! `UPDATE=1 cargo test --test fixtures` writes `out/` and the texts anew.

#![expect(clippy::disallowed_methods, reason = "tests read and write files")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};
use serde_yaml::Value;

use support::{
    ANNOTATION, Bytes, Tree, VARIABLE, documents, printed, read_tree, run, same, stamps, write_tree,
};

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let cases: Vec<_> =
        ["fixtures", "examples"].iter().flat_map(|dir| find(&root.join(dir))).collect();
    assert!(cases.len() >= 450, "only {} cases were found", cases.len());
    let trials = cases.into_iter().map(|folder| {
        let name = folder.strip_prefix(root).expect("it is below the root").display().to_string();
        Trial::test(name, move || Case::new(folder).check())
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit();
}

/// Whether a tree has kustomization files, so that it is more than one bundle.
fn is_source_tree(tree: &Tree) -> bool {
    const NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
    tree.keys().any(|path| NAMES.iter().any(|name| path.ends_with(name)))
}

/// Every folder below `root` that has a folder `in`.
fn find(root: &Path) -> Vec<PathBuf> {
    let folders = walkdir::WalkDir::new(root).sort_by_file_name().into_iter();
    let folders = folders.map(|entry| entry.expect("fixtures can be read").into_path());
    folders.filter(|folder| folder.join("in").is_dir()).collect()
}

struct Case {
    folder: PathBuf,
    args: Vec<String>,
    /// The annotation that holds the stamp.
    annotation: String,
    /// Where the case is run: a folder that holds a copy of `in/` and nothing else.
    scratch: tempfile::TempDir,
}

/// What one run of the program left behind.
struct Run {
    tree: Tree,
    code: i32,
}

impl Case {
    fn new(folder: PathBuf) -> Self {
        let args = fs::read_to_string(folder.join("args")).unwrap_or_default();
        let args: Vec<_> = args.lines().map(str::to_owned).collect();
        let annotation = args.windows(2).find(|pair| pair[0] == "--annotation");
        let annotation = annotation.map_or(ANNOTATION, |pair| &pair[1]).to_owned();
        let scratch = tempfile::tempdir().expect("a folder can be made");
        Self { folder, args, annotation, scratch }
    }

    /// The laws that hold of every case, whatever it is about.
    fn check(&self) -> Result<(), Failed> {
        let before = read_tree(&self.folder.join("in"));
        let stamped = self.run("stamp", &before);
        if stamped.code == 2 && env::var_os("UPDATE").is_some() {
            fs::write(self.folder.join("check.txt"), "").expect("the text can be written");
        }
        let after = &stamped.tree;
        self.compare_tree("`stamp` must give `out`", &before, after)?;
        self.compare_texts(&before)?;
        self.compare_tracked(&before)?;
        self.compare_containers(&before)?;
        self.check_slow(&before)?;
        if stamped.code == 2 && !self.folder.join("check.txt").is_file() {
            return Err("a case that fails must have a `check.txt` with the message".into());
        }
        if stamped.code == 2 {
            same("a run that fails must write nothing", &before, after)?;
            return self.check_failure(&before);
        }
        same("`stamp` must end with 0", &0, &stamped.code)?;
        let again = self.run("stamp", after);
        same("a second `stamp` must change nothing", after, &again.tree)?;
        if is_source_tree(&before) {
            return self.check_source_tree(&before, after);
        }
        self.check_agrees(&before, after)?;
        self.law("values", || self.check_values(&before, after))?;
        self.law("lines", || self.check_lines(&before, after))?;
        self.law("filter", || self.check_filter(&before, after))?;
        self.law("strip", || self.check_strip(after))?;
        self.law("round-trip", || self.check_round_trip(&before, after))?;
        self.law("routes", || self.check_routes(&before, after))
    }

    /// What holds of kustomize source trees. What their stamps must be, `tests/clients/builds.sh` asks
    /// the real kubectl.
    fn check_source_tree(&self, before: &Tree, after: &Tree) -> Result<(), Failed> {
        let checked = self.run("check", before);
        same("`check` must write nothing", before, &checked.tree)?;
        let is_due = i32::from(before != after);
        same("`check` must fail exactly where `stamp` writes", &is_due, &checked.code)?;
        same("`check` must accept what `stamp` wrote", &0, &self.run("check", after).code)?;
        self.law("strip", || self.check_strip(after))?;
        self.law("round-trip", || self.check_round_trip(before, after))
    }

    /// The lane for plain text and the parser lead to the same plan and to the same errors, in every
    /// detail.
    fn check_slow(&self, before: &Tree) -> Result<(), Failed> {
        write_tree(&self.scratch.path().join("in"), before);
        let explain = |extra: &[&str]| {
            let args = ["explain", "in", "--output", "json"].iter().chain(extra).copied();
            let args = args.chain(self.args.iter().map(String::as_str));
            let output = run(self.scratch.path(), args, b"");
            (output.status.code(), Bytes(output.stdout), Bytes(output.stderr))
        };
        same("the lane must read what the parser reads", &explain(&["--slow"]), &explain(&[]))
    }

    /// Holds the case to a law, unless the file `exempt` names the law and says why it is not for
    /// this case: then it must be broken.
    fn law(&self, name: &str, check: impl FnOnce() -> Result<(), Failed>) -> Result<(), Failed> {
        let exempt = fs::read_to_string(self.folder.join("exempt")).unwrap_or_default();
        let is_exempt = exempt.lines().any(|line| line.starts_with(&format!("{name}: ")));
        match (is_exempt, check()) {
            (false, result) => result,
            (true, Err(_)) => Ok(()),
            (true, Ok(())) => {
                Err(format!("the case keeps law `{name}`: take it out of `exempt`").into())
            }
        }
    }

    /// What cannot be read or decided is said, by `check` too, and by the filter.
    fn check_failure(&self, before: &Tree) -> Result<(), Failed> {
        let checked = self.run("check", before);
        if checked.code == 0 {
            return Err("`check` must fail where `stamp` fails".into());
        }
        same("`check` must write nothing", before, &checked.tree)
    }

    /// `check` fails exactly where `stamp` writes, and writes nothing itself.
    fn check_agrees(&self, before: &Tree, after: &Tree) -> Result<(), Failed> {
        let checked = self.run("check", before);
        same("`check` must write nothing", before, &checked.tree)?;
        same(
            "`check` must fail exactly where `stamp` writes",
            &i32::from(before != after),
            &checked.code,
        )?;
        same("`check` must accept what `stamp` wrote", &0, &self.run("check", after).code)?;
        let mut args = vec!["check", "in", "--output", "concise"];
        args.extend(self.args.iter().map(String::as_str));
        write_tree(&self.scratch.path().join("in"), before);
        let found = printed(&run(self.scratch.path(), args, b""));
        for (path, bytes) in after {
            let name = format!("in/{}:", path.display());
            let is_reported = found.lines().any(|line| {
                let is_of_stamp =
                    line.ends_with("[missing-stamp]") || line.ends_with("[stale-stamp]");
                line.starts_with(&name) && is_of_stamp
            });
            same(
                &format!("`check` must name '{}' exactly if `stamp` writes it", path.display()),
                &(before[path] != *bytes),
                &is_reported,
            )?;
        }
        Ok(())
    }

    /// Another parser reads the same values before and after, but for the stamps.
    fn check_values(&self, before: &Tree, after: &Tree) -> Result<(), Failed> {
        for (path, bytes) in after {
            if is_json(&before[path]) && !is_json(bytes) {
                return Err(format!("'{}' must stay JSON", path.display()).into());
            }
            match (documents(&before[path].text()), documents(&bytes.text())) {
                (Some(old), Some(new)) => {
                    let plain = |values: Vec<Value>| {
                        let values = values.iter();
                        values
                            .map(|value| support::without_stamps(value, &self.annotation))
                            .collect::<Vec<_>>()
                    };
                    same("values must stay as they were", &plain(old), &plain(new))?;
                }
                (None, None) => return Err("another parser must be able to read the case".into()),
                _ => return Err("an edit must not change what another parser can read".into()),
            }
        }
        Ok(())
    }

    /// Only lines of a stamp change, or lines that had to be made to hold one.
    fn check_lines(&self, before: &Tree, after: &Tree) -> Result<(), Failed> {
        for (path, bytes) in after {
            let (old, new) = (before[path].text(), bytes.text());
            support::changes_only_stamps(&old, &new, &self.annotation)?;
        }
        Ok(())
    }

    /// The filter gives the same bytes as the edit in place.
    fn check_filter(&self, before: &Tree, after: &Tree) -> Result<(), Failed> {
        if before.len() != 1 {
            return Ok(());
        }
        for (old, new) in before.values().zip(after.values()) {
            let output = run(self.scratch.path(), &self.args, &old.0);
            same("the filter must end with 0", &Some(0), &output.status.code())?;
            same("the filter must give `out`", new, &Bytes(output.stdout))?;
        }
        Ok(())
    }

    /// `strip` takes every stamp away.
    fn check_strip(&self, after: &Tree) -> Result<(), Failed> {
        let stripped = self.run("strip", after);
        same("`strip` must end with 0", &0, &stripped.code)?;
        for (path, bytes) in &stripped.tree {
            let left = stamps(&documents(&bytes.text()).unwrap_or_default(), &self.annotation);
            same(
                &format!("`strip` must leave no stamp in '{}'", path.display()),
                &Vec::new(),
                &left,
            )?;
        }
        Ok(())
    }

    /// `strip` undoes what `stamp` did, where there was no stamp before.
    fn check_round_trip(&self, before: &Tree, after: &Tree) -> Result<(), Failed> {
        let is_stamped = |text: String| text.contains(&self.annotation) || text.contains(VARIABLE);
        if before.values().any(|bytes| is_stamped(bytes.text())) {
            return Ok(());
        }
        same("`strip` must undo `stamp`", before, &self.run("strip", after).tree)
    }

    /// The stamps are the same whatever the order of files and documents is, and whether they come
    /// as a stream, as a List or as a ResourceList.
    fn check_routes(&self, before: &Tree, after: &Tree) -> Result<(), Failed> {
        if before.values().any(|bytes| documents(&bytes.text()).is_none()) {
            return Ok(());
        }
        let read = |tree: &Tree| {
            let documents = tree.values().filter_map(|bytes| documents(&bytes.text()));
            documents.flatten().collect::<Vec<_>>()
        };
        let expected = stamps(&read(after), &self.annotation);
        let mut resources = read(before);
        resources.retain(|value| value.get("kind").is_some());
        resources.reverse();
        let stream: String =
            resources.iter().map(|value| "---\n".to_owned() + &yaml(value)).collect();
        let list = |api_version: &str, kind: &str| {
            let mut list = serde_yaml::Mapping::new();
            list.insert("apiVersion".into(), api_version.into());
            list.insert("kind".into(), kind.into());
            list.insert("items".into(), Value::Sequence(resources.clone()));
            yaml(&Value::Mapping(list))
        };
        let routes = [
            ("a stream in reverse", stream),
            ("a List", list("v1", "List")),
            ("a ResourceList", list("config.kubernetes.io/v1", "ResourceList")),
        ];
        for (route, text) in routes {
            let output = run(self.scratch.path(), &self.args, text.as_bytes());
            let found = documents(&String::from_utf8_lossy(&output.stdout)).unwrap_or_default();
            same(
                &format!("the stamps must be the same for {route}"),
                &expected,
                &stamps(&found, &self.annotation),
            )?;
        }
        Ok(())
    }

    /// Runs a command on `tree`, which it finds in the folder `in`.
    fn run(&self, command: &str, tree: &Tree) -> Run {
        let folder = self.scratch.path().join("in");
        write_tree(&folder, tree);
        let args = [command, "in"].into_iter().chain(self.args.iter().map(String::as_str));
        let output = run(self.scratch.path(), args, b"");
        Run { tree: read_tree(&folder), code: output.status.code().unwrap_or(-1) }
    }

    fn compare_tree(&self, law: &str, before: &Tree, after: &Tree) -> Result<(), Failed> {
        let out = self.folder.join("out");
        if env::var_os("UPDATE").is_some() {
            if before == after {
                fs::remove_dir_all(&out).ok();
            } else {
                write_tree(&out, after);
            }
        }
        let expected = if out.is_dir() { read_tree(&out) } else { before.clone() };
        same(law, &expected, after)
    }

    /// `explain` says that each workload in `tracked.yaml` tracks just those configs of the bundle,
    /// and that no other tracks any.
    fn compare_tracked(&self, before: &Tree) -> Result<(), Failed> {
        let Some(expected) = self.tracked()? else { return Ok(()) };
        let mut expected: BTreeMap<_, BTreeSet<_>> = expected
            .iter()
            .map(|case| {
                let tracked = list(&case["tracked"]);
                let tracked = tracked.iter().filter_map(Value::as_str).map(str::to_owned);
                (text(case, "workload"), tracked.collect())
            })
            .collect();
        let mut found: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for workload in self.explained(before, &[])? {
            found.insert(id(&workload), tracked_in_bundle(&workload));
        }
        // What is no workload tracks nothing.
        expected.retain(|_, tracked| !tracked.is_empty());
        found.retain(|_, tracked| !tracked.is_empty());
        same("`explain` must say what is tracked as `tracked.yaml` does", &expected, &found)
    }

    /// With strategy `env-vars`, the variables are in the containers that `tracked.yaml` says.
    fn compare_containers(&self, before: &Tree) -> Result<(), Failed> {
        let Some(expected) = self.tracked()? else { return Ok(()) };
        let mut expected: BTreeMap<_, BTreeMap<_, _>> = expected
            .iter()
            .map(|case| {
                let containers = case["env_container"].as_mapping().cloned().unwrap_or_default();
                let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                let containers = containers.iter().map(|(key, value)| (word(key), word(value)));
                (text(case, "workload"), containers.collect())
            })
            .collect();
        let mut found: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        for workload in self.explained(before, &["--strategy", "env-vars"])? {
            let variables = list(&workload["stamp"]["variables"]);
            let tracked = tracked_in_bundle(&workload);
            let containers = variables
                .iter()
                .map(|variable| (config_id(&variable["config"]), text(variable, "container")))
                .filter(|(config, _)| tracked.contains(config));
            found.insert(id(&workload), containers.collect());
        }
        expected.retain(|_, containers| !containers.is_empty());
        found.retain(|workload, _| expected.contains_key(workload));
        same("the variables must be where `tracked.yaml` says", &expected, &found)
    }

    /// What `tracked.yaml` says of each workload, if there is such a file.
    fn tracked(&self) -> Result<Option<Vec<Value>>, Failed> {
        match fs::read_to_string(self.folder.join("tracked.yaml")) {
            Ok(text) => Ok(Some(serde_yaml::from_str(&text).map_err(|error| error.to_string())?)),
            Err(_) => Ok(None),
        }
    }

    /// What `explain` says of each workload.
    fn explained(&self, before: &Tree, args: &[&str]) -> Result<Vec<Value>, Failed> {
        write_tree(&self.scratch.path().join("in"), before);
        let all = ["explain", "in", "--output", "json"].iter().chain(args).copied();
        let output = run(self.scratch.path(), all.chain(self.args.iter().map(String::as_str)), b"");
        let explained: Value =
            serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
        Ok(list(&explained["bundles"][0]["workloads"]))
    }

    /// What the commands print is what stands beside the case.
    fn compare_texts(&self, before: &Tree) -> Result<(), Failed> {
        let commands =
            [("check.txt", "check"), ("explain.txt", "explain"), ("diff.txt", "stamp --diff")];
        for (file, command) in commands {
            let path = self.folder.join(file);
            let Ok(expected) = fs::read_to_string(&path) else { continue };
            let mut words = command.split(' ');
            let folder = self.scratch.path().join("in");
            write_tree(&folder, before);
            let mut args = vec![words.next().unwrap_or_default(), "in"];
            args.extend(words);
            args.extend(self.args.iter().map(String::as_str));
            let printed = printed(&run(self.scratch.path(), args, b""));
            if env::var_os("UPDATE").is_some() {
                fs::write(&path, &printed).expect("the text can be written");
                continue;
            }
            same(&format!("`{command}` must print `{file}`"), &expected, &printed)?;
        }
        Ok(())
    }
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> Vec<Value> {
    value.as_sequence().cloned().unwrap_or_default()
}

/// The configs of the bundle that `explain` says a workload tracks.
fn tracked_in_bundle(workload: &Value) -> BTreeSet<String> {
    let configs = list(&workload["configs"]);
    let tracked = configs
        .iter()
        .filter(|config| config["tracked"] == Value::Bool(true) && !config["source"].is_null());
    tracked.map(config_id).collect()
}

/// A workload as `tracked.yaml` names it.
fn id(workload: &Value) -> String {
    ["kind", "namespace", "name"].map(|key| text(workload, key)).join("/")
}

/// A config as `tracked.yaml` names it.
fn config_id(config: &Value) -> String {
    format!("{}/{}", text(config, "kind"), text(config, "name"))
}

/// Whether `bytes` are a stream of JSON values.
fn is_json(bytes: &Bytes) -> bool {
    let text = bytes.text();
    let mut values = serde_json::Deserializer::from_str(&text).into_iter::<serde_json::Value>();
    values.all(|value| value.is_ok()) && !text.trim().is_empty()
}

fn yaml(value: &Value) -> String {
    serde_yaml::to_string(value).expect("what was read can be written")
}
