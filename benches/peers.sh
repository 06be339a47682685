#!/usr/bin/env bash
# What the whole program takes, against what the machine must do at least and what people use today:
# the table of docs/performance.md. Every ratio is of one run of this script, of medians of commands
# that took turns.
#
#   benches/peers.sh [--quick]
#
# --quick     leaves out what takes more than a few seconds a run
# ROLLSTAMP   the program to measure; without it, one is built
# CLIENTS     where clients are kept that were installed; target/clients without it
set -euo pipefail

quick=
case "${*:-}" in
"") ;;
--quick) quick=1 ;;
*) echo "usage: $0 [--quick]" >&2 && exit 2 ;;
esac

cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-$PWD/target}
build() { cargo build --quiet --release --locked "$@"; }
if [ -z "${ROLLSTAMP:-}" ]; then
    build --bin rollstamp
    ROLLSTAMP=$target/release/rollstamp
fi
# Apart from the program: what tests need would change the features of what it is built from.
build --example floor
# shellcheck source=../tests/clients/lib.sh
. tests/clients/lib.sh
# shellcheck source=../tests/clients/install.sh
. tests/clients/install.sh

# Bundles ------------------------------------------------------------------------------------------

mkdir -p "$target/benches"
cd "$target/benches"

# bundle NAME ARGUMENT...: has the generator write it, unless it is there.
bundle() {
    [ "$1" -nt "$root/benches/gen_bundle.py" ] && return
    rm -rf "$1.part" "$1"
    "$root/benches/gen_bundle.py" "${@:2}" "$1.part"
    mv "$1.part" "$1"
    touch "$1"
}

# kustomization NAME LINE: for the bundle of N = 1,000, as a link, because kustomize reads nothing
# outside of its folder.
kustomization() {
    mkdir -p "$1"
    ln -f b1000.yaml "$1/bundle.yaml"
    printf '%s\n' 'resources: [bundle.yaml]' "$2" >"$1/kustomization.yaml"
}

bundle b1000.yaml -n 1000 -o
bundle b10000.yaml -n 10000 -o
bundle noise.yaml --mode noise -n 20 --noise-mb 200 -o
# 10,000 files of 1.3 KB on average.
bundle small -n 2500 --cm-min 1024 --cm-max 3072 --dir
if ! [ roots -nt "$root/benches/gen_roots.py" ]; then
    rm -rf roots
    "$root/benches/gen_roots.py" --roots 1000 --files 50 roots
    # What is measured is a tree whose stamps are current, in the base and in each root.
    "$ROLLSTAMP" --no-config --quiet stamp --overlays transform roots
fi
kustomization resources ''
kustomization annotations 'commonAnnotations: {example.com/stamp: "1"}'
mkdir -p package
ln -f b1000.yaml package/bundle.yaml

# Measurements -------------------------------------------------------------------------------------

results=$scratch/results
missing=()

# measure GROUP RUNS [OPTION...] NAME=COMMAND...: measures the commands against each other.
measure() {
    echo "measuring: $1" >&2
    "$root/benches/measure.py" --runs "${@:2}" | sed "s|^|$1/|" >>"$results"
}

# is_there CLIENT: or the reader is told.
is_there() { command -v "$1" >/dev/null || { missing+=("$1") && false; }; }

all="${ROLLSTAMP@Q} --no-config"
one="$all --threads 1"
floor=$target/release/examples/floor

"$ROLLSTAMP" --no-config <b1000.yaml >b1000-stamped.yaml
# In CI nearly every stamp is current. The second time, nothing is written.
"$ROLLSTAMP" --no-config --quiet stamp small

measure quickstart 101 "first=${ROLLSTAMP@Q} stamp --diff $root/examples/quickstart/in" true=true
measure n1000 15 "first=$one <b1000.yaml" "second=$one <b1000-stamped.yaml" \
    "sha256sum=sha256sum b1000.yaml"
threads=()
if [ "$(nproc)" -ge 2 ]; then threads=("two=$all --threads 2 <b10000.yaml"); else missing+=("a second core"); fi
measure n10000 15 "first=$one <b10000.yaml" "floor=$floor b10000.yaml" "tenth=$one <b1000.yaml" \
    "all=$all <b10000.yaml" "explain=$one explain --output json <b10000.yaml" "${threads[@]}"
measure noise 7 "first=$one <noise.yaml" "floor=$floor noise.yaml"
# One `cat`: 10,000 short paths are few enough for one command line.
measure small 9 "check=$one check --quiet small" "cat=cat small/*/*.yaml" "all=$all check --quiet small"

# 1,000 roots over one base, and kubectl's build of one of them.
roots=("check=$one check --quiet --overlays transform roots" "cat=cat roots/base/*.yaml roots/roots/*/*.yaml")
if is_there kubectl; then roots+=("kubectl=kubectl kustomize roots/roots/t7"); fi
measure roots 5 "${roots[@]}"

# In a shell of its own, because it ends the shell if it cannot be had.
(python_with PyYAML==6.0.3) >&2 || true
python=$CLIENTS/python/bin/python
if [ -e "$CLIENTS/python/has/PyYAML==6.0.3" ]; then
    measure pyyaml 9 "first=$one <b1000.yaml" "script=$python $root/benches/pyyaml_peer.py <b1000.yaml"
else
    missing+=("PyYAML 6.0.3")
fi
if [ -z "$quick" ] && is_there kpt; then
    # It may print and needs not write: only what it must do is measured.
    measure kpt 5 --fresh sink "first=$one <b1000.yaml" \
        "pipe=kpt fn source package | kpt fn sink sink" "eval=kpt fn eval package --exec cat -o stdout"
fi
if [ -z "$quick" ] && is_there kubectl; then
    # A run takes more than half a minute: three, and none to warm up.
    measure kustomize 3 --no-warm-up "first=$one <b1000.yaml" \
        "resources=kubectl kustomize resources" "annotations=kubectl kustomize annotations"
fi

# The table ----------------------------------------------------------------------------------------

# of FIELD NAME: a median; cpu and wall are seconds, peak is bytes. Nothing if it was not measured.
of() {
    awk -F '\t' -v field="$1" -v name="$2" \
        '$1 == name { print field == "cpu" ? $2 : field == "wall" ? $3 : $4 }' "$results"
}

# builds: how often the time of a check of 1,000 roots goes into 1,000 builds of kubectl.
builds() {
    awk -v one="$(of wall roots/kubectl)" -v all="$(of wall roots/check)" \
        'BEGIN { if (one == "" || all == "") print "-"; else printf "%.0f", 1000 * one / all }'
}

# ratio FIELD NAME NAME: of the first to the second; `-` if one was not measured.
ratio() {
    awk -v a="$(of "$1" "$2")" -v b="$(of "$1" "$3")" \
        'BEGIN { if (a == "" || b == "") print "-"; else printf a / b < 20 ? "%.2f" : "%.0f", a / b }'
}

# peak FILE NAME: what is taken beyond 30 MiB, in times of the input.
peak() {
    awk -v peak="$(of peak "$2")" -v input="$(stat -c %s "$1")" \
        'BEGIN { printf "%.2f", (peak - 30 * 1024 * 1024) / input }'
}

# row WORK AGAINST GOAL (RATIO UNIT SIGN LIMIT)...: a line of the table.
row() {
    local work=$1 against=$2 goal=$3 ratios='' met=yes
    shift 3
    while [ $# != 0 ]; do
        ratios+="${ratios:+; }$1${2:+ $2}"
        if [ "$1" = - ]; then
            met='not measured'
        elif [ "$met" = yes ] && ! awk "BEGIN { exit !($1 $3 $4) }"; then
            met=no
        fi
        shift 4
    done
    echo "| $work | $against | $ratios | $goal | $met |"
}

megabytes() { awk -v bytes="$(stat -c %s "$1")" 'BEGIN { printf "%.0f MB", bytes / 1e6 }'; }

echo "$(sed -n 's/^model name\s*: //p' /proc/cpuinfo | head -n1), $(nproc) cores;" \
    "$("$ROLLSTAMP" --version), $(git -C "$root" describe --always --dirty);" \
    "$(kpt version 2>/dev/null | sed 's/^/kpt /'), $(kubectl version --client 2>/dev/null | sed -n 's/^Client Version: /kubectl /p')"
echo "N = 1,000: $(megabytes b1000.yaml); N = 10,000: $(megabytes b10000.yaml); irrelevant: $(megabytes noise.yaml)"
# With the instructions for SHA, a core hashes far more than 1 GB a second.
speed=$(awk -v seconds="$(of cpu n1000/sha256sum)" -v bytes="$(stat -c %s b1000.yaml)" \
    'BEGIN { printf "%.0f", bytes / seconds / 1e6 }')
without=without
[ "$speed" -lt 700 ] || without="with, for which the goals are not made,"
echo "sha256sum: $(sha256sum --version | head -n1), $speed MB/s, so a build $without SHA-NI"
echo
echo '| work | against | ratio | goal | met |'
echo '| --- | --- | --- | --- | --- |'
# shellcheck disable=SC2016 # the quotes are Markdown
{
    row 'filter `< FILE`, N = 1,000, one thread, first stamping' 'CPU of `sha256sum FILE`' \
        'at most 1.0 times' "$(ratio cpu n1000/first n1000/sha256sum)" CPU '<=' 1.0
    row 'the same, second run (nothing to write)' 'the same' \
        'at most 0.8 times' "$(ratio cpu n1000/second n1000/sha256sum)" CPU '<=' 0.8
    row 'N = 10,000, one thread' 'the floor: `benches/floor.rs`' \
        'at most 3.5 times' "$(ratio cpu n10000/first n10000/floor)" CPU '<=' 3.5
    row '200 MB of irrelevant documents, one thread' 'the floor' \
        'at most 2 times' "$(ratio cpu noise/first noise/floor)" CPU '<=' 2
    row '2 threads, N = 10,000' 'one thread' \
        'at most 0.65 times' "$(ratio wall n10000/two n10000/first)" wall '<=' 0.65
    row 'N = 1,000, one thread' '`kubectl kustomize`, resources only; with commonAnnotations' \
        'at least 200 times faster' \
        "$(ratio wall kustomize/resources kustomize/first)" wall '>=' 200 \
        "$(ratio wall kustomize/annotations kustomize/first)" wall '>=' 200
    row 'N = 1,000, one thread' '`kpt fn source \| kpt fn sink`; `kpt fn eval --exec cat`' \
        'at least 40; 60 times faster' "$(ratio wall kpt/pipe kpt/first)" wall '>=' 40 \
        "$(ratio wall kpt/eval kpt/first)" wall '>=' 60
    row 'N = 1,000, one thread' 'the same job with the C parser of PyYAML: `benches/pyyaml_peer.py`' \
        'at least 15 times faster' "$(ratio wall pyyaml/script pyyaml/first)" wall '>=' 15
    row 'directory of 10,000 small files, `check`, one thread' 'reading them: one `cat`' \
        'at most 2 times' "$(ratio cpu small/check small/cat)" CPU '<=' 2
    row '1,000 kustomize roots over one base of 50 files, `check`, one thread' \
        '`kubectl kustomize` of each; reading the files: one `cat`' 'at least 500 times faster; at most 5 times' \
        "$(builds)" wall '>=' 500 "$(ratio cpu roots/check roots/cat)" CPU '<=' 5
    row 'growth from N = 1,000 to 10,000, one thread' 'its time; its memory' \
        'at most 11 times' "$(ratio cpu n10000/first n10000/tenth)" CPU '<=' 11 \
        "$(ratio peak n10000/first n10000/tenth)" peak '<=' 11
    row 'peak memory beyond 30 MiB: N = 1,000; N = 10,000; the same on all cores' 'the input' \
        'at most 1.3 times' "$(peak b1000.yaml n1000/first)" '' '<=' 1.3 \
        "$(peak b10000.yaml n10000/first)" '' '<=' 1.3 "$(peak b10000.yaml n10000/all)" '' '<=' 1.3
    row 'the quickstart, start to finish' '' 'under 3 ms' \
        "$(awk -v cpu="$(of cpu quickstart/first)" 'BEGIN { printf "%.2f", cpu * 1000 }')" \
        'ms of CPU' '<' 3
    row '`explain --output json`, N = 10,000, one thread' 'the filter' \
        'at most 2 times' "$(ratio cpu n10000/explain n10000/first)" CPU '<=' 2
}
echo
[ -z "$quick" ] || echo 'Left out by --quick: kpt and kubectl.'
[ ${#missing[@]} = 0 ] || printf 'Missing: %s.\n' "${missing[@]}"
echo 'What was measured, medians:'
echo
echo '| command | runs | CPU seconds | wall seconds | peak MiB |'
echo '| --- | --- | --- | --- | --- |'
awk -F '\t' '{ printf "| %s | %d | %.4f | %.4f | %.0f |\n", $1, $5, $2, $3, $4 / 1024 / 1024 }' "$results"
