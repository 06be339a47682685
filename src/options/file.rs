//! Options from a manifest: `.rollstamp.yaml`, whose form is that of a KRM object.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Options;
use crate::source::Place;
use crate::suggest::nearest;
use crate::yaml::{self, LineColumn, LineIndex, NodeRef, Span};

/// Why a text is no `.rollstamp.yaml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionsError {
    message: String,
    help: String,
    place: Place,
    line_column: LineColumn,
}

impl OptionsError {
    /// What is wrong: lower case, without a full stop.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it.
    pub fn help(&self) -> &str {
        &self.help
    }

    /// The bytes to blame; the source is always number 0.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The line and column of the first byte to blame.
    pub fn line_column(&self) -> LineColumn {
        self.line_column
    }
}

impl fmt::Display for OptionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LineColumn { line, column } = self.line_column;
        write!(f, "{line}:{column}: {}", self.message)
    }
}

impl std::error::Error for OptionsError {}

/// The form of `.rollstamp.yaml`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "rollstamp configuration")]
struct ConfigFile {
    #[serde(rename = "apiVersion")]
    _api_version: ApiVersion,
    #[serde(rename = "kind")]
    _kind: Kind,
    #[serde(default, rename = "metadata")]
    _metadata: Map<String, Value>,
    #[serde(default)]
    spec: Options,
}

#[derive(Debug, Deserialize, JsonSchema)]
enum ApiVersion {
    #[serde(rename = "rollstamp.dev/v1")]
    V1,
}

#[derive(Debug, Deserialize, JsonSchema)]
enum Kind {
    Rollstamp,
}

/// The JSON Schema of `.rollstamp.yaml`.
///
/// ```
/// let schema = rollstamp::options_schema();
/// assert_eq!(schema["properties"]["kind"]["$ref"], "#/$defs/Kind");
/// ```
pub fn schema() -> Value {
    schemars::schema_for!(ConfigFile).into()
}

impl Options {
    /// Reads the options from the text of a `.rollstamp.yaml`.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not YAML, or a field is unknown or does not hold what it must.
    ///
    /// ```
    /// let text = "apiVersion: rollstamp.dev/v1\nkind: Rollstamp\nspec: {jobs: ignore}\n";
    /// assert_eq!(rollstamp::Options::from_yaml(text)?.jobs, rollstamp::JobPolicy::Ignore);
    ///
    /// let error = rollstamp::Options::from_yaml(&text.replace("jobs", "job")).unwrap_err();
    /// assert_eq!(error.to_string(), "3:8: unknown field `job` in `spec`");
    /// assert_eq!(error.help(), "did you mean `jobs`?");
    /// # Ok::<(), rollstamp::OptionsError>(())
    /// ```
    pub fn from_yaml(text: &str) -> Result<Self, OptionsError> {
        let refuse = |span: Span, message: String, help: &str| OptionsError {
            message,
            help: help.to_owned(),
            line_column: LineIndex::new(text).line_column(span.start),
            place: Place::new(0, span),
        };
        let documents = yaml::parse_all(text).and_then(|documents| {
            let defect = documents.iter().find_map(yaml::Document::defect);
            defect.map_or(Ok(documents), Err)
        });
        let documents = documents
            .map_err(|error| refuse(error.offset..error.offset, error.message, "mend the text"))?;
        if documents.iter().any(yaml::Document::has_alias) {
            let message = "the configuration must not use aliases".to_owned();
            return Err(refuse(0..0, message, "write the values out"));
        }
        let mut roots = documents.iter().filter_map(yaml::Document::root);
        let (Some(root), None) = (roots.next(), roots.next()) else {
            let message = "the configuration must be one YAML document".to_owned();
            return Err(refuse(0..0, message, "see the options in docs/reference.md"));
        };
        let schema = schema();
        if let Some(unknown) = find_unknown(root, &schema, &schema, "") {
            let holder = if unknown.path.is_empty() { "the configuration" } else { &unknown.path };
            let message = format!("unknown field `{}` in `{holder}`", unknown.name);
            return Err(refuse(unknown.span, message, &unknown.help));
        }
        let value = to_value(root);
        let file: Result<ConfigFile, _> = serde_path_to_error::deserialize(&value);
        let file = file.map_err(|error| {
            let path = error.path().to_string();
            let span = node_at(root, &path).map_or(0..0, NodeRef::span);
            let (message, help) = explain(&path, &error.into_inner().to_string());
            refuse(span, message, &help)
        })?;
        file.spec.validate().map_err(|message| {
            let spec = root.get("spec").map_or(0..0, |spec| spec.span().start..spec.span().start);
            refuse(spec, message, "see the options in docs/reference.md")
        })?;
        Ok(file.spec)
    }
}

/// What serde says of the value at `path`, in the words of our own messages, and what to do.
fn explain(path: &str, error: &str) -> (String, String) {
    let field = if path == "." { "the configuration".to_owned() } else { format!("`{path}`") };
    let see = "see the options in docs/reference.md".to_owned();
    if let Some((given, known)) = error.split_once(", expected ") {
        let words: Vec<_> = known.split('`').skip(1).step_by(2).collect();
        let given = given.split('`').nth(1).unwrap_or_default();
        let help = nearest(given, words).map_or(see, |near| format!("did you mean `{near}`?"));
        return (format!("{field} must be {known}"), help);
    }
    match error.strip_prefix("missing field ") {
        Some(name) => (format!("{field} must have the field {name}"), see),
        None => (format!("{field}: {error}"), see),
    }
}

/// A field that the schema does not know.
struct Unknown {
    name: String,
    path: String,
    span: Span,
    help: String,
}

/// The first field below `node` that `schema`, a part of `whole`, does not know.
fn find_unknown(node: NodeRef<'_>, schema: &Value, whole: &Value, path: &str) -> Option<Unknown> {
    let schema = match schema.get("$ref").and_then(Value::as_str) {
        Some(reference) => whole.pointer(reference.trim_start_matches('#'))?,
        None => schema,
    };
    if let Some(items) = schema.get("items") {
        let mut items =
            node.items().enumerate().map(|(i, item)| (item, items, format!("{path}[{i}]")));
        return items.find_map(|(item, schema, path)| find_unknown(item, schema, whole, &path));
    }
    let properties = schema.get("properties").and_then(Value::as_object)?;
    node.entries().find_map(|(key, value)| {
        let name = key.text().unwrap_or_default();
        let Some(schema) = properties.get(name) else {
            let near = nearest(name, properties.keys().map(String::as_str));
            let fields = || properties.keys().map(|key| format!("`{key}`")).collect::<Vec<_>>();
            let help = near.map_or_else(
                || format!("it must be one of {}", fields().join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            return Some(Unknown {
                name: name.to_owned(),
                path: path.to_owned(),
                span: key.span(),
                help,
            });
        };
        let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        find_unknown(value, schema, whole, &path)
    })
}

/// The node at a path such as `spec.workloads[0].kind`.
fn node_at<'d>(root: NodeRef<'d>, path: &str) -> Option<NodeRef<'d>> {
    let mut node = root;
    for part in path.split(['.', '[']).filter(|part| !part.is_empty()) {
        node = match part.strip_suffix(']') {
            Some(index) => node.items().nth(index.parse().ok()?)?,
            None => node.get(part)?,
        };
    }
    Some(node)
}

/// The value of a node, as `serde_yaml` types its scalars.
fn to_value(node: NodeRef<'_>) -> Value {
    let node = node.resolved();
    if node.is_mapping() {
        let entry = |(key, value): (NodeRef<'_>, NodeRef<'_>)| {
            (key.text().unwrap_or_default().to_owned(), to_value(value))
        };
        Value::Object(node.entries().map(entry).collect())
    } else if node.is_sequence() {
        Value::Array(node.items().map(to_value).collect())
    } else {
        let text = node.text().unwrap_or_default();
        let plain = node.is_plain().then(|| serde_yaml::from_str(text).ok()).flatten();
        plain.unwrap_or_else(|| Value::String(text.to_owned()))
    }
}
