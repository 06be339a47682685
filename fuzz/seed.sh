#!/bin/sh
# Fills fuzz/corpus with the seeds: fixtures for the targets that read manifests, fuzz/seeds for the others.
set -eu
cd "$(dirname "$0")"
mkdir -p corpus/filter corpus/functions corpus/digests corpus/patterns
# copy TARGET: each file named on standard input, under the name of its content.
copy() {
    while read -r file; do
        cp "$file" "corpus/$1/$(sha256sum "$file" | cut -c 1-16)"
    done
}
find ../fixtures -type f \( -name '*.yaml' -o -name '*.yml' -o -name '*.json' \) -size -16k | copy filter
find ../fixtures/functions -name input.yaml -size -16k | copy functions
for target in digests patterns; do
    find "seeds/$target" -type f | copy "$target"
done
for target in filter functions digests patterns; do
    find "regressions/$target" -type f 2>/dev/null | copy "$target"
done
