#!/usr/bin/env bash
# The resolver of kustomization roots against the real kubectl, over random trees.
#
# TREES        how many; 500 without it
# FIRST_TREE   the seed of the first; 0 without it
# KEEP_TREES   where the trees are kept that are built in two ways
set -euo pipefail
cd "$(dirname "$0")/../.."

if ! command -v kubectl >/dev/null; then
    echo "skipped $(basename "$0"): missing: kubectl"
    [ -z "${REQUIRE_CLIENTS:-}" ]
    exit
fi
cargo test --quiet --locked --lib -- --ignored --nocapture random_trees
