#!/usr/bin/env bash
# kubectl's kustomize: the pipe, and the program as a plugin and as a function in a container.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=readme.sh
. "$root/tests/clients/readme.sh"
# shellcheck source=docker.sh
. "$root/tests/clients/docker.sh"

command -v kubectl >/dev/null || skip kubectl

# Neither the plugins nor the cluster of the user may be seen.
export KUSTOMIZE_PLUGIN_HOME=$scratch/plugins KUBECONFIG=/dev/null
mkdir -p "$KUSTOMIZE_PLUGIN_HOME/rollstamp.dev/v1/rollstamp"
ln -s "$ROLLSTAMP" "$KUSTOMIZE_PLUGIN_HOME/rollstamp.dev/v1/rollstamp/Rollstamp"

# config ROUTE NAME SPEC: a transformer that is run as a plugin, in a container or as an executable.
config() {
    printf 'apiVersion: rollstamp.dev/v1\nkind: Rollstamp\nmetadata:\n  name: %s\n' "$2"
    local function='  annotations:\n    config.kubernetes.io/function: "%s"\n'
    # shellcheck disable=SC2059 # a format
    case $1 in
    container) printf "$function" "container: {image: $image}" ;;
    exec) printf "$function" "exec: {path: rollstamp}" ;;
    esac
    printf 'spec: %s\n' "$3"
}

# kustomization FOLDER: adds to the one there what is on standard input.
kustomization() {
    mkdir -p "$1"
    cat >>"$1/kustomization.yaml"
}

# transformed FOLDER ROUTE SPEC: a copy, `transformed`, whose outermost kustomization, `all`, ends
# with the program. `check.yaml` is a second transformer there, which is not listed.
transformed() {
    cp -r "$1" copy
    rm -rf transformed
    mv copy transformed
    config "$2" rollstamp "$3" >transformed/all/rollstamp.yaml
    config "$2" check '{mode: check}' >transformed/all/check.yaml
    echo 'transformers: [rollstamp.yaml]' | kustomization transformed/all
}

build() { run kubectl kustomize --enable-alpha-plugins "$1"; }

# built FOLDER FILE: it builds, twice the same, and FILE is what comes out.
built() {
    build "$1"
    status_is 0
    mv "$scratch/stdout" "$2"
    build "$1"
    same "$2" "$scratch/stdout"
}

# stamps FILE: the workloads and their stamps, which kustomize does not quote and the program does.
stamps() {
    awk '/^kind:/ { kind = $2 } /^  name:/ { name = $2 }
        /config-hash:/ { gsub(/"/, "", $2); print kind "/" name, $2 }' "$1"
}

# stamps_are EXPECTED FILE
stamps_are() {
    stamps "$2" >found.stamps
    same "$1" found.stamps
}

# refused TEXT: the last `build` failed, printed nothing and said TEXT.
refused() {
    saw
    status_is 1
    is_empty stdout
    says stderr "$1"
}

mkdir "$scratch/trees"
cd "$scratch/trees"

# One workload, its names changed by all that kustomize has.
kustomization one/all <<'YAML'
resources: [../base]
namespace: shop
namePrefix: pre-
nameSuffix: -suf
YAML
kustomization one/base <<'YAML'
resources: [web.yaml]
generatorOptions: {disableNameSuffixHash: true}
configMapGenerator: [{name: web-config, literals: [LOG_LEVEL=info]}]
secretGenerator: [{name: web-login, literals: [PASSWORD=example]}]
YAML
cp "$root/examples/kustomize/app/web.yaml" one/base

# Twice the same base, with other names, and in one of them other content.
mkdir two
cp -r one/base two
kustomization two/left <<'YAML'
resources: [../base]
namePrefix: left-
configMapGenerator: [{name: web-config, behavior: merge, literals: [LOG_LEVEL=debug]}]
YAML
kustomization two/right <<'YAML'
resources: [../base]
namePrefix: right-
nameSuffix: -r
YAML
kustomization two/all <<'YAML'
resources: [../left, ../right]
namespace: shop
YAML

for tree in one two; do
    case_is "$tree: the pipe stamps what check wants, and changes nothing else"
    built $tree/all plain.yaml
    run rollstamp check - <plain.yaml
    status_is 1
    rollstamp <plain.yaml >piped.yaml
    run rollstamp check --strict - <piped.yaml
    status_is 0
    stamps piped.yaml >$tree.stamps
    sed '/config-hash:/{d}; /^      annotations:/d' piped.yaml >unstamped.yaml
    same plain.yaml unstamped.yaml
done
[ "$(wc -l <one.stamps)" = 1 ] || fail "one has one workload"
[ "$(cut -d' ' -f2 two.stamps | sort -u | wc -l)" = 2 ] || fail "two has two different stamps"

# transforms_as ROUTE: all that holds of a transformer, whichever way it is run.
transforms_as() {
    local tree
    for tree in one two; do
        case_is "$1, $tree: the stamps of the pipe"
        transformed $tree "$1" '{strict: true}'
        built transformed/all finished.yaml
        stamps_are $tree.stamps finished.yaml
        run rollstamp check --strict - <finished.yaml
        status_is 0
    done

    case_is "$1: options of the config"
    transformed one "$1" '{annotation: example.com/hash}'
    build transformed/all
    status_is 0
    says stdout "        example.com/hash: $(cut -d' ' -f2 one.stamps)"

    case_is "$1: an overlay that changes a config is not seen, unless it has a transformer, too"
    transformed one "$1" '{}'
    mv transformed/all transformed/inner
    kustomization transformed/all <<'YAML'
resources: [../inner]
configMapGenerator: [{name: web-config, namespace: shop, behavior: merge, literals: [LOG_LEVEL=warn]}]
YAML
    built transformed/all finished.yaml
    stamps_are one.stamps finished.yaml
    run rollstamp check - <finished.yaml
    status_is 1
    says stdout "error[stale-stamp]: Deployment shop/pre-web-suf"
    transformed transformed "$1" '{}'
    built transformed/all finished.yaml
    run rollstamp check - <finished.yaml
    status_is 0

    case_is "$1: a patch behind a component's transformer is not seen"
    transformed one "$1" '{}'
    sed -i '/^transformers/d' transformed/all/kustomization.yaml
    mkdir transformed/component
    mv transformed/all/*p.yaml transformed/component
    kustomization transformed/component <<'YAML'
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
transformers: [rollstamp.yaml]
YAML
    kustomization transformed/all <<'YAML'
components: [../component]
patches:
  - target: {kind: ConfigMap}
    patch: '[{"op": "replace", "path": "/data/LOG_LEVEL", "value": "warn"}]'
YAML
    built transformed/all finished.yaml
    stamps_are one.stamps finished.yaml
    run rollstamp check - <finished.yaml
    status_is 1
    says stdout "error[stale-stamp]: Deployment shop/pre-web-suf"

    case_is "$1: a list of names that kustomize changes"
    transformed one "$1" '{strict: true}'
    sed -i 's/reloader.stakater.com.auto: "true"/configmap.reloader.stakater.com\/reload: web-config/' \
        transformed/base/web.yaml
    built transformed/all finished.yaml
    stamps finished.yaml >listed.stamps
    [ -s listed.stamps ] || fail "it must be stamped"
    ! cmp -s one.stamps listed.stamps || fail "the Secret must be no part of it"
    run rollstamp check - <finished.yaml
    status_is 0
    says stdout "warning[listed-nothing]"
    rollstamp <finished.yaml | cmp - finished.yaml || fail "the stamp must stay"

    case_is "$1: mode check behind the transformer"
    transformed one "$1" '{}'
    sed -i 's/\[rollstamp.yaml/&, check.yaml/' transformed/all/kustomization.yaml
    built transformed/all finished.yaml
    stamps_are one.stamps finished.yaml

    case_is "$1: mode check without a stamp"
    sed -i 's/rollstamp.yaml, //' transformed/all/kustomization.yaml
    build transformed/all
    refused "error[missing-stamp]: Deployment shop/pre-web-suf has no stamp"

    case_is "$1: mode check among validators, where kustomize takes no function"
    transformed one "$1" '{}'
    echo 'validators: [check.yaml]' | kustomization transformed/all
    build transformed/all
    refused "validator shouldn't modify the resource map"

    case_is "$1: a field that there is not in the config"
    transformed one "$1" '{modus: check}'
    build transformed/all
    refused "unknown field \`modus\` in \`spec\`"

    case_is "$1: a ConfigMap that is not in the bundle"
    transformed one "$1" '{}'
    sed -i '/^configMapGenerator/d' transformed/base/kustomization.yaml
    build transformed/all
    status_is 0

    case_is "$1: a ConfigMap that is not in the bundle, strictly"
    config "$1" rollstamp '{strict: true}' >transformed/all/rollstamp.yaml
    build transformed/all
    refused "error[dangling-config]: "

    case_is "$1: a value that is no string"
    transformed one "$1" '{}'
    printf '%s\n' 'apiVersion: v1' 'kind: ConfigMap' 'metadata: {name: web-config}' 'data: {port: 80}' \
        >transformed/base/config.yaml
    sed -i '/^configMapGenerator/d; s/web.yaml/&, config.yaml/' transformed/base/kustomization.yaml
    build transformed/all
    refused "error[not-a-string]"

    case_is "$1: a key twice, which is kubectl's error"
    transformed one "$1" '{}'
    sed -i 's/^kind: .*/&\n&/' transformed/base/web.yaml
    build transformed/all
    refused 'mapping key "kind" already defined at line'
}

transforms_as plugin

# plugin_given LINE...: `run`s the program as kustomize runs a plugin.
plugin_given() {
    printf '%s\n' "$@" >input
    KUSTOMIZE_PLUGIN_CONFIG_STRING=$(config plugin rollstamp '{}') run rollstamp config.yaml <input
    saw
    status_is 2
    is_empty stdout
}

case_is "plugin: an input that is not YAML"
plugin_given 'kind: ConfigMap' 'data: ['
says stderr "error[unreadable]: unclosed bracket"

case_is "exec: kubectl skips it and says nothing"
transformed one exec '{}'
built transformed/all finished.yaml
is_empty stderr
stamps_are /dev/null finished.yaml

case_is "exec: check of the finished build tells"
run rollstamp check - <finished.yaml
saw
status_is 1
says stdout "error[missing-stamp]: Deployment shop/pre-web-suf has no stamp"

case_is "exec: kubectl has no flag to run it"
run kubectl kustomize --enable-alpha-plugins --enable-exec transformed/all
refused "unknown flag: --enable-exec"

case_is "exec: without the flag for plugins it is an error"
run kubectl kustomize transformed/all
refused "external plugins disabled"

docker_image
transforms_as container

case_is "container: warnings are shown"
transformed one container '{}'
sed -i '/^configMapGenerator/d' transformed/base/kustomization.yaml
build transformed/all
status_is 0
says stderr "warning[dangling-config]: "

case_is "examples/kustomize/README.md"
tree readme
cd "$scratch/readme"
# Its plugin is put where users have theirs.
unset KUSTOMIZE_PLUGIN_HOME XDG_CONFIG_HOME
HOME=$scratch/home play examples/kustomize/README.md

passed "kubectl $(kubectl version --client -o yaml | sed -n 's/ *gitVersion: v//p'), $(docker_version)"
