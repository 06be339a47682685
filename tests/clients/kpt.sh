#!/usr/bin/env bash
# kpt: the program in pipelines and by hand, as an executable and in a container.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=readme.sh
. "$root/tests/clients/readme.sh"
# shellcheck source=docker.sh
. "$root/tests/clients/docker.sh"

real=$(command -v kpt) || skip kpt
command -v git >/dev/null || skip git

# No configuration of the user's git may count, and commits need an author.
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_{AUTHOR,COMMITTER}_NAME=nobody GIT_{AUTHOR,COMMITTER}_EMAIL=nobody@example.com

# The times that kpt tells differ from run to run, and lines end in blanks that no README can show.
cat >"$scratch/bin/kpt" <<SH
#!/usr/bin/env bash
set -o pipefail
{ $real "\$@" 2>&1 >&3 | sed -uE 's/ in [0-9.]+m?s\$/ in 0s/; s/ +\$//' >&2; } 3>&1
SH
chmod +x "$scratch/bin/kpt"

commit() {
    git add --all
    git commit --quiet --message "$1"
}

# pipeline MUTATOR [VALIDATOR]: a Kptfile; each is the lines behind the `- ` of its entry.
pipeline() {
    printf '%s\n' 'apiVersion: kpt.dev/v1' 'kind: Kptfile' 'metadata:' '  name: shop' 'pipeline:'
    local list=mutators entry
    for entry; do
        printf '  %s:\n' "$list"
        sed '1s/^/    - /; 2,$s/^/      /' <<<"$entry"
        list=validators
    done
}

# package MUTATOR [VALIDATOR]: a package of the example's resources with that pipeline, and nothing
# written since the last commit; goes there.
package() {
    rm -rf "$scratch/package"
    mkdir "$scratch/package"
    cd "$scratch/package"
    cp "$root"/examples/kpt/shop/*.yaml .
    pipeline "$@" >Kptfile
    git init --quiet
    commit package
}

# twice COMMAND...: it succeeds; when it is run again, it writes nothing new.
twice() {
    run "$@"
    status_is 0
    git add --all
    run "$@"
    status_is 0
    git diff --exit-code >&2 || fail "a second run must write nothing"
}

# written FILE...: nothing has been added to what is committed but the stamps of these, with the two
# lines that each takes; so comments stay, and so do the Kptfile and the configs.
written() {
    git add --all
    printf '2\t0\t%s\n' "$@" >"$scratch/expected"
    git diff --cached --numstat >"$scratch/printed"
    same "$scratch/expected" "$scratch/printed"
    local stamps
    stamps=$(git diff --cached | grep -cxE '\+ {8}rollstamp.dev/config-hash: "sha256:[0-9a-f]{64}"' || true)
    [ "$stamps" = $# ] || fail "$# stamps must be written"
}

# stamp_is FILE STAMP
stamp_is() { grep -qF "config-hash: \"$2\"" "$1" || fail "$1 must have the stamp $2"; }

# refused TEXT: the last `run` failed, wrote nothing anywhere and said TEXT.
refused() {
    saw
    status_is 1
    is_empty stdout
    says stderr "$1"
    [ -z "$(git status --porcelain)" ] || fail "nothing may be written"
}

# What the program makes of the same resources in place.
package 'exec: rollstamp'
rollstamp stamp --quiet .
expected=$(sed -n 's/.*config-hash: "\(.*\)"/\1/p' web.yaml)

check=$'configMap:\n  mode: check'

# renders_by RUNNER: all that holds of pipelines, be it `exec: rollstamp` or `image: ...`.
renders_by() {
    case_is "$1: no config, and a validator"
    package "$1" "$1"$'\n'"$check"
    twice kpt fn render . --allow-exec
    written web.yaml
    stamp_is web.yaml "$expected"
    says stderr "Successfully executed 2 function(s)"

    case_is "$1: configMap"
    package "$1"$'\n'"configMap: {resourcesToIgnore: secrets}" "$1"$'\n'"configMap: {resourcesToIgnore: secrets, mode: check}"
    twice kpt fn render . --allow-exec
    written web.yaml
    cp web.yaml "$scratch/without-secrets.yaml"
    ! grep -qF "$expected" web.yaml || fail "the Secret must be no part of the stamp"

    case_is "$1: configPath"
    package "$1"$'\n'"configPath: rollstamp.yaml"
    printf '%s\n' '# Ours.' 'apiVersion: rollstamp.dev/v1' 'kind: Rollstamp' 'metadata:' \
        '  name: rollstamp' 'spec:' '  resourcesToIgnore: [secrets]' >rollstamp.yaml
    commit config
    twice kpt fn render . --allow-exec
    written web.yaml
    same "$scratch/without-secrets.yaml" web.yaml

    case_is "$1: a package in a package, with files of the same names"
    package "$1" "$1"$'\n'"$check"
    mkdir metrics
    cp config.yaml login.yaml web.yaml metrics
    sed -i 's/^metadata:/&\n  namespace: metrics/' metrics/*.yaml
    sed -i 's/info/warn/' metrics/config.yaml
    pipeline "$1" >metrics/Kptfile
    commit metrics
    twice kpt fn render . --allow-exec
    written metrics/web.yaml web.yaml
    stamp_is web.yaml "$expected"
    ! grep -qF "$expected" metrics/web.yaml || fail "the configs of metrics must not be those of the shop"
    run rollstamp check --strict .
    status_is 0

    case_is "$1: the validator without the mutator"
    package "$1"$'\n'"$check"
    run kpt fn render . --allow-exec --results-dir "$scratch/results"
    refused "[error] apps/v1/Deployment/web spec.template.metadata.annotations.rollstamp.dev/config-hash:"
    for line in "exitCode: 1" "severity: error" "proposedValue: $expected" "path: web.yaml" "code: missing-stamp"; do
        grep -qF -- "$line" "$scratch/results/results.yaml" || fail "the results must have: $line"
    done

    case_is "$1: a field that there is not in the config"
    package "$1"$'\n'"configMap: {modus: check}"
    run kpt fn render . --allow-exec
    refused "error: functionConfig: unknown field \`modus\` in \`data\`"

    case_is "$1: a key twice in an item"
    package "$1"
    sed -i 's/^  LOG_LEVEL.*/&\n&/' config.yaml
    commit twice
    run kpt fn render . --allow-exec
    status_is 0
    says stderr 'warning[duplicate-key]: key `LOG_LEVEL` is given twice'

    case_is "$1: a config that is not in the package"
    package "$1"
    rm login.yaml
    commit missing
    run kpt fn render . --allow-exec
    status_is 0
    says stderr "warning[dangling-config]: "

    case_is "$1: a config that is not in the package, strictly"
    package "$1"$'\n'"configMap: {strict: \"true\"}"
    rm login.yaml
    commit missing
    run kpt fn render . --allow-exec
    refused "error[dangling-config]: "
}

# evaluates_by FLAG RUNNER: the same by hand.
evaluates_by() {
    case_is "eval $1"
    package 'exec: rollstamp'
    twice kpt fn eval . "$@"
    written web.yaml
    stamp_is web.yaml "$expected"

    case_is "eval $1, as a check"
    run kpt fn eval . "$@" -- mode=check
    status_is 0
    git reset --quiet --hard
    run kpt fn eval . "$@" -- mode=check
    refused "error[missing-stamp]: Deployment default/web has no stamp"

    case_is "eval $1, with an option that there is not"
    run kpt fn eval . "$@" -- modus=check
    refused "error: functionConfig: unknown field \`modus\` in \`data\`"

    case_is "eval $1, in a stream"
    kpt fn source . >"$scratch/source"
    run kpt fn eval - "$@" -o unwrap <"$scratch/source"
    status_is 0
    stamp_is "$scratch/stdout" "$expected"
    # `run` writes into the file that this reads.
    mv "$scratch/stdout" "$scratch/stream"
    run rollstamp check --strict - <"$scratch/stream"
    status_is 0
    [ -z "$(git status --porcelain)" ] || fail "nothing may be written"
}

# given LINE...: `run`s the program by itself, as kpt does.
given() {
    printf '%s\n' "$@" >"$scratch/input"
    run rollstamp <"$scratch/input"
}

renders_by 'exec: rollstamp'
evaluates_by --exec rollstamp

case_is "a mutator behind it that changes a config"
package 'exec: rollstamp' $'exec: rollstamp\n'"$check"
sed -i "/validators:/i\    - exec: sed s/info/warn/" Kptfile
commit mutator
run kpt fn render . --allow-exec
refused "error[stale-stamp]: Deployment default/web has an outdated stamp"

case_is "an executable that kpt is not allowed to run"
run kpt fn render .
refused "must run with \`--allow-exec\` option"

case_is "a list that is not YAML"
given 'apiVersion: config.kubernetes.io/v1' 'kind: ResourceList' 'items: ['
saw
status_is 1
is_empty stdout
says stderr "error: unclosed bracket"

case_is "a stream that is not YAML, and no list"
given 'kind: ConfigMap' 'data: ['
saw
status_is 2
is_empty stdout
says stderr "error[unreadable]: unclosed bracket"

case_is "a stream and no list comes out stamped"
# Each file ends its document.
sed -s '$a ---' "$root"/examples/kpt/shop/*.yaml >"$scratch/stream.yaml"
run rollstamp <"$scratch/stream.yaml"
status_is 0
stamp_is "$scratch/stdout" "$expected"
run kpt fn eval - --exec rollstamp -o unwrap <"$scratch/stream.yaml"
status_is 0
stamp_is "$scratch/stdout" "$expected"

case_is "examples/kpt/README.md"
tree readme
cd "$scratch/readme"
git init --quiet
commit clone
play examples/kpt/README.md

docker_image
renders_by "image: $image"
evaluates_by --image "$image"

case_is "the example with the image in the place of the executable"
package 'exec: rollstamp'
cp -r "$root"/examples/kpt/shop/. .
sed -i "s|exec: rollstamp.*|image: $image|" Kptfile
commit example
twice kpt fn render .
written web.yaml
stamp_is web.yaml "$expected"

passed "kpt $(kpt version), $(docker_version)"
