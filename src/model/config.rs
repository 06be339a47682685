//! A config: a ConfigMap or a Secret, and its entries as the pods will see them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use serde::Serialize;

use super::{Resource, placeholder};
use crate::digest::ConfigDigest;
use crate::error::Problem;
use crate::yaml::{NodeRef, Span};

/// Which kind of config.
///
/// The order is the order of their names, which is the order in a stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum ConfigKind {
    /// A ConfigMap.
    ConfigMap,
    /// A Secret.
    Secret,
}

impl ConfigKind {
    /// Every kind, in order.
    pub(crate) const ALL: [Self; 2] = [Self::ConfigMap, Self::Secret];

    /// The kind of config that `kind` of the core group is.
    fn of(group: &str, kind: &str) -> Option<Self> {
        match (group, kind) {
            ("", "ConfigMap") => Some(Self::ConfigMap),
            ("", "Secret") => Some(Self::Secret),
            _ => None,
        }
    }
}

impl fmt::Display for ConfigKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::ConfigMap => "ConfigMap",
            Self::Secret => "Secret",
        })
    }
}

/// How much of a config's content a digest can see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Coverage {
    /// Every byte that the pods will see.
    Content,
    /// The content in its encrypted form.
    Ciphertext,
}

/// A config in a manifest.
#[derive(Debug)]
pub(crate) struct Config<'d> {
    pub(crate) kind: ConfigKind,
    pub(crate) resource: Resource<'d>,
    /// Worked out when first asked for: most configs of a large bundle are tracked by nobody.
    pub(crate) digest: OnceLock<Result<ConfigDigest, Problem>>,
}

/// An entry's key and bytes, in the order of the keys.
pub(crate) type Entries<'d> = BTreeMap<&'d str, Cow<'d, [u8]>>;

impl<'d> Config<'d> {
    /// Reads `resource` as a config, if it is one.
    pub(crate) fn read(resource: &Resource<'d>) -> Option<Self> {
        let kind = ConfigKind::of(&resource.id.gvk.group, &resource.id.gvk.kind)?;
        Some(Self { kind, resource: resource.clone(), digest: OnceLock::new() })
    }

    /// The config's name.
    pub(crate) fn name(&self) -> &str {
        &self.resource.id.name
    }

    /// How much of the content its entries show.
    pub(crate) fn coverage(&self) -> Coverage {
        if self.is_encrypted() { Coverage::Ciphertext } else { Coverage::Content }
    }

    /// The entries: of a ConfigMap `data` and `binaryData`; of a Secret `data`, and over it
    /// `stringData`, as the API server folds them.
    ///
    /// # Errors
    ///
    /// Returns the first key or value that Kubernetes would refuse.
    pub(crate) fn entries(&self) -> Result<Entries<'d>, Problem> {
        let entries = match self.kind {
            ConfigKind::ConfigMap => self.config_map_entries(),
            ConfigKind::Secret => self.secret_entries(),
        };
        entries.map_err(|problem| match self.kind {
            ConfigKind::ConfigMap => problem,
            ConfigKind::Secret => problem.private(),
        })
    }

    fn config_map_entries(&self) -> Result<Entries<'d>, Problem> {
        let mut entries = self.collect("data", |text, _| Ok(text.as_bytes().into()))?;
        for (key, value) in self.collect("binaryData", decode)? {
            if entries.insert(key, value).is_some() {
                let message = format!("key {key:?} must not be in both `data` and `binaryData`");
                return Err(Problem::new(
                    self.span_of("binaryData"),
                    message,
                    "remove one of them",
                ));
            }
        }
        Ok(entries)
    }

    fn secret_entries(&self) -> Result<Entries<'d>, Problem> {
        let plain = |text: &'d str, _| Ok(text.as_bytes().into());
        let mut entries = if self.is_encrypted() {
            self.collect("data", plain)
        } else {
            self.collect("data", decode)
        }?;
        entries.extend(self.collect("stringData", plain)?);
        Ok(entries)
    }

    /// Whether SOPS has encrypted the values.
    fn is_encrypted(&self) -> bool {
        self.kind == ConfigKind::Secret && self.resource.node.get("sops").is_some()
    }

    fn span_of(&self, field: &str) -> Span {
        self.resource.node.get(field).map_or(0..0, NodeRef::span)
    }

    fn collect(
        &self,
        field: &str,
        bytes: impl Fn(&'d str, Span) -> Result<Cow<'d, [u8]>, Problem>,
    ) -> Result<Entries<'d>, Problem> {
        let Some(node) = self.resource.node.get(field).filter(|node| !node.is_null()) else {
            return Ok(Entries::new());
        };
        if !node.is_mapping() {
            let message = format!("`{field}` must be a mapping of strings");
            return Err(Problem::new(node.span(), message, "give each value a key"));
        }
        let mut aliased = 0;
        node.entries()
            .map(|(key, value)| {
                let text = scalar(value, field)?;
                aliased += if value.is_alias() { text.len() } else { 0 };
                if aliased > MAX_ALIASED {
                    let message =
                        format!("aliases must not stand for more than {MAX_ALIASED} bytes");
                    return Err(Problem::new(value.span(), message, "write the values out"));
                }
                Ok((check_key(key)?, bytes(text, value.span())?))
            })
            .collect()
    }
}

/// How many bytes aliases may stand for in one field of a config: some sixteen times what the API
/// server takes.
const MAX_ALIASED: usize = 16 << 20;

/// The text of a value; null is the empty string, as for the API server.
fn scalar<'d>(value: NodeRef<'d>, field: &str) -> Result<&'d str, Problem> {
    if value.is_null() {
        return Ok("");
    }
    value.text().ok_or_else(|| {
        let message = format!("each value of `{field}` must be a string");
        Problem::new(value.span(), message, "quote the value, or write it as a block scalar")
    })
}

/// Kubernetes' rule for keys of ConfigMaps and Secrets (`IsConfigMapKey` of apimachinery).
fn check_key(key: NodeRef<'_>) -> Result<&str, Problem> {
    const MAX_LENGTH: usize = 253;
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    let text = key.text().unwrap_or_default();
    let is_key = (1..=MAX_LENGTH).contains(&text.len())
        && text.chars().all(is_allowed)
        && text != "."
        && !text.starts_with("..");
    is_key.then_some(text).ok_or_else(|| {
        Problem::new(
            key.span(),
            "a key must consist of letters, digits, `-`, `_` and `.`",
            "rename the key: Kubernetes refuses it",
        )
    })
}

/// Decodes base64 as the API server does: line ends count for nothing, padding must be there. What
/// some later step will fill in is taken as it is written.
fn decode(text: &str, span: Span) -> Result<Cow<'_, [u8]>, Problem> {
    let config = GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true);
    let engine = GeneralPurpose::new(&base64::alphabet::STANDARD, config);
    let joined = text.replace(['\r', '\n'], "");
    match engine.decode(joined) {
        Ok(bytes) => Ok(bytes.into()),
        Err(_) if placeholder::is_in(text) => Ok(text.as_bytes().into()),
        Err(_) => Err(Problem::new(
            span,
            "the value must be base64",
            "encode it, or in a Secret use `stringData`",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_as_the_api_server_reads_it() {
        let decoded = |text| decode(text, 0..0).ok();
        assert_eq!(decoded("dGVz\r\ndA==\n").as_deref(), Some(&b"test"[..]));
        assert_eq!(decoded("dGVzdB==").as_deref(), Some(&b"test"[..]));
        assert_eq!(decoded("dGVzdA"), None);
        assert_eq!(decoded("dGVz dA=="), None);
        assert_eq!(decoded("${TOKEN}").as_deref(), Some(&b"${TOKEN}"[..]));
    }
}
