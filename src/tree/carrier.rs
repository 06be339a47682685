//! The carrier: the file beside a kustomization file that holds the stamps of that root alone.
//!
//! It is listed under `transformers`, because that is the one form that kubectl 1.27 to 1.37 all build:
//! a builtin `PatchTransformer` for each workload runs after every patch, prefix and namespace of its
//! root, and one whose target is gone does nothing.

use std::collections::BTreeSet;
use std::fmt::Write as _;

/// What the file beside a kustomization file is called that holds the stamps of that root alone.
pub const FILE: &str = "rollstamp.yaml";

/// The first line of the file. It tells it from a file of the user's that has the same name.
const HEADER: &str = "# Written by `rollstamp stamp`, removed by `rollstamp strip`: do not edit.";

/// The stamp of one workload, as a root needs it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    /// `metadata.namespace`, if the built workload has one. Those without one come first: their target
    /// matches every namespace, and a later entry overrides an earlier one.
    pub(crate) namespace: Option<String>,
    pub(crate) api_version: String,
    pub(crate) kind: String,
    pub(crate) name: String,
    /// The path of the pod template, with dots.
    pub(crate) template_path: String,
    pub(crate) annotation: String,
    pub(crate) stamp: String,
}

/// The path of the carrier in `directory`.
pub(crate) fn path(directory: &str) -> String {
    let separator = if directory.is_empty() { "" } else { "/" };
    format!("{directory}{separator}{FILE}")
}

/// Whether `text` is a carrier, and not a file of the user's.
pub(crate) fn is_carrier(text: &str) -> bool {
    text.lines().next() == Some(HEADER)
}

/// The text of the carrier that holds `entries`.
pub(crate) fn text(entries: &BTreeSet<Entry>) -> String {
    let mut text = format!("{HEADER}\n");
    let mut names = BTreeSet::new();
    for (index, entry) in entries.iter().enumerate() {
        let separator = if index > 0 { "---\n" } else { "" };
        text.push_str(separator);
        let written = write_entry(&mut text, entry, &unique_name(entry, &mut names));
        written.expect("a string takes all that is written");
    }
    text
}

/// kustomize refuses two transformers of one name.
fn unique_name(entry: &Entry, names: &mut BTreeSet<String>) -> String {
    let parts = [Some(&entry.kind), entry.namespace.as_ref(), Some(&entry.name)];
    let parts: Vec<_> = parts.into_iter().flatten().map(|part| part.to_lowercase()).collect();
    let name = parts.join("-");
    let candidates = std::iter::once(name.clone()).chain((2..).map(|n| format!("{name}-{n}")));
    let free = { candidates }.find(|name| !names.contains(name)).unwrap_or(name);
    names.insert(free.clone());
    free
}

fn write_entry(text: &mut String, entry: &Entry, name: &str) -> std::fmt::Result {
    writeln!(
        text,
        "apiVersion: builtin\nkind: PatchTransformer\nmetadata:\n  name: {name}\ntarget:"
    )?;
    let (group, version) = entry.api_version.split_once('/').unwrap_or(("", &entry.api_version));
    if !group.is_empty() {
        writeln!(text, "  group: {group}")?;
    }
    writeln!(text, "  version: {version}\n  kind: {}", entry.kind)?;
    writeln!(text, "  name: {}", pattern(&entry.name))?;
    if let Some(namespace) = &entry.namespace {
        writeln!(text, "  namespace: {}", pattern(namespace))?;
    }
    writeln!(text, "patch: |-\n  apiVersion: {}\n  kind: {}", entry.api_version, entry.kind)?;
    writeln!(text, "  metadata:\n    name: {}", quoted(&entry.name))?;
    let fields = entry.template_path.split('.').chain(["metadata", "annotations"]);
    let mut indent = 2;
    for field in fields {
        writeln!(text, "{:indent$}{field}:", "")?;
        indent += 2;
    }
    writeln!(text, "{:indent$}{}: \"{}\"", "", entry.annotation, entry.stamp)
}

/// `name` as an anchored regular expression, which is how kustomize reads names of targets.
fn pattern(name: &str) -> String {
    quoted(name).replace('.', "\\.")
}

/// `name` in YAML. Kubernetes' names have no character that needs an escape, but some look like a number
/// or a boolean.
fn quoted(name: &str) -> String {
    let is_word = name.starts_with(|c: char| c.is_ascii_lowercase())
        && !matches!(name, "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null");
    if is_word { name.to_owned() } else { format!("'{name}'") }
}
