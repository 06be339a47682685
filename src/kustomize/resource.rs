//! A resource while it is built: its value, what it was called before, and where it comes from.

use std::sync::{Arc, OnceLock};

use super::go_json::{self, Numbers};
use super::id::{Gvk, Id};
use super::name_references::Named;
use super::value::Value;
use crate::yaml::Span;

/// A resource of a build.
#[derive(Debug, Clone)]
pub(crate) struct Resource {
    value: Value,
    id: Id,
    /// What it was called before each change of its name or namespace, the oldest first.
    previous: Vec<Id>,
    /// What has been put before its name, the outermost last.
    pub(super) prefixes: Vec<Arc<str>>,
    /// What has been put behind its name, the outermost last.
    pub(super) suffixes: Vec<Arc<str>>,
    /// Whether its name gets a hash of its content at the end of the build.
    pub(super) needs_hash: bool,
    /// The names of the variables whose value it has.
    pub(super) variables: Vec<Arc<str>>,
    /// Whether something that is not known may have changed it.
    is_open: bool,
    /// Whether SOPS has encrypted a file that feeds it.
    is_encrypted: bool,
    origins: Arc<Vec<Origin>>,
    /// What it names in the fields that kustomize knows; shared by those who do not change it.
    names: Arc<OnceLock<Vec<Named>>>,
}

/// Where a resource, or part of its content, comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A document of a file.
    Document {
        file: Arc<str>,
        /// Counted from 0.
        document: usize,
        /// If the document is a list, which item of it, and of a list in that, and so on.
        items: Vec<usize>,
        span: Span,
    },
    /// An entry of a generator.
    Generator {
        /// The kustomization file.
        file: Arc<str>,
        /// The entry.
        span: Span,
        /// The files that it reads.
        inputs: Vec<Arc<str>>,
    },
}

impl Resource {
    /// The resource `value`, of which nothing has been changed yet.
    pub(super) fn new(value: Value, origin: Origin) -> Self {
        Self {
            id: Id::of(&value),
            value,
            previous: Vec::new(),
            prefixes: Vec::new(),
            suffixes: Vec::new(),
            needs_hash: false,
            variables: Vec::new(),
            is_open: false,
            is_encrypted: false,
            origins: vec![origin].into(),
            names: Arc::default(),
        }
    }

    /// The resource as the build yields it.
    pub(crate) fn value(&self) -> &Value {
        &self.value
    }

    /// Appends the resource as JSON on one line: what reads a rendered stream reads this alike.
    pub(crate) fn append_json(&self, text: &mut String) {
        go_json::write(text, &self.value, Numbers::Yaml);
    }

    /// What names it.
    pub(crate) fn id(&self) -> &Id {
        &self.id
    }

    /// Where it comes from: its own document or the entry that generates it, and after that the entries
    /// of generators that merged more into it or replaced its content.
    pub(crate) fn origins(&self) -> &[Origin] {
        &self.origins
    }

    /// Whether something that is not known may have changed it.
    pub(crate) fn is_open(&self) -> bool {
        self.is_open
    }

    /// Whether SOPS has encrypted a file that feeds it.
    #[cfg_attr(
        not(test),
        expect(
            dead_code,
            reason = "it will be a coverage of its own, as that of encrypted Secrets is"
        )
    )]
    pub(crate) fn is_encrypted(&self) -> bool {
        self.is_encrypted
    }

    /// The kind.
    pub(super) fn gvk(&self) -> &Arc<Gvk> {
        &self.id.gvk
    }

    /// What it names, which `find` finds out if it is not known yet.
    pub(super) fn names(&self, find: impl FnOnce() -> Vec<Named>) -> &[Named] {
        self.names.get_or_init(find)
    }

    /// What named it at first.
    pub(super) fn original_id(&self) -> &Id {
        self.previous.first().unwrap_or(&self.id)
    }

    /// What named it before it was changed.
    pub(super) fn previous_ids(&self) -> &[Id] {
        &self.previous
    }

    /// Whether that is what names it, or has named it.
    pub(super) fn was(&self, id: &Id) -> bool {
        self.id == *id || self.previous.contains(id)
    }

    /// Notes what it is called now, because that may change.
    pub(super) fn remember(&mut self) {
        self.previous.push(self.id.clone());
    }

    /// Gives it another name.
    pub(super) fn rename(&mut self, name: Arc<str>) {
        self.set_metadata("name", Value::string(name.clone()));
        self.id.name = name;
    }

    /// Moves it to another namespace.
    pub(super) fn move_to(&mut self, namespace: Arc<str>) {
        self.set_metadata("namespace", Value::string(namespace.clone()));
        self.id.namespace = namespace;
    }

    fn set_metadata(&mut self, key: &str, value: Value) {
        if let Some(metadata) = self.value.get_mut("metadata") {
            metadata.set(key, value);
        }
    }

    /// Changes its value, perhaps its name too.
    pub(super) fn change<R>(&mut self, change: impl FnOnce(&mut Value) -> R) -> R {
        let result = change(&mut self.value);
        self.names = Arc::default();
        if !self.id.is_of(&self.value) {
            let id = Id::of(&self.value);
            // What it was before has its kind, but the group and version that it has now.
            for previous in &mut self.previous {
                previous.gvk = id.gvk.with_kind(&previous.gvk.kind).into();
            }
            self.id = id;
        }
        result
    }

    /// Changes its value where neither name nor kind stand.
    pub(super) fn change_content(&mut self, change: impl FnOnce(&mut Value)) {
        change(&mut self.value);
        self.names = Arc::default();
    }

    /// Puts other names where it names resources, at the end of a build: it is not asked for them again.
    pub(super) fn change_names(&mut self, change: impl FnOnce(&mut Value)) {
        change(&mut self.value);
    }

    /// Loses all that kustomize has noted on it: its notes are annotations, which a patch can delete.
    pub(super) fn forget(&mut self) {
        self.previous.clear();
        self.prefixes.clear();
        self.suffixes.clear();
        self.needs_hash = false;
        self.variables.clear();
    }

    /// Says that something that is not known may have changed it.
    pub(super) fn open(&mut self) {
        self.is_open = true;
    }

    /// Says that SOPS has encrypted a file that feeds it.
    pub(super) fn encrypted(self, is_encrypted: bool) -> Self {
        Self { is_encrypted, ..self }
    }

    /// Takes over what `old`, which this resource replaces, is called and was called.
    pub(super) fn take_over(&mut self, old: &Self) {
        let Self { previous, prefixes, suffixes, .. } = old.clone();
        (self.previous, self.prefixes, self.suffixes) = (previous, prefixes, suffixes);
        self.needs_hash &= old.needs_hash;
        self.variables.extend(old.variables.iter().cloned());
        self.is_open |= old.is_open;
        self.is_encrypted |= old.is_encrypted;
        Arc::make_mut(&mut self.origins).splice(0..0, old.origins.iter().cloned());
        self.rename(old.id.name.clone());
        if !old.id.namespace.is_empty() {
            self.move_to(old.id.namespace.clone());
        }
    }
}
