//! Which paths below a directory are manifests: decided by their names alone, so that it is the same for
//! a folder and for a revision in Git.

use std::cell::Cell;
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

use super::count;
use super::failure::Failure;

/// A glob, and the directory that it starts from.
#[derive(Debug)]
pub(super) struct Glob {
    /// As it was written.
    pub(super) text: String,
    /// The option that it was written for.
    pub(super) option: &'static str,
    base: PathBuf,
    matcher: GlobMatcher,
    has_matched: Cell<bool>,
}

impl Glob {
    /// A glob of paths below `base`. A leading `../` leads up from there.
    ///
    /// # Errors
    ///
    /// Returns an error if `text` is not a glob.
    pub(super) fn new(text: &str, base: &Path, option: &'static str) -> Result<Self, Failure> {
        let mut base = base;
        let mut pattern = text.trim_end_matches('/');
        loop {
            if let Some(rest) = pattern.strip_prefix("./") {
                pattern = rest;
            } else if let Some(rest) = pattern.strip_prefix("../") {
                (pattern, base) = (rest, base.parent().unwrap_or(base));
            } else {
                break;
            }
        }
        let glob = GlobBuilder::new(pattern).literal_separator(true).build();
        let glob = glob.map_err(|error| {
            Failure::new(
                format!("`{option}` must be a valid glob: {error}"),
                "write for example '*.sops.yaml' or 'overlays/*/patches'",
            )
        })?;
        Ok(Self {
            text: text.to_owned(),
            option,
            base: base.to_owned(),
            matcher: glob.compile_matcher(),
            has_matched: Cell::new(false),
        })
    }

    /// The same, but without a slash it matches a name at any depth, as in `.gitignore`.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new).
    pub(super) fn at_any_depth(
        text: &str,
        base: &Path,
        option: &'static str,
    ) -> Result<Self, Failure> {
        let is_name = !text.trim_end_matches('/').contains('/');
        let glob =
            Self::new(&if is_name { format!("**/{text}") } else { text.to_owned() }, base, option)?;
        Ok(Self { text: text.to_owned(), ..glob })
    }

    /// Whether it matches `path`, which is remembered.
    pub(super) fn is_match(&self, path: &Path) -> bool {
        let below = path.strip_prefix(&self.base);
        let is_match = below.is_ok_and(|below| self.matcher.is_match(below));
        self.has_matched.set(self.has_matched.get() || is_match);
        is_match
    }

    /// Whether it has matched anything so far.
    pub(super) fn has_matched(&self) -> bool {
        self.has_matched.get()
    }
}

/// What becomes of an entry of a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A manifest, or a directory to look into.
    Wanted,
    /// Nothing to do with manifests, or left out on request.
    Unwanted,
    /// Left out, although it may matter.
    LeftOut(Reason),
}

/// Why something is left out that may matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reason {
    /// `.gitignore` names it.
    Ignored,
    /// A link that leaves the directory.
    Link,
    /// The templates of a Helm chart.
    Templates,
    /// A file below a kustomization directory that no root reaches.
    Unreached,
}

impl Reason {
    /// Why one entry is left out.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Ignored => "`.gitignore` names it",
            Self::Link => "the link leaves the directory",
            Self::Templates => "they are templates of a Helm chart: render them first",
            Self::Unreached => "no kustomization file uses it",
        }
    }

    /// What is left out for this reason, if it is so many.
    pub(super) fn count(self, number: usize) -> String {
        match self {
            Self::Ignored if number == 1 => "1 entry that `.gitignore` names".to_owned(),
            Self::Ignored => format!("{number} entries that `.gitignore` names"),
            Self::Link if number == 1 => "1 link that leaves the directory".to_owned(),
            Self::Link => format!("{number} links that leave the directory"),
            Self::Unreached => {
                format!("{} that no kustomization file uses", count(number, "file"))
            }
            Self::Templates => {
                format!(
                    "the templates of {}, which must be rendered first",
                    count(number, "Helm chart")
                )
            }
        }
    }
}

/// Decides by name; `is_file` says whether a path is a file.
pub(super) fn verdict(
    path: &Path,
    is_directory: bool,
    excluded: &[Glob],
    is_file: impl Fn(&Path) -> bool,
) -> Verdict {
    // Every glob is asked, so that each that matches something is known.
    let is_excluded = excluded.iter().filter(|glob| glob.is_match(path)).count() > 0;
    if is_excluded || path.file_name().is_some_and(is_hidden) {
        Verdict::Unwanted
    } else if !is_directory {
        if is_manifest(path) || is_kustomization(path) {
            Verdict::Wanted
        } else {
            Verdict::Unwanted
        }
    } else if path.ends_with("templates") && is_file(&path.with_file_name("Chart.yaml")) {
        Verdict::LeftOut(Reason::Templates)
    } else {
        Verdict::Wanted
    }
}

/// Whether a part of the path begins with a dot.
pub(super) fn has_hidden_part(path: &Path) -> bool {
    path.components().any(|part| matches!(part, Component::Normal(name) if is_hidden(name)))
}

fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

/// Whether the file's name is that of a manifest.
pub(super) fn is_manifest(path: &Path) -> bool {
    let extension = path.extension().and_then(OsStr::to_str);
    extension.is_some_and(|own| ["yaml", "yml", "json"].iter().any(|e| own.eq_ignore_ascii_case(e)))
}

/// The names that kustomize looks for.
pub(super) const KUSTOMIZATIONS: [&str; 3] =
    ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Whether the file's name is one that kustomize looks for.
pub(super) fn is_kustomization(path: &Path) -> bool {
    path.file_name().is_some_and(|name| KUSTOMIZATIONS.iter().any(|own| name == *own))
}
