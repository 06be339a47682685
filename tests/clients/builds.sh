#!/usr/bin/env bash
# Stamps source trees and builds them with the real kubectl: what was stamped from source is what the
# built stream needs.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=readme.sh
. "$root/tests/clients/readme.sh"

command -v kubectl >/dev/null || skip kubectl
export KUBECONFIG=/dev/null

# roots FOLDER: the folders below it with a kustomization file.
roots() {
    find "$1" \( -name kustomization.yaml -o -name kustomization.yml -o -name Kustomization \) \
        -exec dirname {} \; | sort
}

# builds_are_current FOLDER: whatever root of it is a bundle has the stamps that its build needs.
builds_are_current() {
    local bundle
    rollstamp explain --output json "${args[@]}" "$1" 2>"$scratch/stderr" |
        python3 -c 'import json, sys; [print(b["path"]) for b in json.load(sys.stdin)["bundles"]]' |
        sort -u >"$scratch/bundles"
    while read -r bundle; do
        [ -n "$(find "$bundle" -maxdepth 1 -iname 'kustomization*')" ] || continue
        kubectl kustomize "$bundle" >"$scratch/built" 2>"$scratch/stderr" || continue
        run rollstamp check - <"$scratch/built"
        status_is 0
        built=$((built + 1))
    done <"$scratch/bundles"
}

built=0
for folder in "$root"/fixtures/builds/*/; do
    name=$(basename "$folder")
    case_is "$name"
    args=()
    [ ! -f "$folder/args" ] || mapfile -t args <"$folder/args"
    rm -rf "${scratch:?}/tree"
    cp -r "$folder/in" "$scratch/tree"
    run rollstamp stamp "${args[@]}" "$scratch/tree"
    [ "$status" = 0 ] || continue
    builds_are_current "$scratch/tree"
    rollstamp strip "$scratch/tree" 2>"$scratch/stderr"
    [ -f "$folder/exempt" ] || [[ $name = a-stamp-* ]] || diff -r "$folder/in" "$scratch/tree" >&2 || fail "strip must restore the tree"
done
[ "$built" -ge 6 ] || fail "only $built roots were built"

passed "$built builds, kubectl $(kubectl version --client -o yaml | sed -n 's/ *gitVersion: v//p')"
