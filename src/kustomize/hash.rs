//! The suffix that kustomize puts behind the name of a generated config: a hash of its content.

use sha2::{Digest as _, Sha256};

use super::go_json::{self, Numbers};
use super::value::Value;

/// How many characters a suffix has.
const LENGTH: usize = 10;

/// The suffix for a ConfigMap or Secret; nothing for another kind.
pub(super) fn suffix(config: &Value) -> Option<String> {
    let fields: &[&str] = match config.get("kind").and_then(Value::text)? {
        "ConfigMap" => &["binaryData", "data", "kind", "name"],
        "Secret" => &["data", "kind", "name", "stringData", "type"],
        _ => return None,
    };
    let mut text = "{".to_owned();
    for field in fields {
        let value = match (*field, config.get(field)) {
            // The name is left out, and what may be missing counts as nothing.
            ("name", _) | ("data" | "type", None) => &Value::string(""),
            (_, None) => continue,
            (_, Some(value)) => value,
        };
        text.push_str(if text.len() > 1 { "," } else { "" });
        go_json::write_string(&mut text, field);
        text.push(':');
        go_json::write(&mut text, value, Numbers::Json);
    }
    text.push('}');
    Some(encode(&Sha256::digest(&text)))
}

/// Hex digits of which those that could make a word are others.
fn encode(digest: &[u8]) -> String {
    let digits = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]).take(LENGTH);
    digits.map(|digit| char::from(b"gh2k456789mbcdtf"[usize::from(digit)])).collect()
}

/// Whether `name` has the form of a name with a suffix: asked first, because it is cheap.
pub(crate) fn may_end_in_hash(name: &str) -> bool {
    let Some((_, hash)) = name.rsplit_once('-') else { return false };
    hash.len() == LENGTH && hash.bytes().all(|byte| b"gh2k456789mbcdtf".contains(&byte))
}

/// Whether the name of `config` ends in the suffix for its content, so that another content has another
/// name and rolls the pods by it.
pub(crate) fn is_named_by_content(config: &Value) -> bool {
    let name = config.at(["metadata", "name"]).and_then(Value::text).unwrap_or_default();
    may_end_in_hash(name) && suffix(config).is_some_and(|suffix| name.ends_with(&suffix))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    fn read(text: &str) -> Value {
        Value::of(yaml::parse_all(text, true).unwrap()[0].root().unwrap())
    }

    /// As kubectl 1.32 and 1.37 name them.
    #[test]
    fn suffixes_are_those_of_kustomize() {
        for (text, expected) in [
            ("{kind: ConfigMap, data: {a: \"1\", b: x<y&z}}", "m5h7c9h5m5"),
            ("{kind: ConfigMap, data: {A: '1'}, immutable: true}", "89g4tffbfk"),
            ("{kind: ConfigMap, binaryData: {k: /w==}, data: {k: text}}", "88mdcb49gm"),
            ("{kind: ConfigMap}", "6ct58987ht"),
            ("{kind: Secret, type: Opaque, data: {p: cQ==}}", "hb2dth72f6"),
            ("{kind: Secret, type: Opaque, data: {}}", "46f8b28mk5"),
        ] {
            assert_eq!(suffix(&read(text)).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(suffix(&read("{kind: Deployment}")), None);
    }

    #[test]
    fn a_config_is_named_by_its_content_only_if_the_hash_is_right() {
        let named = |name| {
            read(&format!("{{kind: ConfigMap, metadata: {{name: {name}}}, data: {{A: '1'}}}}"))
        };
        assert!(is_named_by_content(&named("pre-cfg-89g4tffbfk")));
        assert!(!is_named_by_content(&named("pre-cfg-89g4tffbfm")));
        assert!(!is_named_by_content(&named("cfg")));
    }
}
