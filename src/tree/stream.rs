//! A build as a stream of JSON documents: what the rest of the crate reads instead of the output of
//! `kubectl kustomize`, and which resource of the build each byte belongs to.

use crate::kustomize::Value;

/// The text of a build, a document for each resource.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) text: String,
    /// Where each document begins.
    starts: Vec<usize>,
}

impl Stream {
    /// The stream of `resources`, in their order.
    pub(super) fn of<'v>(resources: impl IntoIterator<Item = &'v Value>) -> Self {
        let (mut text, mut starts) = (String::new(), Vec::new());
        for resource in resources {
            starts.push(text.len());
            text.push_str("---\n");
            write(&mut text, resource);
            text.push('\n');
        }
        Self { text, starts }
    }

    /// The number of the resource that byte `at` belongs to.
    pub(super) fn resource_at(&self, at: usize) -> Option<usize> {
        self.starts.partition_point(|start| *start <= at).checked_sub(1)
    }
}

/// Writes `value` as JSON. What YAML would not read as a string is written as it stands: it is then a
/// number or a boolean here as it is there.
fn write(text: &mut String, value: &Value) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Scalar(scalar) if scalar.is_string() => text.push_str(&quoted(&scalar.text)),
        Value::Scalar(scalar) => text.push_str(&scalar.text),
        Value::Sequence(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index > 0 { "," } else { "" });
                write(text, item);
            }
            text.push(']');
        }
        Value::Mapping(entries) => {
            text.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                text.push_str(if index > 0 { "," } else { "" });
                text.push_str(&quoted(key));
                text.push(':');
                write(text, value);
            }
            text.push('}');
        }
    }
}

fn quoted(string: &str) -> String {
    serde_json::to_string(string).expect("a string is JSON")
}
