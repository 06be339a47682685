//! A member of the bundle: what a document, or an item of a list in it, is to the rules.

use super::local::{file, function_configs, is_local};
use super::producer::may_produce;
use super::workload::is_workload_kind;
use super::{Config, ConfigKind, Resource, Workload};
use crate::error::Problem;
use crate::options::Options;
use crate::yaml::{Document, NodeRef};

/// What a resource is to the rules.
#[derive(Debug)]
pub(super) enum Member<'d> {
    /// What kustomize and kpt hand to functions; its items are members of their own.
    ResourceList,
    Config(Config<'d>),
    Workload(Workload<'d>),
    Other(Resource<'d>),
    /// A config or workload in a document that kubectl and kustomize don't read.
    Unapplied(Resource<'d>),
    /// What has no kind or no version: values of Helm, a patch.
    Nameless(NodeRef<'d>),
}

impl<'d> Member<'d> {
    /// The members in `document`, which has that number.
    ///
    /// # Errors
    ///
    /// Returns an error if there is a workload or a config, and the document has a defect.
    pub(super) fn all(
        document: &'d Document<'d>,
        number: (usize, usize),
        options: &'d Options,
    ) -> Result<Vec<Self>, Problem> {
        // Nearly always one: a vector that grows begins with room for four.
        let mut members = Vec::with_capacity(1);
        if let Some(root) = document.root() {
            read(root, number, options, &mut members);
        }
        if let Some(problem) = document.root().and_then(|root| two_in_one(root, options)) {
            return Err(problem);
        }
        let is_ours = |member: &Self| matches!(member, Self::Config(_) | Self::Workload(_));
        if let Some(defect) = document.defect().filter(|_| members.iter().any(is_ours)) {
            return Err(Problem::from(defect));
        }
        if document.is_after_end {
            members = members.into_iter().filter_map(Self::unapplied).collect();
        }
        Ok(members)
    }

    /// What is left of it in a document that nothing reads.
    fn unapplied(self) -> Option<Self> {
        match self {
            Self::Config(Config { resource, .. }) | Self::Workload(Workload { resource, .. }) => {
                Some(Self::Unapplied(resource))
            }
            Self::ResourceList | Self::Other(_) | Self::Unapplied(_) | Self::Nameless(_) => None,
        }
    }
}

/// Two resources in one mapping, one of which would be lost: `kind` and `metadata` are given twice.
fn two_in_one(root: NodeRef<'_>, options: &Options) -> Option<Problem> {
    let own =
        |name: &'static str| root.own_entries().filter(move |(key, _)| key.text() == Some(name));
    let is_ours = |kind: &str| {
        is_workload_kind(kind, options) || ConfigKind::ALL.iter().any(|own| own.name() == kind)
    };
    root.duplicates().next()?;
    own("metadata").nth(1)?;
    let (second, _) = own("kind").nth(1)?;
    own("kind").filter_map(|(_, kind)| kind.text()).find(|kind| is_ours(kind))?;
    let message = "two resources are written as one: `kind` and `metadata` are given twice";
    Some(Problem::new(second.span(), message, "write `---` on a line of its own before the second"))
}

fn read<'d>(
    node: NodeRef<'d>,
    number: (usize, usize),
    options: &'d Options,
    members: &mut Vec<Member<'d>>,
) {
    let Some(resource) = Resource::read(node, number, options) else {
        members.push(Member::Nameless(node));
        return;
    };
    if is_local(&resource) {
        return;
    }
    if resource.id.kind == "ResourceList" {
        members.push(Member::ResourceList);
    }
    if let Some(items) = items(&resource) {
        let function_configs = function_configs(items);
        // An item that is an alias is the resource it stands for once more; a list among
        // them would be opened as often as it is named.
        let others = items.items().filter(|item| !item.is_alias() || !is_list(*item));
        let others = others
            .filter(|item| function_configs.is_empty() || !function_configs.contains(&file(*item)));
        others.for_each(|item| read(item, number, options, members));
    } else if let Some(kind) = ConfigKind::of(resource.id) {
        members.push(Member::Config(Config::new(kind, resource)));
    } else if let Some(workload) = Workload::read(&resource, options) {
        members.push(Member::Workload(workload));
    } else {
        members.push(Member::Other(resource));
    }
}

/// Whether the document `body`, whose root says `kind`, has to be read: it may be, or hold, a resource
/// that matters.
pub(crate) fn is_wanted(kind: &str, body: &str, options: &Options) -> bool {
    ConfigKind::ALL.iter().any(|config| config.name() == kind)
        || is_list_kind(kind)
        || is_workload_kind(kind, options)
        || matches!(kind, "Namespace" | "Pod")
        || may_produce(kind, body)
}

/// The resources in `resource`, if it is a list of some: a `Template` of `OpenShift` is one too.
fn items<'d>(resource: &Resource<'d>) -> Option<NodeRef<'d>> {
    let field = match (resource.id.group(), resource.id.kind) {
        ("template.openshift.io" | "", TEMPLATE) => "objects",
        (_, kind) if kind.ends_with("List") => "items",
        _ => return None,
    };
    resource.node.get(field).filter(|items| items.is_sequence())
}

/// The kind of `OpenShift` that holds resources with parameters.
const TEMPLATE: &str = "Template";

fn is_list_kind(kind: &str) -> bool {
    kind.ends_with("List") || kind == TEMPLATE
}

fn is_list(node: NodeRef<'_>) -> bool {
    node.get("kind").and_then(NodeRef::text).is_some_and(is_list_kind)
}
