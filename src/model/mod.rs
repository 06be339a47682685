//! The parts of Kubernetes' resource model that the rules look at.

mod annotation;
mod canonical_json;
mod config;
mod injected;
mod kustomize;
mod local;
mod member;
mod names;
mod opt_ins;
pub(crate) mod placeholder;
mod pod_template;
mod producer;
mod resource;
mod selector;
mod set;
mod workload;

pub(crate) use annotation::{Annotation, Annotations};
pub(crate) use config::Config;
pub use config::{ConfigKind, Coverage};
pub(crate) use injected::Injected;
pub(crate) use member::is_wanted;
pub(crate) use names::{REACH, Stem};
pub(crate) use opt_ins::OptIns;
pub(crate) use pod_template::PodTemplate;
pub use resource::{GroupVersionKind, ResourceId};
pub(crate) use resource::{Identity, Resource};
pub use selector::Selector;
pub(crate) use set::{Ambiguous, ResourceSet};
pub use workload::WorkloadKind;
pub(crate) use workload::{Workload, is_workload_kind, plural_kind};
