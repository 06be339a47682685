//! The digest: SHA-256 over a text that names no object, in a published form.
//!
//! `docs/stamp-format.md` is its specification.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::error::Problem;
use crate::model::{Config, ConfigKind, placeholder};

/// The first line of every digest input: the version of the format.
const VERSION: &str = "rollstamp/v1";

/// The digests of a config's entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConfigDigest {
    kind: ConfigKind,
    /// Each key and the hex digits of its value's SHA-256, in the order of the keys.
    entries: Vec<(Arc<str>, Hex<32>)>,
    /// Whether a later step may fill in part of a value: looked for here, where the values are at hand.
    may_hold_placeholder: bool,
}

impl ConfigDigest {
    /// The digest of `config`, worked out once.
    ///
    /// # Errors
    ///
    /// Returns an error if the config has a key or a value that Kubernetes would refuse.
    pub(crate) fn of<'c>(config: &'c Config<'_>) -> Result<&'c Self, &'c Problem> {
        let digest = config.digest.get_or_init(|| {
            let mut may_hold_placeholder = false;
            let entries = config.entries()?.into_iter();
            let entries = entries.map(|(key, value)| {
                let mut hash = Sha256::new();
                value.each(|bytes| {
                    hash.update(bytes);
                    may_hold_placeholder = may_hold_placeholder || placeholder::may_be_in(bytes);
                });
                (key.into(), Hex(hash.finalize().into()))
            });
            let entries = entries.collect();
            Ok(Self { kind: config.kind, entries, may_hold_placeholder })
        });
        digest.as_ref().map_err(|problem| &**problem)
    }

    /// The keys, in order.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &Arc<str>> {
        self.entries.iter().map(|(key, _)| key)
    }

    /// Whether a later step may fill in part of a value.
    pub(crate) fn may_hold_placeholder(&self) -> bool {
        self.may_hold_placeholder
    }

    /// The part of it that is of `keys`.
    pub(crate) fn only(&self, keys: &BTreeSet<&str>) -> Self {
        let entries = self.entries.iter().filter(|(key, _)| keys.contains(&**key));
        Self { entries: entries.cloned().collect(), ..*self }
    }
}

/// The text that a stamp is the SHA-256 of.
pub(crate) fn input<'c>(
    configs: impl IntoIterator<Item = &'c ConfigDigest, IntoIter: Clone>,
) -> String {
    let configs = configs.into_iter();
    let lines = configs.clone().flat_map(|config| {
        let keys = config.keys().map(|key| "  ".len() + key.len() + " \n".len() + 64);
        keys.chain([config.kind.name().len() + "\n".len()])
    });
    // Every workload keeps its own, so it takes no more than it needs.
    let mut text = String::with_capacity(VERSION.len() + "\n".len() + lines.sum::<usize>());
    text.push_str(VERSION);
    text.push('\n');
    for config in configs {
        text.push_str(config.kind.name());
        text.push('\n');
        for (key, value) in &config.entries {
            for part in ["  ", key, " ", value.digits().as_str(), "\n"] {
                text.push_str(part);
            }
        }
    }
    text
}

/// The value of a stamp over `input`.
pub(crate) fn stamp(input: &str) -> String {
    ["sha256:", Hex::of(input.as_bytes()).digits().as_str()].concat()
}

/// Bytes, shown as lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hex<const N: usize>(pub(crate) [u8; N]);

impl Hex<32> {
    /// The SHA-256 of `bytes`.
    fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

/// The digits of bytes.
struct Digits<const N: usize>([[u8; 2]; N]);

impl<const N: usize> Digits<N> {
    fn as_str(&self) -> &str {
        str::from_utf8(self.0.as_flattened()).expect("digits are ASCII")
    }
}

impl<const N: usize> Hex<N> {
    fn digits(self) -> Digits<N> {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut digits = [[0; 2]; N];
        for (digits, byte) in digits.iter_mut().zip(self.0) {
            *digits = [byte >> 4, byte & 15].map(|half| DIGITS[usize::from(half)]);
        }
        Digits(digits)
    }
}

impl<const N: usize> fmt::Display for Hex<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.digits().as_str())
    }
}

impl<const N: usize> fmt::Debug for Hex<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_vector_holds() {
        let config = "# project settings\n# go2cloud_api service config\nDEFAULT_CONF:\n  port: 8888\n\
                      # data disk api\nUNITTEST_TENCENT_ZONE: ap-chongqing-1\n";
        let entries = vec![("config.yaml".into(), Hex::of(config.as_bytes()))];
        let digest =
            ConfigDigest { kind: ConfigKind::ConfigMap, entries, may_hold_placeholder: false };

        assert_eq!(
            stamp(&input([&digest])),
            "sha256:a41c4df560b753ab24476de0e40e5318a155e50bc00a248c2947a7d38865e81d"
        );
    }

    #[test]
    fn a_config_without_entries_is_its_first_line() {
        let empty = ConfigDigest {
            kind: ConfigKind::Secret,
            entries: Vec::new(),
            may_hold_placeholder: false,
        };
        assert_eq!(input([&empty]), "rollstamp/v1\nSecret\n");
    }
}
