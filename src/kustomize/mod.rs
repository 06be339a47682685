//! What `kustomize build` would yield, worked out from the source tree alone.
//!
//! A [`Resolver`] is given a way to read [`Files`]. It reads and parses each file once, resolves
//! each base once, and shares both between the roots: what a root does not change is not copied.
//! [`fields`] has one module for each field of a kustomization file, and the order in which a build
//! applies them. What cannot be known offline is an [`Unknown`], and what kustomize would refuse a
//! [`BuildError`]; `docs/design.md` lists how far each field is understood.

mod build;
mod cluster_scoped;
mod configuration;
mod error;
mod field_path;
mod field_spec;
mod fields;
mod files;
mod go_json;
mod hash;
mod id;
mod kustomization;
mod layer;
mod load;
mod name_references;
mod node;
mod order;
mod patch;
mod remote;
mod resolver;
mod resource;
mod roots;
mod scalar;
mod step;
#[cfg(test)]
mod tests;
mod value;

pub(crate) use build::Build;
pub(crate) use error::{BuildError, Note, Touches, Unknown};
pub use files::{Files, ReadError};
pub(crate) use hash::{is_named_by_content, may_end_in_hash};
pub(crate) use kustomization::is_kustomization_file;
pub(crate) use resolver::Resolver;
pub(crate) use resource::{Origin, Resource};
pub(crate) use roots::roots;
pub(crate) use value::{Scalar, Value};
