//! What `kustomize build` would yield, worked out from the source tree alone.

#![expect(dead_code, unused_imports, reason = "the resolver is being built")]

mod patch;
mod value;

pub(crate) use value::{Scalar, Value};
