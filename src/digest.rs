//! The digest: SHA-256 over a text that names no object, in a published form.
//!
//! `docs/stamp-format.md` is its specification.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};

use sha2::{Digest as _, Sha256};

use crate::error::Problem;
use crate::model::{Config, ConfigKind};

/// The first line of every digest input: the version of the format.
const VERSION: &str = "rollstamp/v1";

/// The digests of a config's entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConfigDigest {
    kind: ConfigKind,
    /// Each key and the hex digits of its value's SHA-256, in the order of the keys.
    entries: Vec<(String, Hex<32>)>,
}

impl ConfigDigest {
    /// The digest of `config`, worked out once.
    ///
    /// # Errors
    ///
    /// Returns an error if the config has a key or a value that Kubernetes would refuse.
    pub(crate) fn of<'c>(config: &'c Config<'_>) -> Result<&'c Self, &'c Problem> {
        let digest = config.digest.get_or_init(|| {
            let entries = config.entries()?.into_iter();
            let entries = entries.map(|(key, value)| {
                let mut hash = Sha256::new();
                value.each(|bytes| hash.update(bytes));
                (key.to_owned(), Hex(hash.finalize().into()))
            });
            Ok(Self { kind: config.kind, entries: entries.collect() })
        });
        digest.as_ref()
    }

    /// The keys, in order.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|(key, _)| &**key)
    }

    /// The part of it that is of `keys`.
    pub(crate) fn only(&self, keys: &BTreeSet<&str>) -> Self {
        let entries = self.entries.iter().filter(|(key, _)| keys.contains(&**key));
        Self { kind: self.kind, entries: entries.cloned().collect() }
    }
}

/// The text that a stamp is the SHA-256 of.
pub(crate) fn input<'c>(configs: impl IntoIterator<Item = &'c ConfigDigest>) -> String {
    let mut text = format!("{VERSION}\n");
    for config in configs {
        writeln!(text, "{}", config.kind).expect("a string takes all that is written");
        for (key, value) in &config.entries {
            writeln!(text, "  {key} {value}").expect("a string takes all that is written");
        }
    }
    text
}

/// The value of a stamp over `input`.
pub(crate) fn stamp(input: &str) -> String {
    format!("sha256:{}", Hex::of(input.as_bytes()))
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

impl<const N: usize> fmt::Display for Hex<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let digit = |half: u8| char::from(DIGITS[usize::from(half)]);
        let digits = self.0.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]);
        f.write_str(&digits.collect::<String>())
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
        let entries = vec![("config.yaml".to_owned(), Hex::of(config.as_bytes()))];
        let digest = ConfigDigest { kind: ConfigKind::ConfigMap, entries };

        assert_eq!(
            stamp(&input([&digest])),
            "sha256:a41c4df560b753ab24476de0e40e5318a155e50bc00a248c2947a7d38865e81d"
        );
    }

    #[test]
    fn a_config_without_entries_is_its_first_line() {
        let empty = ConfigDigest { kind: ConfigKind::Secret, entries: Vec::new() };
        assert_eq!(input([&empty]), "rollstamp/v1\nSecret\n");
    }
}
