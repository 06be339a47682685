//! Random trees, built by kubectl and by the resolver: nothing that the resolver claims to know may be
//! anything else.

mod dice;
mod pods;
mod tree;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use dice::Dice;

use super::super::{Build, BuildError, Resolver};
use super::{Map, json, resources};

/// How many trees are built.
const TREES: u64 = 500;

/// How the two builds of a tree compare.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict {
    Equal,
    BothFail,
    Unknown,
    Wrong(String),
}

#[test]
#[ignore = "it runs kubectl 500 times; tests/clients/kustomize-trees.sh does"]
fn random_trees_are_built_as_kubectl_builds_them() {
    if Command::new("kubectl").arg("version").arg("--client").output().is_err() {
        assert!(std::env::var_os("REQUIRE_CLIENTS").is_none(), "there must be a kubectl");
        eprintln!("SKIPPED: there is no kubectl");
        return;
    }
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let (first, count) = (number("FIRST_TREE").unwrap_or(0), number("TREES").unwrap_or(TREES));
    let verdicts = judge_all(first, count);
    let number = |verdict: &Verdict| verdicts.iter().filter(|(_, own)| own == verdict).count();
    let (equal, failing) = (number(&Verdict::Equal), number(&Verdict::BothFail));
    let unknown = number(&Verdict::Unknown);
    eprintln!("{equal} trees are equal, {failing} fail in both, and {unknown} are not known");
    let wrong = verdicts.iter().filter_map(|(seed, verdict)| match verdict {
        Verdict::Wrong(why) => Some(format!("tree {seed}: {why}")),
        _ => None,
    });
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{} trees are wrong\n{}", wrong.len(), wrong.join("\n"));
    assert!(equal * 3 > verdicts.len(), "only {equal} trees are built at all");
}

fn judge_all(first: u64, count: u64) -> Vec<(u64, Verdict)> {
    let next = AtomicUsize::new(0);
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let mut verdicts: Vec<(u64, Verdict)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..workers)
            .map(|_| {
                scope.spawn(|| {
                    let mut own = Vec::new();
                    loop {
                        let seed = first + next.fetch_add(1, Ordering::Relaxed) as u64;
                        if seed >= first + count {
                            return own;
                        }
                        own.push((seed, judge(seed)));
                    }
                })
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    verdicts.sort_by_key(|(seed, _)| *seed);
    verdicts
}

/// Builds the tree of that seed in both ways.
fn judge(seed: u64) -> Verdict {
    let files = tree::tree(&mut Dice::new(seed));
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in &files {
        let file = folder.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    let map = Map::from(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let built = Resolver::new(&map).build(tree::ROOT);
    let verdict = compare(built, &rendered(folder.path()));
    if let (Verdict::Wrong(_), Some(kept)) = (&verdict, std::env::var_os("KEEP_TREES")) {
        let kept = Path::new(&kept).join(seed.to_string());
        for (path, text) in &files {
            let file = kept.join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
    }
    verdict
}

/// What kubectl prints, or why it fails.
fn rendered(folder: &Path) -> Result<String, String> {
    let mut command = Command::new("kubectl");
    let output = command.arg("kustomize").arg(folder.join(tree::ROOT)).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

fn compare(resolved: Result<Build, BuildError>, rendered: &Result<String, String>) -> Verdict {
    match (resolved, rendered) {
        (Err(_), Err(_)) => Verdict::BothFail,
        (Ok(own), _) if !own.unknown.is_empty() => Verdict::Unknown,
        (Err(error), Ok(_)) => Verdict::Wrong(format!("kubectl builds it: {error:?}")),
        (Ok(_), Err(error)) => Verdict::Wrong(format!("kubectl refuses it: {error}")),
        (Ok(own), Ok(rendered)) => {
            let built: Vec<_> = own.resources.iter().map(|it| json(it.value().clone())).collect();
            let rendered = resources(rendered);
            if built == rendered {
                return Verdict::Equal;
            }
            let missing = rendered.iter().filter(|line| !built.contains(line));
            let missing = missing.cloned().collect::<Vec<_>>().join("\n  ");
            let more = built.iter().filter(|line| !rendered.contains(line));
            let more = more.cloned().collect::<Vec<_>>().join("\n  ");
            Verdict::Wrong(format!("\nkubectl:\n  {missing}\nbuilt:\n  {more}"))
        }
    }
}
