//! The results of a KRM function, as the specification has them.

use serde::Serialize;

use crate::error::Error;
use crate::escape::escape;
use crate::finding::{Finding, Severity};
use crate::model::{GroupVersionKind, ResourceId};
use crate::options::ConfigProblem;
use crate::source::Place;
use crate::yaml::{LineColumn, NodeRef};

/// Something to say about the input.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FunctionResult {
    message: String,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_ref: Option<ResourceRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<FieldRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<FileRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Tags>,
    #[serde(skip)]
    help: String,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct ResourceRef {
    api_version: String,
    kind: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    namespace: String,
    name: String,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct FieldRef {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    current_value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proposed_value: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct FileRef {
    path: String,
    index: u64,
}

#[derive(Debug, Clone, Serialize)]
struct Tags {
    code: &'static str,
}

/// The items of a `ResourceList`, by the bytes that they take up.
pub(super) struct Items<'d>(Vec<NodeRef<'d>>);

impl<'d> Items<'d> {
    /// The items of `list`.
    ///
    /// # Errors
    ///
    /// Returns what is no list, or no object in it.
    pub(super) fn of(list: NodeRef<'d>) -> Result<Self, NodeRef<'d>> {
        let Some(items) = list.get("items").filter(|items| !items.is_null()) else {
            return Ok(Self(Vec::new()));
        };
        let wrong = Some(items).filter(|items| !items.is_sequence());
        let wrong = wrong.or_else(|| items.items().find(|item| !item.is_mapping()));
        wrong.map_or_else(|| Ok(Self(items.items().collect())), Err)
    }

    /// The item that `place` is in.
    fn at(&self, place: &Place) -> Option<NodeRef<'d>> {
        let behind = self.0.partition_point(|item| item.span().start <= place.start);
        self.0[..behind].last().copied().filter(|item| place.start < item.span().end)
    }
}

impl FunctionResult {
    /// What is found in one of `items`.
    pub(super) fn finding(items: &Items<'_>, finding: &Finding) -> Self {
        let field = finding.field.as_ref().map(|path| FieldRef {
            path: path.clone(),
            current_value: finding.current.clone(),
            proposed_value: finding.proposed.clone(),
        });
        let item = items.at(&finding.place);
        let own = item.and_then(ResourceRef::of_item);
        let resource = finding.resource.as_deref();
        let own = own.filter(|own| resource.is_none_or(|resource| own.name == resource.name));
        Self {
            message: finding.message.clone(),
            severity: severity(finding.severity),
            resource_ref: own.or_else(|| resource.map(ResourceRef::of)),
            field,
            file: item.and_then(FileRef::of),
            tags: Some(Tags { code: finding.code.name() }),
            help: finding.help.clone(),
        }
    }

    /// What keeps the run from deciding.
    pub(super) fn error(items: &Items<'_>, error: &Error) -> Self {
        let item = items.at(error.place());
        Self {
            resource_ref: item.and_then(ResourceRef::of_item),
            file: item.and_then(FileRef::of),
            ..Self::plain(severity(Severity::Error), error.message(), error.help())
        }
    }

    /// What is wrong with `config`, the function's own.
    pub(super) fn config(config: NodeRef<'_>, problem: &ConfigProblem) -> Self {
        let message = format!("functionConfig: {}", problem.message);
        Self {
            resource_ref: ResourceRef::of_item(config),
            file: FileRef::of(config),
            ..Self::plain(severity(Severity::Error), &message, &problem.help)
        }
    }

    /// What is wrong with an option that is not in the function's config.
    pub(super) fn option(message: &str) -> Self {
        Self::plain(severity(Severity::Error), message, "fix the option on the command line")
    }

    /// That at `place` are no items.
    pub(super) fn items(place: LineColumn) -> Self {
        let LineColumn { line, column } = place;
        let message =
            format!("`items` must be a list of objects: see line {line}, column {column}");
        Self::plain(severity(Severity::Error), &message, "fix the program that writes the list")
    }

    /// That `config` is of a kind that is not read.
    pub(super) fn foreign_config(config: NodeRef<'_>) -> Self {
        let kind = config.get("kind").and_then(NodeRef::text).unwrap_or_default();
        let message =
            format!("functionConfig of kind {kind} is not read: the options are the defaults");
        let help =
            "write it as `apiVersion: rollstamp.dev/v1`, `kind: Rollstamp`, or as a ConfigMap";
        Self {
            resource_ref: ResourceRef::of_item(config),
            file: FileRef::of(config),
            ..Self::plain(severity(Severity::Warning), &message, help)
        }
    }

    fn plain(severity: &'static str, message: &str, help: &str) -> Self {
        Self {
            message: message.to_owned(),
            severity,
            resource_ref: None,
            field: None,
            file: None,
            tags: None,
            help: help.to_owned(),
        }
    }

    /// Whether the function fails by it.
    pub(super) fn is_error(&self) -> bool {
        self.severity == severity(Severity::Error)
    }

    /// The lines for people, unless it is only good to know.
    pub(super) fn text(&self) -> Option<String> {
        let Self { message, severity, help, .. } = self;
        let code = self.tags.as_ref().map(|tags| format!("[{}]", tags.code)).unwrap_or_default();
        let file = self.file.as_ref().map(|file| format!(" ({})", file.path)).unwrap_or_default();
        (*severity != "info").then(|| {
            let line = format!("{severity}{code}: {message}{file}");
            format!("{}\n  help: {}\n", escape(&line), escape(help))
        })
    }

    /// As JSON in one line that is YAML too.
    pub(super) fn to_json(&self) -> String {
        let with_help =
            Self { message: format!("{}; {}", self.message, self.help), ..self.clone() };
        let json = serde_json::to_string(&with_help).expect("every key is a string");
        // YAML takes no character as it is that it does not count as printable.
        let is_printable = |c: char| {
            matches!(c, ' '..='~' | '\u{85}' | '\u{a0}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
                || c >= '\u{10000}'
        };
        let escape = |c: char| match c {
            c if is_printable(c) => c.to_string(),
            c => format!("\\u{:04x}", u32::from(c)),
        };
        json.chars().map(escape).collect()
    }
}

/// What the specification calls a severity.
fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "info",
    }
}

impl ResourceRef {
    fn of(id: &ResourceId) -> Self {
        Self {
            api_version: id.gvk.api_version(),
            kind: id.gvk.kind.clone(),
            namespace: id.namespace.clone(),
            name: id.name.clone(),
        }
    }

    fn of_item(item: NodeRef<'_>) -> Option<Self> {
        let text = |path: &[&str]| {
            item.at(path.iter().copied()).and_then(NodeRef::text).unwrap_or_default()
        };
        let gvk = GroupVersionKind::new(text(&["apiVersion"]), text(&["kind"]));
        let id = ResourceId {
            gvk,
            namespace: text(&["metadata", "namespace"]).to_owned(),
            name: text(&["metadata", "name"]).to_owned(),
        };
        (!id.gvk.kind.is_empty()).then(|| Self::of(&id))
    }
}

impl FileRef {
    /// The file that `item` comes from, as its annotations say.
    fn of(item: NodeRef<'_>) -> Option<Self> {
        const PREFIXES: [&str; 2] = ["internal.config.kubernetes.io", "config.kubernetes.io"];
        let annotations = item.at(["metadata", "annotations"])?;
        let value = |name: &str| {
            let mut keys = PREFIXES.iter().map(|prefix| format!("{prefix}/{name}"));
            keys.find_map(|key| annotations.get(&key)?.text())
        };
        let path = value("path")?.to_owned();
        Some(Self { path, index: value("index").and_then(|index| index.parse().ok()).unwrap_or(0) })
    }
}
