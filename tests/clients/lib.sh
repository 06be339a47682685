# What the scripts in this folder share. Source it: `. "$(dirname "$0")/lib.sh"`.
# shellcheck shell=bash
#
# ROLLSTAMP         the program to test; without it, one is built
# REQUIRE_CLIENTS   if it is set, a client that is missing is a failure and not a skip
# CLIENTS           where clients are kept that were installed; target/clients without it

set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export CLIENTS=${CLIENTS:-$root/target/clients}
mkdir -p "$CLIENTS"

if [ -z "${ROLLSTAMP:-}" ]; then
    (cd "$root" && cargo build --quiet --release --locked)
    ROLLSTAMP=$root/target/release/rollstamp
fi
export ROLLSTAMP

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# skip WHAT: says what is missing and why the rest is left out, or fails if it must be there.
skip() {
    if [ -n "${REQUIRE_CLIENTS:-}" ]; then
        echo "FAILED $(basename "$0"): missing: $1" >&2
        exit 1
    fi
    echo "skipped $(basename "$0"): missing: $1"
    exit 0
}

fail() {
    echo "FAILED $(basename "$0"): $case: $1" >&2
    exit 1
}

case=start
count=0
# case_is NAME: begins a case; NAME is what failures are reported with.
case_is() {
    case=$1
    count=$((count + 1))
}

# run COMMAND...: runs it; its streams are in $scratch/stdout and $scratch/stderr, its exit status
# in $status.
run() {
    status=0
    "$@" >"$scratch/stdout" 2>"$scratch/stderr" || status=$?
}

# status_is N: the last `run` ended so.
status_is() {
    [ "$status" = "$1" ] || {
        cat "$scratch/stdout" "$scratch/stderr" >&2
        fail "the exit status must be $1 and is $status"
    }
}

# says STREAM TEXT: the last `run` printed TEXT on stdout or stderr.
says() {
    grep -qF -- "$2" "$scratch/$1" || {
        cat "$scratch/$1" >&2
        fail "$1 must have: $2"
    }
}

# is_empty STREAM
is_empty() {
    [ ! -s "$scratch/$1" ] || {
        cat "$scratch/$1" >&2
        fail "$1 must be empty"
    }
}

# same FILE FILE: they are equal, byte for byte.
same() {
    diff -u "$1" "$2" >&2 || fail "$1 and $2 must be equal"
}

# saw: tells how the last `run` ended, and the first error on stderr: cases of errors are read by
# people, too.
saw() {
    # kubectl puts a time and a place before it.
    sed -E 's/^E[0-9]{4} .*err=<?//; s/^[[:space:]]+//; /^$/d' "$scratch/stderr" >"$scratch/said"
    echo "$case: exit $status, stdout $(wc -c <"$scratch/stdout") bytes, stderr:" \
        "$(grep -m1 -iE '^"?error(\[|:)' "$scratch/said" || head -n1 "$scratch/said")"
}

# passed VERSIONS: the last line of every script.
passed() {
    echo "ok $(basename "$0"): $count cases; $1"
}
