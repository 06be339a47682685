//! A source tree: the builds that its kustomization roots yield, and where their stamps are written.

#![expect(dead_code, reason = "the tree is being built")]

pub(crate) mod carrier;
mod locate;
mod needs;
