#!/usr/bin/env bash
# The image: what is in it, and each way in which it is run. docker.sh builds it from a static binary,
# because nothing can be pulled here; the other stage of the Dockerfile is not built.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=docker.sh
. "$root/tests/clients/docker.sh"

docker_image

# label NAME
label() {
    docker image inspect --format "{{index .Config.Labels \"org.opencontainers.image.$1\"}}" "$image"
}

# is WHAT ACTUAL EXPECTED
is() { [ "$2" = "$3" ] || fail "$1 must be \`$3\` and is \`$2\`"; }

# Nothing to write to, nobody to talk to, and a user by name: kustomize and kpt give that name.
confined() { docker run --rm --interactive --network none --read-only --user nobody "$image" "$@"; }

# committed ARGUMENTS: as pre-commit runs it, over $scratch/src.
committed() {
    docker run --rm -v "$scratch/src:/src:rw" -w /src -u "$(id -u):$(id -g)" "$image" "$@"
}

# list FILE...: a ResourceList of the documents in them.
list() {
    printf 'apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n'
    local file
    for file; do
        sed 's/^/  /; 1s/^ /-/' "$file"
    done
}

manifests=("$root"/examples/quickstart/in/*.yaml)
# A comment would be the first line of the item.
sed '/^#/d' "${manifests[1]}" >"$scratch/nginx.yaml"
list "${manifests[0]}" "$scratch/nginx.yaml" >"$scratch/list.yaml"
stream() { sed -s '1i ---' "${manifests[@]}"; }

case_is "small, and nothing but the program, its licences and the names of nobody"
size=$(docker image inspect --format '{{.Size}}' "$image")
[ "$size" -lt 10000000 ] || fail "it must be smaller than 10 MB and has $size bytes"
container=$(docker create "$image")
docker export "$container" | tar t | grep -vE '/$|^(\.dockerenv|dev/console|etc/(hostname|hosts|mtab|resolv.conf))$' |
    sort >"$scratch/files"
docker rm "$container" >/dev/null
printf '%s\n' LICENSE-APACHE LICENSE-MIT etc/group etc/passwd rollstamp >"$scratch/expected"
same "$scratch/expected" "$scratch/files"

case_is "labels"
manifest() { sed -n "s/^$1 = \"\(.*\)\"/\1/p" "$root/Cargo.toml" | head -n1; }
is title "$(label title)" "$(manifest name)"
is description "$(label description)" "$(manifest description)"
is version "$(label version)" "$(manifest version)"
is licenses "$(label licenses)" "$(manifest license)"

case_is "no arguments, no other user than nobody"
is entrypoint "$(docker image inspect --format '{{json .Config.Entrypoint}}' "$image")" '["/rollstamp"]'
is command "$(docker image inspect --format '{{json .Config.Cmd}}' "$image")" null
is user "$(docker image inspect --format '{{.Config.User}}' "$image")" 65534:65534

case_is "the program is that of this tree"
is version "$(confined --version)" "rollstamp $(manifest version)"

case_is "as a filter"
stream | "$ROLLSTAMP" >"$scratch/expected"
stream | confined >"$scratch/printed"
same "$scratch/expected" "$scratch/printed"
grep -q 'rollstamp.dev/config-hash: "sha256:' "$scratch/printed" || fail "it must stamp"

case_is "as a function"
"$ROLLSTAMP" <"$scratch/list.yaml" >"$scratch/expected"
confined <"$scratch/list.yaml" >"$scratch/printed"
same "$scratch/expected" "$scratch/printed"
is "what it adds" "$(diff "$scratch/list.yaml" "$scratch/printed" | grep -c '^>')" 2

case_is "check - of what is stamped, and of what is not"
run confined check - < <(stream | "$ROLLSTAMP")
status_is 0
run confined check - < <(stream)
status_is 1
says stdout "error[missing-stamp]: Deployment default/nginx"

case_is "as pre-commit runs it"
mkdir "$scratch/src"
cp "${manifests[@]}" "$scratch/src"
run committed check .
status_is 1
says stdout " --> nginx.yaml:5:9"
run committed stamp --list .
status_is 0
is "what changes" "$(cat "$scratch/stdout")" nginx.yaml
run committed stamp .
status_is 0
diff -ru "$root/examples/quickstart/out" "$scratch/src" >&2 || fail "the files must be those of out"
run committed check .
status_is 0

case_is "as pre-commit runs it, where that user may not write"
cp "${manifests[1]}" "$scratch/src"
run docker run --rm -v "$scratch/src:/src:rw" -w /src -u nobody "$image" stamp .
status_is 2
is_empty stdout
same "${manifests[1]}" "$scratch/src/nginx.yaml"

passed "$(docker_version), $size bytes"
