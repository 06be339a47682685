//! `listed-nothing`, `invalid-pattern` and `loose-pattern`: entries of lists that do something else
//! than they seem to.

use super::{Context, Draft, Elsewhere, Found, Subject};
use crate::finding::Code;
use crate::model::{ConfigKind, Workload};
use crate::rules::List;
use crate::rules::pattern::Pattern;
use crate::suggest::nearest;

pub(super) fn find(context: &Context<'_>, subject: Subject<'_, '_>, found: &mut Found<'_>) {
    let Subject { workload, plan, declared, .. } = subject;
    if !plan.is_opted_in {
        return;
    }
    for (kind, switches) in ConfigKind::ALL.into_iter().zip(&declared.switches) {
        let Some(list) = &switches.list else { continue };
        for (entry, pattern) in list.entries.iter().filter(|(entry, _)| !entry.is_empty()) {
            let listed = Listed { workload, kind, list, entry };
            match pattern {
                Ok(pattern) => {
                    // What is not there may be in a part of the build that is not seen.
                    if !plan.stamp.is_open {
                        listed.nothing(context, found, &plan.id.namespace, pattern);
                    }
                    listed.loose(context, found, &plan.id.namespace, pattern);
                }
                Err(invalid) => listed.invalid(found, &invalid.to_string()),
            }
        }
    }
}

/// An entry of a list.
struct Listed<'l, 'd> {
    workload: &'l Workload<'d>,
    kind: ConfigKind,
    list: &'l List<'d>,
    entry: &'l str,
}

impl Listed<'_, '_> {
    fn nothing(
        &self,
        context: &Context<'_>,
        found: &mut Found<'_>,
        namespace: &str,
        pattern: &Pattern,
    ) {
        let resources = context.resources;
        // What kustomize has renamed may be called so, and still not be what the workload means.
        let is_meant = |name: &&str| {
            !matches!(resources.resolve(&self.workload.resource, self.kind, name), Ok(None))
        };
        let mut found_names = pattern.among(resources, namespace, self.kind);
        let mut produced = resources.produced_of(namespace, self.kind, pattern.stem());
        if resources.is_made(namespace, self.kind, self.entry)
            || found_names.any(|name| is_meant(&name))
            || produced.any(|name| pattern.matches(name))
        {
            return;
        }
        let names = || resources.names_near(namespace, self.kind, self.entry);
        let produced = || resources.produced_near(namespace, self.kind, self.entry);
        let known = || names().filter(is_meant).chain(produced());
        let affixed =
            || known().filter(|name| is_affixed(name, self.entry)).min_by_key(|name| name.len());
        let help = if let Some(name) = names().find(|name| is_renamed(name, self.entry)) {
            format!(
                "kustomize renamed it to `{name}`, but no entry of a list: stamp by a transformer, or use `auto`"
            )
        } else if let Some(help) = self.elsewhere(context, namespace) {
            help
        } else if let Some(near) = nearest(self.entry, known()).or_else(affixed) {
            format!("did you mean `{near}`?")
        } else if self.entry.contains('/') {
            "write the name alone: a list reaches only the workload's own namespace".to_owned()
        } else {
            "put `rollstamp.dev/allow: listed-nothing` on the workload if it is made elsewhere"
                .to_owned()
        };
        let message = format!("entry `{}` matches no {} in the bundle", self.entry, self.kind);
        self.add(found, Code::ListedNothing, message, help, "matches nothing");
    }

    /// What to do about an entry that is the name of a config of another kind or namespace.
    fn elsewhere(&self, context: &Context<'_>, namespace: &str) -> Option<String> {
        let Self { kind, entry, .. } = *self;
        let resources = context.resources;
        let is_other = |other: &ConfigKind| {
            *other != kind
                && (resources.config(namespace, *other, entry).is_some()
                    || resources.producer(namespace, *other, entry).is_some())
        };
        if let Some(other) = ConfigKind::ALL.into_iter().find(is_other) {
            let list = context.options.annotations.list(other);
            return Some(format!("`{entry}` is a {other}: list it in `{list}`"));
        }
        Some(match context.elsewhere(kind, entry)? {
            Elsewhere::In(other) => {
                format!(
                    "it is in namespace {other}: a list reaches only the workload's own namespace"
                )
            }
            Elsewhere::Nowhere => {
                format!("give {kind} {entry} a namespace, or run with `--namespace {namespace}`")
            }
        })
    }

    fn invalid(&self, found: &mut Found<'_>, why: &str) {
        let message =
            format!("entry `{}` must be a regular expression that Go takes: {why}", self.entry);
        let help = "fix the expression; Reloader skips the entry, and before 1.4.22 it fails";
        self.add(found, Code::InvalidPattern, message, help, "does not compile");
    }

    fn loose(
        &self,
        context: &Context<'_>,
        found: &mut Found<'_>,
        namespace: &str,
        pattern: &Pattern,
    ) {
        if matches!(pattern, Pattern::Name(_)) {
            return;
        }
        let entry = self.entry;
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        let glob = entry
            .strip_suffix('*')
            .filter(|name| name.chars().all(is_name) && !name.ends_with('.'));
        let (message, help) = if entry.starts_with(['*', '?']) {
            (
                format!("entry `{entry}` matches every {}", self.kind),
                "write `.*` if that is meant".to_owned(),
            )
        } else if let Some(name) = glob {
            (
                format!(
                    "entry `{entry}` is a regular expression and no glob: the last letter may be missing or repeat"
                ),
                format!("write `{name}.*`"),
            )
        } else if has_outer_alternative(entry) {
            (
                format!(
                    "entry `{entry}` matches what begins with its first alternative or ends with its last"
                ),
                format!("write `({entry})`, or list the names one by one"),
            )
        } else if let Some(other) = self.matched_by_dot(context, namespace, pattern) {
            (
                format!("entry `{entry}` matches `{other}` too: a dot stands for any character"),
                format!("write `{}`", entry.replace('.', "\\.")),
            )
        } else {
            return;
        };
        self.add(found, Code::LoosePattern, message, help, "matches more than the name");
    }

    /// A config that an entry which looks like a name matches by its dots alone.
    fn matched_by_dot<'c>(
        &self,
        context: &'c Context<'_>,
        namespace: &str,
        pattern: &'c Pattern,
    ) -> Option<&'c str> {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        if !self.entry.chars().all(is_name) {
            return None;
        }
        pattern.among(context.resources, namespace, self.kind).find(|name| *name != self.entry)
    }

    fn add(
        &self,
        found: &mut Found<'_>,
        code: Code,
        message: String,
        help: impl Into<String>,
        label: &str,
    ) {
        let annotation = &self.list.annotation;
        let draft = Draft::new(annotation.place.clone(), message, help)
            .label(label)
            .field(annotation.field());
        found.add(code, &self.workload.resource, draft);
    }
}

/// Whether `name` is `entry` with the hash of a generator behind it, and perhaps something around.
fn is_renamed(name: &str, entry: &str) -> bool {
    // The letters and digits that kustomize writes a hash with.
    const HASH: &str = "2456789bcdfghkmt";
    let Some((stem, hash)) = name.rsplit_once('-') else { return false };
    hash.len() == 10 && hash.chars().all(|c| HASH.contains(c)) && stem.contains(entry)
}

/// Whether `name` is `entry` with a prefix that ends with a dash, a suffix that begins with one, or both.
fn is_affixed(name: &str, entry: &str) -> bool {
    name.match_indices(entry).any(|(start, _)| {
        let (prefix, suffix) = (&name[..start], &name[start + entry.len()..]);
        (prefix.is_empty() || prefix.ends_with('-'))
            && (suffix.is_empty() || suffix.starts_with('-'))
    })
}

/// Whether `pattern` has a `|` outside of every group and class.
fn has_outer_alternative(pattern: &str) -> bool {
    let mut depth = 0_usize;
    let mut is_class = false;
    let mut is_escaped = false;
    for c in pattern.chars() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '[' => is_class = true,
            ']' => is_class = false,
            _ if is_class => {}
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            '|' if depth == 0 => return true,
            _ => {}
        }
    }
    false
}
