//! Canonical JSON of a node: one text for one value, however it is written.

use std::collections::BTreeMap;

use crate::yaml::NodeRef;

/// Writes `node` as JSON without white space, keys in bytewise order, every scalar but null as a
/// string: its text, never a resolved type, so that YAML 1.1 and 1.2 readers agree.
pub(super) fn write(node: NodeRef<'_>) -> String {
    let mut text = String::new();
    append(&mut text, node);
    text
}

fn append(text: &mut String, node: NodeRef<'_>) {
    if node.is_mapping() {
        let entries: BTreeMap<_, _> =
            node.entries().filter_map(|(key, value)| Some((key.text()?, value))).collect();
        text.push('{');
        for (index, (key, value)) in entries.into_iter().enumerate() {
            text.push_str(if index > 0 { "," } else { "" });
            append_string(text, key);
            text.push(':');
            append(text, value);
        }
        text.push('}');
    } else if node.is_sequence() {
        text.push('[');
        for (index, item) in node.items().enumerate() {
            text.push_str(if index > 0 { "," } else { "" });
            append(text, item);
        }
        text.push(']');
    } else if node.is_null() {
        text.push_str("null");
    } else {
        append_string(text, node.text().unwrap_or_default());
    }
}

fn append_string(text: &mut String, string: &str) {
    text.push_str(&serde_json::to_string(string).expect("a string is JSON"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    #[test]
    fn writing_does_not_count() {
        let canonical = |text| {
            let documents = yaml::parse_all(text, false).unwrap();
            write(documents[0].root().unwrap())
        };
        let expected = r#"{"a":["1",null,"x\n"],"b":{"c":"true"}}"#;
        assert_eq!(canonical("b: {c: true}\na:\n- 1\n-\n- |\n  x\n"), expected);
        assert_eq!(canonical(r#"{"a": ["1", null, "x\n"], "b": {"c": "true"}}"#), expected);
        assert_eq!(canonical("x: &x {c: 'true'}\n").len(), 18);
    }
}
