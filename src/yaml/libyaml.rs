//! Reads YAML a third time, by libyaml as `serde_yaml` has it, which takes U+0085, U+2028 and U+2029 for the
//! ends of lines: as go-yaml does, and so kubectl, kustomize and Helm.
//!
//! It gives no positions and no styles, so it only says whether it reads the values that another reader did.

use std::fmt;

use memchr::memchr2_iter;
use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::document::{Document, NodeRef};

/// Where `text` has the first character that ends a line for some readers and not for others: U+0085, U+2028
/// or U+2029.
pub(super) fn line_separator(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    // Looked for by the first bytes of their UTF-8, because every text is searched.
    memchr2_iter(0xc2, 0xe2, bytes)
        .find(|at| matches!(bytes[*at..], [0xc2, 0x85, ..] | [0xe2, 0x80, 0xa8 | 0xa9, ..]))
}

/// Whether `text` holds `documents` for libyaml too.
pub(super) fn reads_alike(text: &str, documents: &[Document<'_>]) -> bool {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut documents = documents.iter();
    // After an error there would be no end of documents.
    let are_same = serde_yaml::Deserializer::from_str(text).all(|own| {
        let root = documents.next().and_then(Document::root).filter(|root| !root.is_null());
        match root {
            Some(root) => Same(root).deserialize(own).is_ok(),
            None => own.deserialize_unit(IgnoredAny).is_ok(),
        }
    });
    are_same && documents.next().is_none()
}

/// Takes what a node holds, and nothing else.
#[derive(Clone, Copy)]
struct Same<'d>(NodeRef<'d>);

impl<'de> DeserializeSeed<'de> for Same<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let Self(node) = self;
        if node.is_mapping() {
            deserializer.deserialize_map(self)
        } else if node.is_sequence() {
            deserializer.deserialize_seq(self)
        } else {
            deserializer.deserialize_str(self)
        }
    }
}

impl<'de> Visitor<'de> for Same<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what another parser has read")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        same(self.0.text() == Some(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        for item in self.0.items() {
            same(items.next_element_seed(Same(item))?.is_some())?;
        }
        same(items.next_element::<IgnoredAny>()?.is_none())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        for (key, value) in self.0.resolved().own_entries() {
            same(entries.next_key_seed(Same(key))?.is_some())?;
            entries.next_value_seed(Same(value))?;
        }
        same(entries.next_key::<IgnoredAny>()?.is_none())
    }
}

fn same<E: Error>(is_same: bool) -> Result<(), E> {
    if is_same { Ok(()) } else { Err(E::custom("another value")) }
}

#[cfg(test)]
mod tests {
    use super::super::granit;
    use super::*;

    fn is_alike(text: &str) -> bool {
        reads_alike(text, &granit::read(text, 0).expect(text))
    }

    #[test]
    fn what_both_parsers_read_is_alike() {
        for text in [
            "",
            "# c\n",
            "---\n---\n",
            "a: &x [b, 'c', {}, [], ~]\nd: *x\ne: {<<: {y: z}, *x : 1, ? [f] : g}\n",
            "a: 1\na: 2\n--- |\n x\n...\n---\n- !t {b: c}\n- >+\n  c\n\n",
        ] {
            assert!(is_alike(text), "{text}");
        }
        for (text, other) in [("a: b\n", "a: c\n"), ("a: {}\n", "a: []\n"), ("[a]\n", "[a, b]\n")] {
            let documents = granit::read(text, 0).expect(text);
            assert!(reads_alike(text, &documents) && !reads_alike(other, &documents));
        }
        for separator in ['\u{2028}', '\u{2029}'] {
            assert!(is_alike(&format!("a: \"b{separator}c\" # d{separator}\n")));
        }
    }

    #[test]
    fn what_only_one_parser_takes_for_the_end_of_a_line_is_told() {
        for separator in ['\u{85}', '\u{2028}', '\u{2029}'] {
            for text in [
                "a: b # c;d: e\n",
                "a: |\n  b;c\n",
                "# c;a: b\n",
                "- a;- b\n",
                "a: >\n  b;  c\n  d\n",
            ] {
                let text = text.replace(';', &separator.to_string());
                assert!(!is_alike(&text), "{text:?}");
            }
        }
        assert!(!is_alike("a: \"b\u{85}c\"\n"));
    }
}
