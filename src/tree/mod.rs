//! A source tree: the builds that its kustomization roots yield, and where their stamps are written.

pub(crate) mod carrier;
mod locate;
