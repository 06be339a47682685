//! Options from a manifest: `.rollstamp.yaml`, whose form is that of a KRM object.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Options, function_config};
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
        with_root(text, read)
    }

    /// Reads the options from the text of a KRM function's config: a `Rollstamp`, or a `ConfigMap`
    /// with the names of options as keys. `None` if it is of another kind, which is not read.
    ///
    /// # Errors
    ///
    /// As for [`from_yaml`](Self::from_yaml).
    ///
    /// ```
    /// use rollstamp::{Keys, Options};
    ///
    /// let text = "apiVersion: v1\nkind: ConfigMap\ndata: {keys: referenced, strict: 'true'}\n";
    /// let options = Options::from_function_config(text)?.expect("a ConfigMap is read");
    /// assert_eq!((options.keys, options.strict), (Keys::Referenced, true));
    /// # Ok::<(), rollstamp::OptionsError>(())
    /// ```
    pub fn from_function_config(text: &str) -> Result<Option<Self>, OptionsError> {
        with_root(text, function_config::read)
    }
}

/// Reads the one document of `text`.
fn with_root<T>(
    text: &str,
    read: impl FnOnce(NodeRef<'_>) -> Result<T, ConfigProblem>,
) -> Result<T, OptionsError> {
    let refuse = |ConfigProblem { span, message, help }| OptionsError {
        message,
        help,
        line_column: LineIndex::new(text).line_column(span.start),
        place: Place::new(0, span),
    };
    let problem = |at: usize, message: &str, help: &str| {
        refuse(ConfigProblem { span: at..at, message: message.to_owned(), help: help.to_owned() })
    };
    let documents = yaml::parse_all(text, false).and_then(|documents| {
        let defect = documents.iter().find_map(yaml::Document::defect);
        defect.map_or(Ok(documents), Err)
    });
    let is_twice = |document: &yaml::Document<'_>| {
        let (_, again) = document.root()?.duplicates().next()?;
        Some((again.span().start, format!("key `{}` is given twice", again.text()?)))
    };
    let documents =
        documents.map_err(|error| problem(error.offset, &error.message, "fix the syntax"))?;
    if let Some((at, message)) = documents.iter().find_map(is_twice) {
        return Err(problem(at, &message, "remove one of them"));
    }
    if documents.iter().any(yaml::Document::has_alias) {
        return Err(problem(0, "the configuration must not use aliases", "write the values out"));
    }
    let mut roots = documents.iter().filter_map(yaml::Document::root);
    let (Some(root), None) = (roots.next(), roots.next()) else {
        let help = "see `rollstamp --help` for the options";
        return Err(problem(0, "the configuration must be one YAML document", help));
    };
    read(root).map_err(refuse)
}

/// What is wrong with the options in some document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConfigProblem {
    pub(crate) span: Span,
    pub(crate) message: String,
    pub(crate) help: String,
}

/// Reads the options that the object `root` holds.
pub(super) fn read(root: NodeRef<'_>) -> Result<Options, ConfigProblem> {
    let schema = schema();
    if let Some(unknown) = find_unknown(root, &schema, &schema, "") {
        let holder = if unknown.path.is_empty() { "the configuration" } else { &unknown.path };
        let message = format!("unknown field `{}` in `{holder}`", unknown.name);
        return Err(ConfigProblem { span: unknown.span, message, help: unknown.help });
    }
    let span_at = |path: &str| node_at(root, path).map_or(0..0, NodeRef::span);
    let file: ConfigFile = deserialize(&to_value(root), "", span_at)?;
    let start = span_at("spec").start;
    validated(file.spec, start..start)
}

/// The options, if they are valid; `span` is where they stand.
pub(super) fn validated(options: Options, span: Span) -> Result<Options, ConfigProblem> {
    let help = "see `rollstamp --help` for the options".to_owned();
    match options.validate() {
        Ok(()) => Ok(options),
        Err(message) => Err(ConfigProblem { span, message, help }),
    }
}

/// Reads options, or what holds them, from `value`, which is called `holder` and whose parts stand
/// at the spans that `span_at` gives by their paths.
pub(super) fn deserialize<T: DeserializeOwned>(
    value: &Value,
    holder: &str,
    span_at: impl Fn(&str) -> Span,
) -> Result<T, ConfigProblem> {
    serde_path_to_error::deserialize(value).map_err(|error: serde_path_to_error::Error<_>| {
        let inner = error.path().to_string();
        let path = if holder.is_empty() { inner.clone() } else { format!("{holder}.{inner}") };
        let (message, help) = explain(&path, &error.into_inner().to_string());
        ConfigProblem { span: span_at(&inner), message, help }
    })
}

/// What serde says of the value at `path`, in the words of our own messages, and what to do.
fn explain(path: &str, error: &str) -> (String, String) {
    let field = if path == "." { "the configuration".to_owned() } else { format!("`{path}`") };
    let see = "see `rollstamp --help` for the options".to_owned();
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
    let schema = referred(schema, whole);
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

/// What `schema`, a part of `whole`, refers to, or itself.
pub(super) fn referred<'s>(schema: &'s Value, whole: &'s Value) -> &'s Value {
    let reference = schema.get("$ref").and_then(Value::as_str);
    let referred = reference.and_then(|reference| whole.pointer(reference.trim_start_matches('#')));
    referred.unwrap_or(schema)
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
