//! The hash of its content that kustomize puts behind the name of a generated config.
//!
//! As `kustomize build` 4.5 and later compute it (`api/hasher` of its sources): ten characters of the
//! SHA-256 of Go's JSON of the content.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

/// How many characters the hash has.
const LENGTH: usize = 10;

/// The content of a config, as its manifest has it: no value is decoded.
#[derive(Debug, Clone, Default)]
pub(crate) struct Content<'c> {
    /// `type`, of a Secret.
    pub(crate) secret_type: Option<&'c str>,
    pub(crate) data: Option<BTreeMap<&'c str, &'c str>>,
    pub(crate) binary_data: Option<BTreeMap<&'c str, &'c str>>,
    pub(crate) string_data: Option<BTreeMap<&'c str, &'c str>>,
}

impl Content<'_> {
    /// The hash of a ConfigMap, or of a Secret.
    pub(crate) fn hash(&self, is_secret: bool) -> String {
        let json = if is_secret { self.secret_json() } else { self.config_map_json() };
        let digest = Sha256::digest(json.as_bytes());
        let halves = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        halves.take(LENGTH).map(letter).collect()
    }

    fn config_map_json(&self) -> String {
        let binary = self.binary_data.as_ref().filter(|data| !data.is_empty());
        let binary = binary.map(|data| format!("\"binaryData\":{},", object(Some(data))));
        let data = object(self.data.as_ref());
        format!(
            "{{{}\"data\":{data},\"kind\":\"ConfigMap\",\"name\":\"\"}}",
            binary.unwrap_or_default()
        )
    }

    fn secret_json(&self) -> String {
        let data = object(self.data.as_ref());
        let text = self.string_data.as_ref().filter(|data| !data.is_empty());
        let text = text.map(|data| format!("\"stringData\":{},", object(Some(data))));
        format!(
            "{{\"data\":{data},\"kind\":\"Secret\",\"name\":\"\",{}\"type\":{}}}",
            text.unwrap_or_default(),
            string(self.secret_type.unwrap_or_default())
        )
    }
}

/// What precedes the hash in `name`, if the name may end in one.
pub(crate) fn stem_and_hash(name: &str) -> Option<(&str, &str)> {
    let (stem, hash) = name.rsplit_once('-')?;
    let is_hash = hash.len() == LENGTH && hash.bytes().all(|byte| LETTERS.contains(&byte));
    is_hash.then_some((stem, hash))
}

/// The characters of a hash: kustomize replaces those that could make up a word.
const LETTERS: &[u8; 16] = b"gh2k456789mbcdtf";

fn letter(half: u8) -> char {
    char::from(LETTERS[usize::from(half)])
}

/// A JSON object; absent, it is the empty string there.
fn object(entries: Option<&BTreeMap<&str, &str>>) -> String {
    let Some(entries) = entries else { return "\"\"".to_owned() };
    let entries = entries.iter().map(|(key, value)| format!("{}:{}", string(key), string(value)));
    format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
}

/// `text` as Go's `encoding/json` writes it: it escapes what means something to HTML and JavaScript.
fn string(text: &str) -> String {
    let json = serde_json::to_string(text).expect("a string is JSON");
    let escape = |c: char| match c {
        '<' => "\\u003c".to_owned(),
        '>' => "\\u003e".to_owned(),
        '&' => "\\u0026".to_owned(),
        '\u{2028}' => "\\u2028".to_owned(),
        '\u{2029}' => "\\u2029".to_owned(),
        _ => c.to_string(),
    };
    json.chars().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seen with kubectl 1.32: `kubectl kustomize` of generators with these contents.
    #[test]
    fn the_hash_is_the_one_that_kustomize_makes() {
        let data =
            |entries: &[(&'static str, &'static str)]| Some(entries.iter().copied().collect());
        let config_map = |data| Content { data, ..Content::default() }.hash(false);
        let secret =
            |data| Content { data, secret_type: Some("Opaque"), ..Content::default() }.hash(true);

        assert_eq!(config_map(data(&[("a", "1"), ("b", "x<y&z")])), "m5h7c9h5m5");
        assert_eq!(config_map(None), "6ct58987ht");
        assert_eq!(secret(data(&[("p", "cQ==")])), "hb2dth72f6");
        assert_eq!(secret(data(&[])), "46f8b28mk5");
    }

    #[test]
    fn a_name_may_end_in_a_hash() {
        assert_eq!(stem_and_hash("pre-web-6ct58987ht"), Some(("pre-web", "6ct58987ht")));
        assert_eq!(stem_and_hash("web-6ct58987h"), None);
        assert_eq!(stem_and_hash("web-6ct58987he"), None);
    }
}
