//! Stamps pod templates with the content hash of the ConfigMaps and Secrets that they track.
//!
//! A ConfigMap or Secret changes, and the pods that use it keep the old values. This crate reads a
//! bundle of manifests, resolves by the annotations of Reloader which workloads track which
//! configs, and works out the [`Edit`]s that write one hash, the stamp, into each tracking
//! workload's pod template: so that any apply rolls exactly the pods whose configuration changed.
//!
//! One pipeline, one plan: everything is decided by [`plan()`], which reads no file, no clock and no
//! environment. What writes, checks or explains is a view of its [`Plan`].
//!
//! ```text
//! Source ── yaml ──▶ Document ── model ──▶ ResourceSet ── reference, rules ──▶ decisions
//!                                                │                                │
//!        edits proved by a second parser ◀── edit ◀── stamp ◀── digest ◀──────────┘
//! ```

mod digest;
mod edit;
mod error;
mod escape;
mod finding;
mod findings;
mod function;
mod kustomize;
mod model;
mod options;
mod parallel;
mod plan;
mod planner;
mod privacy;
mod reference;
pub mod report;
mod rules;
mod source;
mod stamp;
mod suggest;
mod summary;
mod tree;
mod variable;
mod yaml;

pub use edit::{Edit, apply, pieces};
pub use error::Error;
pub use finding::{Code, Finding, Severity};
pub use function::{FunctionOutput, run as run_function};
pub use kustomize::{Files, ReadError};
pub use model::{ConfigKind, Coverage, GroupVersionKind, ResourceId, Selector, WorkloadKind};
pub use options::{
    AnnotationNames, IgnoredResources, JobPolicy, Keys, Mode, Options, OptionsError, Overlays,
    Strategy, schema as options_schema,
};
pub use plan::{ConfigPlan, ConfigSource, Plan, WorkloadPlan};
pub use planner::{plan, plan_check, plan_strip};
pub use rules::{Because, Rule};
pub use source::{Place, Source};
pub use stamp::{Goal, Stamp, State, Variable};
pub use summary::{Fate, Summary};
pub use tree::{CARRIER, FoundRoot, Root, Tree, TreeError, TreePlan, roots, strip_carrier};
pub use yaml::{LineColumn, LineIndex, Span};
