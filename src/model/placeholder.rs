//! Placeholders: parts of a value that a later step of the deployment replaces.

use std::collections::BTreeMap;

use memchr::memchr2;

use super::Resource;
use crate::yaml::NodeRef;

/// Who replaces parts of the values of a config.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Replacer {
    /// The `postBuild` of a Flux Kustomization, which replaces `${VAR}`.
    Flux,
    /// The Argo CD Vault Plugin, which replaces `<path:...>`, and `<key>` where an annotation names a path.
    VaultPlugin,
}

impl Replacer {
    /// What people call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Flux => "Flux",
            Self::VaultPlugin => "the Argo CD Vault Plugin",
        }
    }
}

/// Whether there may be a placeholder in a text that `piece` is of.
pub(crate) fn may_be_in(piece: &[u8]) -> bool {
    memchr2(b'$', b'<', piece).is_some()
}

/// Whether `text` has the form of something that is replaced before it is applied, whoever does it.
pub(crate) fn is_form(text: &str) -> bool {
    [("${", "}"), ("<", ">"), ("{{", "}}")].into_iter().any(|(open, close)| {
        text.find(open).is_some_and(|start| text[start + open.len()..].contains(close))
    })
}

/// Whether Flux replaces a part of `text`: `${VAR}`, with or without a default or a function behind the
/// name. `$${VAR}` is how it is told that `${VAR}` is meant as it is.
fn has_variable(text: &str) -> bool {
    let is_start = |c: char| c.is_ascii_alphabetic() || c == '_';
    text.match_indices("${")
        .any(|(start, _)| !text[..start].ends_with('$') && text[start + 2..].starts_with(is_start))
}

/// Whether the Argo CD Vault Plugin replaces a part of `text`.
fn has_path(text: &str) -> bool {
    text.find("<path:").is_some_and(|start| text[start..].contains('>'))
}

/// Whether it does so where an annotation names a path.
fn has_key(text: &str) -> bool {
    let is_key = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    text.match_indices('<').any(|(start, _)| {
        let rest = text[start + 1..].trim_start_matches(' ');
        let length = rest.find(|c: char| !is_key(c)).unwrap_or(rest.len());
        let behind = rest[length..].trim_start_matches(' ');
        length > 0 && behind.starts_with(['>', '|'])
    })
}

/// Who replaces parts of configs, as far as the bundle shows it.
#[derive(Debug, Default)]
pub(super) struct Replacers<'d> {
    /// Whether Flux replaces variables below a path, for every path that one of its Kustomizations has.
    paths: BTreeMap<&'d str, bool>,
}

impl<'d> Replacers<'d> {
    /// Notes `resource`, if it is a Flux Kustomization.
    pub(super) fn add(&mut self, resource: &Resource<'d>) {
        if (resource.id.group(), resource.id.kind)
            == ("kustomize.toolkit.fluxcd.io", "Kustomization")
        {
            let path =
                resource.node.at(["spec", "path"]).and_then(NodeRef::text).unwrap_or_default();
            let path = path.trim_start_matches("./").trim_matches('/');
            let is_on = resource.node.at(["spec", "postBuild"]).is_some_and(NodeRef::is_mapping);
            *self.paths.entry(path).or_default() |= is_on;
        }
    }

    /// Who replaces a part of `text`, a value of `resource` in a source of that name.
    pub(super) fn of(&self, resource: &Resource<'_>, source: &str, text: &str) -> Option<Replacer> {
        let annotation = |key: &'static str| resource.annotations().get(key);
        let label = resource.node.at(["metadata", "labels", SUBSTITUTE]).and_then(NodeRef::text);
        let is_disabled = label == Some("disabled")
            || annotation(SUBSTITUTE).is_some_and(|own| own.value == "disabled");
        if !is_disabled && has_variable(text) && self.is_substituted(source) {
            return Some(Replacer::Flux);
        }
        let is_ignored = annotation("avp.kubernetes.io/ignore").is_some_and(|own| own.is_true());
        let has_any =
            has_path(text) || annotation("avp.kubernetes.io/path").is_some() && has_key(text);
        (!is_ignored && has_any).then_some(Replacer::VaultPlugin)
    }

    /// Whether Flux replaces variables in the source of that name: the Kustomization with the longest path
    /// that the source is in decides. If it is in none, as in a stream, any may be meant.
    fn is_substituted(&self, source: &str) -> bool {
        let mut folder = source;
        let mut nearest: Option<(&str, bool)> = None;
        // Nobody knows where in the name the path begins.
        loop {
            let mut end = folder.len();
            while let Some(slash) = folder[..end].rfind('/') {
                end = slash;
                if let Some((path, is_on)) = self.paths.get_key_value(&folder[..end])
                    && nearest.is_none_or(|(longest, _)| longest.len() < path.len())
                {
                    nearest = Some((path, *is_on));
                }
            }
            let Some((_, rest)) = folder.split_once('/') else { break };
            folder = rest;
        }
        nearest.map_or_else(|| self.paths.values().any(|is_on| *is_on), |(_, is_on)| is_on)
    }
}

const SUBSTITUTE: &str = "kustomize.toolkit.fluxcd.io/substitute";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_flux_replaces_is_known() {
        for text in ["x ${CLUSTER_NAME} y", "${PORT:=80}", "${VAR:=x,y}", "${VAR^^}", "${A/b/c}"] {
            assert!(has_variable(text), "{text}");
        }
        for text in ["$HOME", "${", "${}", "$(VAR)", "$${X}", "${1}", "{{ $x }}"] {
            assert!(!has_variable(text), "{text}");
        }
    }

    #[test]
    fn what_the_vault_plugin_replaces_is_known() {
        assert!(has_path("a <path:kv/app#password | base64encode> b"));
        for text in ["<pw | base64encode>\n", "user=<name>", "< key >"] {
            assert!(has_key(text), "{text}");
        }
        for text in ["a < b", "<>", "<?php", "a <b/> c", "<a href=x>"] {
            assert!(!has_key(text), "{text}");
        }
    }

    #[test]
    fn the_nearest_kustomization_decides() {
        let replacers = Replacers { paths: [("apps", true), ("apps/web", false)].into() };
        assert!(replacers.is_substituted("repo/apps/db/cm.yaml"));
        assert!(!replacers.is_substituted("/home/me/repo/apps/web/cm.yaml"));
        assert!(replacers.is_substituted("-"));
        assert!(!Replacers::default().is_substituted("-"));
    }
}
