//! A config: a ConfigMap, a Secret or a SecretProviderClass, and its entries as pods will see them.

use std::fmt;
use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use memchr::memchr2;
use serde::Serialize;

use super::{Identity, Injected, Resource, canonical_json, injected, placeholder};
use crate::digest::ConfigDigest;
use crate::error::Problem;
use crate::kustomize;
use crate::yaml::{NodeRef, Span, TextRef};

/// Which kind of config.
///
/// The order is the order of their names, which is the order in a stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum ConfigKind {
    /// A ConfigMap.
    ConfigMap,
    /// A Secret.
    Secret,
    /// A SecretProviderClass of the Secrets Store CSI driver.
    SecretProviderClass,
}

impl ConfigKind {
    /// Every kind, in order.
    pub const ALL: [Self; 3] = [Self::ConfigMap, Self::Secret, Self::SecretProviderClass];

    /// The API group and the kind.
    pub fn group_kind(self) -> (&'static str, &'static str) {
        match self {
            Self::ConfigMap => ("", "ConfigMap"),
            Self::Secret => ("", "Secret"),
            Self::SecretProviderClass => ("secrets-store.csi.x-k8s.io", "SecretProviderClass"),
        }
    }

    /// Which kind of config a resource is, if it is one.
    pub(crate) fn of(id: Identity<'_>) -> Option<Self> {
        let kind = Self::ALL.into_iter().find(|kind| kind.name() == id.kind)?;
        (kind.group_kind().0 == id.group()).then_some(kind)
    }

    /// The name of the kind.
    ///
    /// ```
    /// assert_eq!(rollstamp::ConfigKind::Secret.name(), "Secret");
    /// ```
    pub fn name(self) -> &'static str {
        self.group_kind().1
    }
}

impl fmt::Display for ConfigKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
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
    /// Not the content, but what says where it comes from.
    Spec,
    /// Nothing: the content is made in the cluster.
    Injected,
    /// Nothing: its name ends in kustomize's hash of its content, so that another content is another
    /// config, and the pods roll by its name.
    #[serde(rename = "named by content")]
    NamedByContent,
}

impl Coverage {
    /// Whether the content is part of a stamp.
    pub fn is_stamped(self) -> bool {
        !matches!(self, Self::Injected | Self::NamedByContent)
    }
}

/// A config in a manifest.
#[derive(Debug)]
pub(crate) struct Config<'d> {
    pub(crate) kind: ConfigKind,
    pub(crate) resource: Resource<'d>,
    /// Worked out when first asked for: most configs of a large bundle are tracked by nobody.
    pub(crate) digest: OnceLock<Result<ConfigDigest, Box<Problem>>>,
    is_named_by_content: OnceLock<bool>,
}

/// How many nodes a config has at most whose name is compared with its content: the API server takes a
/// megabyte.
const MOST_NODES: usize = 1 << 20;

/// How kustomize notes that a name gets the hash of the content at the end of the build.
const NEEDS_HASH_SUFFIX: &str = "internal.config.kubernetes.io/needsHashSuffix";

/// An entry's key and value, each key once and in order.
pub(crate) type Entries<'d> = Vec<(&'d str, Value<'d>)>;

/// What the pods will see of an entry.
#[derive(Debug, Clone)]
pub(crate) enum Value<'d> {
    /// A text, perhaps still in pieces.
    Text(TextRef<'d>),
    /// Bytes that do not stand in the manifest as they are.
    Bytes(Vec<u8>),
}

impl Value<'_> {
    /// Hands the bytes over piece by piece.
    pub(crate) fn each(&self, mut take: impl FnMut(&[u8])) {
        match self {
            Self::Text(text) => text.each(take),
            Self::Bytes(bytes) => take(bytes),
        }
    }
}

impl<'d> Config<'d> {
    /// `resource`, which is of that kind.
    pub(crate) fn new(kind: ConfigKind, resource: Resource<'d>) -> Self {
        Self { kind, resource, digest: OnceLock::new(), is_named_by_content: OnceLock::new() }
    }

    /// The config's name.
    pub(crate) fn name(&self) -> &'d str {
        self.resource.id.name
    }

    /// How much of the content its entries show.
    pub(crate) fn coverage(&self) -> Coverage {
        match self.kind {
            ConfigKind::SecretProviderClass => Coverage::Spec,
            _ if self.is_injected() => Coverage::Injected,
            _ if self.is_named_by_content() => Coverage::NamedByContent,
            ConfigKind::Secret if self.is_encrypted() => Coverage::Ciphertext,
            ConfigKind::Secret | ConfigKind::ConfigMap => Coverage::Content,
        }
    }

    /// Whether its name ends in kustomize's hash of its content, or will once the build is finished. The
    /// hash is computed again: a name that only looks like it does not count.
    fn is_named_by_content(&self) -> bool {
        *self.is_named_by_content.get_or_init(|| {
            let asks = self.resource.annotations().get(NEEDS_HASH_SUFFIX);
            let value = || kustomize::Value::of_at_most(self.resource.node, &mut { MOST_NODES });
            asks.is_some_and(|asks| asks.value == "enabled")
                || kustomize::may_end_in_hash(self.name())
                    && value().is_some_and(|value| kustomize::is_named_by_content(&value))
        })
    }

    /// How much of the content is made in the cluster.
    pub(crate) fn injected(&self) -> Injected {
        injected::injected(&self.resource, self.kind)
    }

    /// Whether nothing of the content is in the manifest, because it is made in the cluster.
    fn is_injected(&self) -> bool {
        match self.injected() {
            Injected::All => true,
            Injected::Keys => self.keys().next().is_none(),
            Injected::Nothing => false,
        }
    }

    /// The entries: of a ConfigMap `data` and `binaryData`; of a Secret `data`, and over it
    /// `stringData`, as the API server folds them; of a SecretProviderClass its `spec`.
    ///
    /// # Errors
    ///
    /// Returns the first key or value that Kubernetes would refuse.
    pub(crate) fn entries(&self) -> Result<Entries<'d>, Problem> {
        match self.kind {
            ConfigKind::ConfigMap => self.config_map_entries(),
            ConfigKind::Secret => self.secret_entries(),
            ConfigKind::SecretProviderClass => Ok(self.spec_entries()),
        }
    }

    /// The fields that hold entries.
    pub(crate) fn fields(&self) -> &'static [&'static str] {
        match self.kind {
            ConfigKind::ConfigMap => &["data", "binaryData"],
            ConfigKind::Secret => &["data", "stringData"],
            ConfigKind::SecretProviderClass => &[],
        }
    }

    /// The keys of its entries, in the order of the text.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &'d str> + use<'d> {
        let node = self.resource.node;
        let fields = self.fields().iter().filter_map(move |field| node.get(field));
        fields.flat_map(NodeRef::entries).filter_map(|(key, _)| key.text())
    }

    /// The entries that may hold a placeholder.
    pub(super) fn suspects(&self) -> impl Iterator<Item = (NodeRef<'d>, &'d str)> + use<'d> {
        let digest = self.digest.get().and_then(|digest| digest.as_ref().ok());
        let is_clean = digest.is_some_and(|digest| !digest.may_hold_placeholder());
        let fields = self.fields().iter().filter(move |_| !is_clean);
        let node = self.resource.node;
        let entries = fields.filter_map(move |field| node.get(field)).flat_map(NodeRef::entries);
        entries.filter_map(|(key, value)| Some((key, value.text()?)))
    }

    fn config_map_entries(&self) -> Result<Entries<'d>, Problem> {
        let mut entries = self.collect("data", plain)?;
        let binary = self.collect("binaryData", decode)?;
        if let Some((key, _)) = binary.iter().find(|(key, _)| has(&entries, key)) {
            let message = format!("key {key:?} must not be in both `data` and `binaryData`");
            return Err(Problem::new(self.span_of("binaryData"), message, "remove one of them"));
        }
        entries.extend(binary);
        Ok(sorted(entries))
    }

    fn secret_entries(&self) -> Result<Entries<'d>, Problem> {
        let mut entries = if self.is_encrypted() {
            self.collect("data", plain)
        } else {
            self.collect("data", decode)
        }?;
        let strings = self.collect("stringData", plain)?;
        entries.retain(|(key, _)| !has(&strings, key));
        entries.extend(strings);
        Ok(sorted(entries))
    }

    fn spec_entries(&self) -> Entries<'d> {
        let Some(spec) = self.resource.node.get("spec") else { return Entries::new() };
        vec![("spec", Value::Bytes(canonical_json::write(spec).into_bytes()))]
    }

    /// Whether SOPS has encrypted the values.
    fn is_encrypted(&self) -> bool {
        self.resource.node.get("sops").is_some()
    }

    fn span_of(&self, field: &str) -> Span {
        self.resource.node.get(field).map_or(0..0, NodeRef::span)
    }

    fn collect(
        &self,
        field: &str,
        read: impl Fn(TextRef<'d>, Span) -> Result<Value<'d>, Problem>,
    ) -> Result<Entries<'d>, Problem> {
        let Some(node) = self.resource.node.get(field).filter(|node| !node.is_null()) else {
            return Ok(Entries::new());
        };
        if !node.is_mapping() {
            let message = format!("`{field}` must be a mapping of strings");
            return Err(Problem::new(node.span(), message, "give each value a key"));
        }
        let entries = node
            .entries()
            .map(|(key, value)| {
                let text = scalar(value, field)?;
                let value =
                    text.map_or(Ok(Value::Bytes(Vec::new())), |text| read(text, value.span()));
                Ok((check_key(key)?, value?))
            })
            .collect::<Result<_, Problem>>()?;
        Ok(sorted(entries))
    }
}

/// `entries` in the order of their keys.
fn sorted(mut entries: Entries<'_>) -> Entries<'_> {
    entries.sort_unstable_by_key(|(key, _)| *key);
    entries
}

/// Whether `entries`, in order, have one of that key.
fn has(entries: &Entries<'_>, key: &str) -> bool {
    entries.binary_search_by_key(&key, |(own, _)| *own).is_ok()
}

/// The text of a value; none for null, which is the empty string, as for the API server.
fn scalar<'d>(value: NodeRef<'d>, field: &str) -> Result<Option<TextRef<'d>>, Problem> {
    if value.is_null() {
        return Ok(None);
    }
    value.scalar().map(Some).ok_or_else(|| {
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

/// A value that is taken as it is.
#[expect(clippy::unnecessary_wraps, reason = "it stands beside `decode`")]
fn plain(text: TextRef<'_>, _: Span) -> Result<Value<'_>, Problem> {
    Ok(Value::Text(text))
}

/// Decodes base64 as the API server does: line ends count for nothing, padding must be there. What
/// some later step will fill in is taken as it is written.
fn decode(text: TextRef<'_>, span: Span) -> Result<Value<'_>, Problem> {
    const ENGINE: GeneralPurpose = GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
    );
    let base64 = text.joined();
    let decoded = match memchr2(b'\r', b'\n', base64.as_bytes()) {
        Some(_) => ENGINE.decode(base64.replace(['\r', '\n'], "")),
        None => ENGINE.decode(base64),
    };
    match decoded {
        Ok(bytes) => Ok(Value::Bytes(bytes)),
        Err(_) if placeholder::is_form(base64) => plain(text, span),
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
        let decoded = |text: &str| {
            let mut decoded = Vec::new();
            decode(TextRef::Whole(text), 0..0).ok()?.each(|bytes| decoded.extend_from_slice(bytes));
            Some(decoded)
        };
        assert_eq!(decoded("dGVz\r\ndA==\n").as_deref(), Some(&b"test"[..]));
        assert_eq!(decoded("dGVzdB==").as_deref(), Some(&b"test"[..]));
        assert_eq!(decoded("dGVzdA"), None);
        assert_eq!(decoded("dGVz dA=="), None);
        for text in
            ["${TOKEN}", "${VAR:=x,y}", "${VAR^^}", "<path:a#b | base64encode>", "{{ .Values.x }}"]
        {
            assert_eq!(decoded(text).as_deref(), Some(text.as_bytes()));
        }
    }
}
