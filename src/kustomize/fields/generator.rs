//! What `configMapGenerator` and `secretGenerator` have in common.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::error::{BuildError, Touches};
use super::super::files::ReadError;
use super::super::node::{Node, Pairs};
use super::super::resource::{Origin, Resource};
use super::super::step::{Step, unreadable};
use super::super::value::Value;

/// What a generator makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    ConfigMap,
    Secret,
}

/// The options of a generator's entry, or of all entries of a file.
#[derive(Debug, Default)]
pub(super) struct Options {
    labels: Pairs,
    annotations: Pairs,
    has_no_hash: bool,
    is_immutable: bool,
}

impl Options {
    /// The options that `node` says.
    ///
    /// # Errors
    ///
    /// Returns an error if it says anything else.
    pub(super) fn read(node: &Node) -> Result<Self, BuildError> {
        node.only(&["labels", "annotations", "disableNameSuffixHash", "immutable"])?;
        Ok(Self {
            labels: node.pairs_of("labels")?,
            annotations: node.pairs_of("annotations")?,
            has_no_hash: node.flag("disableNameSuffixHash")?,
            is_immutable: node.flag("immutable")?,
        })
    }

    /// These, and those of `all` where these say nothing. What is switched on for all stays on.
    fn with(mut self, all: Self) -> Self {
        let add = |own: &mut Pairs, all: Pairs| {
            let new = all.into_iter().filter(|(key, _)| own.iter().all(|(own, _)| own != key));
            let new: Vec<_> = new.collect();
            own.extend(new);
        };
        add(&mut self.labels, all.labels);
        add(&mut self.annotations, all.annotations);
        self.has_no_hash |= all.has_no_hash;
        self.is_immutable |= all.is_immutable;
        self
    }
}

/// Makes what `entry` says, or changes what has been made.
pub(super) fn generate(
    step: &mut Step<'_, '_>,
    entry: &Node,
    kind: Kind,
) -> Result<(), BuildError> {
    let mut known =
        vec!["name", "namespace", "behavior", "options", "literals", "files", "envs", "env"];
    known.extend((kind == Kind::Secret).then_some("type"));
    entry.only(&known)?;
    let options = entry.get("options").map_or(Ok(Options::default()), Options::read)?;
    let all = step.kustomization.root.get("generatorOptions");
    let options = options.with(all.map_or(Ok(Options::default()), Options::read)?);
    let content = Content::read(step, entry)?;
    let value = object(entry, kind, &options, &content)?;
    let Content { inputs, is_encrypted, .. } = content;
    let file = step.kustomization.file.clone();
    let origin = Origin::Generator { file, span: entry.span.clone(), inputs };
    let mut config = Resource::new(value, origin).encrypted(is_encrypted);
    config.needs_hash = !options.has_no_hash;
    absorb(step, entry, config)
}

/// What an entry's sources hold, by key.
#[derive(Default)]
struct Content {
    entries: BTreeMap<String, Arc<[u8]>>,
    inputs: Vec<Arc<str>>,
    is_encrypted: bool,
}

impl Content {
    fn read(step: &mut Step<'_, '_>, entry: &Node) -> Result<Self, BuildError> {
        let mut content = Self::default();
        let single = entry.text_of("env")?.map(|path| (entry, path));
        for (node, path) in entry.texts_of("envs")?.into_iter().chain(single) {
            content.add_lines(step, node, path)?;
        }
        for (node, literal) in entry.texts_of("literals")? {
            let pair = literal.split_once('=').filter(|(key, _)| !key.is_empty());
            let (key, value) = pair.ok_or_else(|| node.fail("a literal must be `KEY=VALUE`"))?;
            content.add(node, key, without_quotes(value).as_bytes().into())?;
        }
        for (node, source) in entry.texts_of("files")? {
            content.add_file(step, node, source)?;
        }
        Ok(content)
    }

    fn add(&mut self, node: &Node, key: &str, value: Arc<[u8]>) -> Result<(), BuildError> {
        match self.entries.insert(key.to_owned(), value) {
            Some(_) => Err(node.fail(format!("key `{}` is given twice", key.escape_debug()))),
            None => Ok(()),
        }
    }

    fn open(
        &mut self,
        step: &mut Step<'_, '_>,
        node: &Node,
        path: &str,
    ) -> Result<Arc<[u8]>, BuildError> {
        let file = step.path(node, path)?;
        if step.resolver.is_directory(&file) {
            return Err(unreadable(node, path, &ReadError::Directory));
        }
        let (file, bytes) = step.read(node, path)?;
        self.is_encrypted |= is_encrypted(&bytes);
        self.inputs.push(file);
        Ok(bytes)
    }

    /// Adds `[KEY=]PATH`.
    fn add_file(
        &mut self,
        step: &mut Step<'_, '_>,
        node: &Node,
        source: &str,
    ) -> Result<(), BuildError> {
        let (key, path) = match source.split_once('=') {
            None => (source.rsplit('/').next().unwrap_or(source), source),
            Some((key, path)) if !key.is_empty() && !path.is_empty() && !path.contains('=') => {
                (key, path)
            }
            Some(_) => return Err(node.fail("a file must be `PATH` or `KEY=PATH`")),
        };
        let bytes = self.open(step, node, path)?;
        self.add(node, key, bytes)
    }

    /// Adds the lines of an environment file. No error shows any of them.
    fn add_lines(
        &mut self,
        step: &mut Step<'_, '_>,
        node: &Node,
        path: &str,
    ) -> Result<(), BuildError> {
        let bytes = self.open(step, node, path)?;
        let Ok(text) = str::from_utf8(&bytes) else {
            return Err(node.fail("an environment file must be UTF-8"));
        };
        for line in text.strip_prefix('\u{feff}').unwrap_or(text).split('\n') {
            let line = line.strip_suffix('\r').unwrap_or(line).trim_start();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (key, value) = line.split_once('=').unwrap_or((line, ""));
            if self.entries.insert(key.to_owned(), value.as_bytes().into()).is_some() {
                return Err(node.fail("a key of this file is given twice"));
            }
        }
        Ok(())
    }
}

/// One pair of quotes around a literal is not part of it.
fn without_quotes(value: &str) -> &str {
    let quoted = ['"', '\''].into_iter();
    let mut quoted = quoted.filter_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote));
    quoted.next().unwrap_or(value)
}

/// Whether SOPS has encrypted the file.
fn is_encrypted(bytes: &[u8]) -> bool {
    let has = |word: &[u8]| bytes.windows(word.len()).any(|window| window == word);
    has(b"ENC[AES256_GCM,") && has(b"sops")
}

fn object(
    entry: &Node,
    kind: Kind,
    options: &Options,
    content: &Content,
) -> Result<Value, BuildError> {
    let name = entry.text_of("name")?.filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| entry.fail("a generated config must have a name"))?;
    let mut metadata = Value::mapping();
    metadata.set("name", Value::string(name.clone()));
    if let Some(namespace) = entry.text_of("namespace")?.filter(|text| !text.is_empty()) {
        metadata.set("namespace", Value::string(namespace.clone()));
    }
    for (key, pairs) in [("labels", &options.labels), ("annotations", &options.annotations)] {
        if !pairs.is_empty() {
            let pairs = pairs.iter().map(|(key, text)| (key.clone(), Value::string(text.clone())));
            metadata.set(key, Value::of_entries(pairs.collect()));
        }
    }
    let mut object = Value::mapping();
    object.set("apiVersion", Value::string("v1"));
    object.set("kind", Value::string(if kind == Kind::Secret { "Secret" } else { "ConfigMap" }));
    object.set("metadata", metadata);
    if kind == Kind::Secret {
        let secret_type = entry.text_of("type")?.filter(|text| !text.is_empty());
        object.set("type", Value::string(secret_type.map_or("Opaque", |text| text)));
    }
    if options.is_immutable {
        object.set("immutable", Value::plain("true"));
    }
    set_content(&mut object, kind, content);
    Ok(object)
}

fn set_content(object: &mut Value, kind: Kind, content: &Content) {
    let encoded = |bytes: &[u8]| Value::string(STANDARD.encode(bytes));
    let (mut data, mut binary) = (Vec::new(), Vec::new());
    for (key, bytes) in &content.entries {
        let key = Arc::from(key.as_str());
        match str::from_utf8(bytes) {
            _ if kind == Kind::Secret => data.push((key, encoded(bytes))),
            Ok(text) => data.push((key, Value::string(text))),
            Err(_) => binary.push((key, encoded(bytes))),
        }
    }
    if kind == Kind::Secret || !data.is_empty() {
        object.set("data", Value::of_entries(data));
    }
    if !binary.is_empty() {
        object.set("binaryData", Value::of_entries(binary));
    }
}

/// Adds `config`, or puts it in the place of the one that there is, as its `behavior` says.
fn absorb(step: &mut Step<'_, '_>, entry: &Node, mut config: Resource) -> Result<(), BuildError> {
    let behavior = entry.text_of("behavior")?.map_or("", |behavior| behavior);
    let old = step.layer.find(config.id());
    let id = config.id().clone();
    match (behavior, &old[..]) {
        ("merge" | "replace", [index]) => {
            let old = step.layer.resources[*index].clone();
            if behavior == "merge" {
                merge_content(&mut config, &old);
            }
            merge_metadata(&mut config, &old);
            config.take_over(&old);
            *step.layer.resource_mut(*index) = config;
            Ok(())
        }
        ("merge" | "replace", []) if step.layer.may_lack_resources => {
            let message = format!("{id} is not known: neither is what this makes of it");
            step.unknown(entry, "behavior", Touches::Additions, message);
            Ok(())
        }
        ("merge" | "replace", []) => Err(entry
            .fail(format!("there is no {id} to {behavior}"))
            .with_help("`behavior: create` makes it")),
        // A behavior that kustomize does not know is none.
        (_, []) => step.add(entry, &[Arc::new(config)]),
        (_, [_]) => Err(entry
            .fail(format!("the build has {id} already"))
            .with_help("`behavior: merge` or `replace` changes it")),
        (_, [_, _, ..]) => Err(entry.fail(format!("{id} may stand for several resources"))),
    }
}

/// Adds the entries of `old` whose keys `new` does not have. What is a number becomes a string.
fn merge_content(new: &mut Resource, old: &Resource) {
    for field in ["data", "binaryData"] {
        let Some(content) = old.value().get(field).filter(|value| !value.entries().is_empty())
        else {
            continue;
        };
        new.change_content(|value| merge_pairs(value, field, content));
    }
    if new.value().get("data").is_some_and(|data| data.entries().is_empty()) {
        new.change_content(|value| drop(value.remove("data")));
    }
}

fn merge_metadata(new: &mut Resource, old: &Resource) {
    for field in ["labels", "annotations"] {
        let Some(pairs) = old.value().at(["metadata", field]) else { continue };
        new.change_content(|value| {
            if let Some(metadata) = value.get_mut("metadata") {
                merge_pairs(metadata, field, pairs);
            }
        });
    }
}

fn merge_pairs(holder: &mut Value, field: &str, old: &Value) {
    let pairs = old.entries().iter();
    let pairs =
        pairs.map(|(key, value)| (key.clone(), Value::string(value.text().unwrap_or_default())));
    let mut merged = Value::of_entries(pairs.collect());
    for (key, value) in holder.get(field).map_or(&[][..], Value::entries) {
        merged.set(key, value.clone());
    }
    if !merged.entries().is_empty() {
        holder.set(field, merged);
    }
}
