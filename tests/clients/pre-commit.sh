#!/usr/bin/env bash
# pre-commit installs the hooks from a clone of this repository, and examples/pre-commit holds.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=install.sh
. "$root/tests/clients/install.sh"
# shellcheck source=readme.sh
. "$root/tests/clients/readme.sh"

for client in git cargo; do
    command -v $client >/dev/null || skip $client
done
python_with pre-commit==4.7.0
export PATH=$CLIENTS/python/bin:$PATH

# Neither the hooks nor the name of whoever runs this.
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.com
# One content is one commit, so that pre-commit finds again what it has built.
export GIT_AUTHOR_DATE=2026-01-01T00:00:00Z GIT_COMMITTER_DATE=2026-01-01T00:00:00Z

# pre-commit wants the hooks in a commit; here they may be new.
hooks=$CLIENTS/pre-commit/hooks
rm -rf "$hooks"
git clone --quiet "$root" "$hooks" 2>"$scratch/stderr" || skip "a git repository"
cp "$root/.pre-commit-hooks.yaml" "$hooks"
git -C "$hooks" add .pre-commit-hooks.yaml
git -C "$hooks" commit --quiet --allow-empty --message hooks
rev=$(git -C "$hooks" rev-parse HEAD)

# What another commit has built is of no use any more. The target folder is: it holds the dependencies.
export PRE_COMMIT_HOME=$CLIENTS/pre-commit/$rev CARGO_TARGET_DIR=$CLIENTS/pre-commit/target
find "$CLIENTS/pre-commit" -mindepth 1 -maxdepth 1 -type d \
    ! -name hooks ! -name target ! -name "$rev" -exec rm -rf {} +
# This is about pre-commit, not about speed, and the real profile takes minutes.
export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=0

example=$root/examples/pre-commit

# repository NAME CONFIG: a repository with the quickstart, stamped, and that configuration of
# pre-commit.
repository() {
    mkdir "$scratch/$1"
    cd "$scratch/$1"
    git init --quiet --initial-branch main
    cp -r "$root/examples/quickstart/out" deploy
    sed -e "s|https://example.com/rollstamp|$hooks|" -e "s|v0.1.0|$rev|" "$2" >.pre-commit-config.yaml
    git add .
    git commit --quiet --message first
    pre-commit install >"$scratch/log"
}

# config ID: a configuration with that hook, as it is.
config() {
    printf '%s\n' 'repos:' '  - repo: https://example.com/rollstamp' '    rev: v0.1.0' \
        "    hooks: [{id: $1}]" >"$scratch/config"
    echo "$scratch/config"
}

# unchanged: the files are as they were staged.
unchanged() { git diff --exit-code >&2 || fail "no file may be written"; }

case_is "the files of pre-commit are valid"
pre-commit validate-manifest "$root/.pre-commit-hooks.yaml"
for file in "$example"/*.yaml "$example"/.*.yaml; do
    pre-commit validate-config "$file"
done
# validate-config warns of keys that it does not know, and passes.
run pre-commit validate-config "$example/.pre-commit-config.yaml" "$example/installed.pre-commit-config.yaml"
is_empty stderr
is_empty stdout

case_is "only the ConfigMap is staged: the hook writes the stamp and stops the commit, once"
repository work "$example/.pre-commit-config.yaml"
pre-commit install-hooks >"$scratch/log"
sed -i s/8888/7777/ deploy/nginx-cm.yaml
git add deploy/nginx-cm.yaml
run git commit --message second
status_is 1
says stderr "files were modified by this hook"
says stderr "1 file written"
[ "$(git log --format=%s)" = first ] || fail "nothing may be committed"
[ "$(git diff --name-only)" = deploy/nginx.yaml ] || fail "the workload must be written, and nothing else"
rollstamp check deploy 2>"$scratch/stderr" || fail "what it wrote must be current"
run git commit --message second --all
status_is 0
[ "$(git log --format=%s | head -n 1)" = second ] || fail "it must be committed"
unchanged

case_is "a stale stamp that is staged is updated"
stamp=$(grep -o 'sha256:[0-9a-f]*' deploy/nginx.yaml)
sed -i "s/$stamp/sha256:$(printf '%064d' 0)/" deploy/nginx.yaml
git add .
run pre-commit run
status_is 1
says stdout "1 file written"
grep -q "$stamp" deploy/nginx.yaml || fail "it must be the right one"
git add .
run pre-commit run --all-files
status_is 0
unchanged

case_is "what is not staged does not count, and stays"
git reset --quiet --hard
sed -i s/7777/6666/ deploy/nginx-cm.yaml
echo '# new' >>deploy/nginx.yaml
git add deploy/nginx.yaml
run git commit --message third
status_is 0
grep -q 6666 deploy/nginx-cm.yaml || fail "the change must be there"
[ "$(git show HEAD:deploy/nginx.yaml | grep -o 'sha256:.*')" = "$stamp\"" ] || fail "the stamp must stay"

case_is "a file of a generator runs the hook, though it is no manifest"
git reset --quiet --hard
mkdir generated
printf 'level = info\n' >generated/app.conf
printf '%s\n' 'resources: [app.yaml]' 'generatorOptions: {disableNameSuffixHash: true}' \
    'configMapGenerator: [{name: nginx-cm, files: [config.yaml=app.conf], options: {annotations: {reloader.stakater.com/match: "true"}}}]' \
    >generated/kustomization.yaml
cp deploy/nginx.yaml generated/app.yaml
rollstamp stamp --quiet generated
git add .
sed -i 's/deploy/., --no-config/' .pre-commit-config.yaml
git commit --quiet --all --message generated
printf 'level = debug\n' >generated/app.conf
git add generated/app.conf
run pre-commit run
status_is 1
says stdout "1 file written"
[ "$(git diff --name-only)" = generated/app.yaml ] || fail "the workload must be written, and nothing else"
git reset --quiet --hard HEAD~1

case_is "a commit that only deletes runs the hook, and check sees it"
git reset --quiet --hard
git rm --quiet deploy/nginx-cm.yaml
run pre-commit run
status_is 0
run rollstamp check --strict deploy
status_is 1
says stdout "error[dangling-config]"

case_is "a file that cannot be read stops the commit, and nothing is written"
git reset --quiet --hard
sed -i s/7777/5555/ deploy/nginx-cm.yaml
printf 'kind: ConfigMap\napiVersion: v1\ndata: [\n' >deploy/broken.yaml
git add .
run pre-commit run
status_is 1
says stdout "- exit code: 2"
says stdout "deploy/broken.yaml"
unchanged

case_is "rollstamp-check fails and writes nothing; its arguments can be left away"
repository checked "$(config rollstamp-check)"
run pre-commit run --all-files
status_is 0
sed -i s/8888/9999/ deploy/nginx-cm.yaml
git add .
run pre-commit run
status_is 1
says stdout "error[stale-stamp]: Deployment default/nginx"
unchanged
rollstamp stamp --quiet deploy
git add .
run pre-commit run
status_is 0

case_is "rollstamp without arguments writes into the whole repository"
repository whole "$(config rollstamp)"
sed -i s/8888/9999/ deploy/nginx-cm.yaml
git add .
run pre-commit run
status_is 1
says stdout "1 file written"
rollstamp check deploy 2>"$scratch/stderr" || fail "what it wrote must be current"

case_is "the installed program does, too"
repository installed "$example/installed.pre-commit-config.yaml"
sed -i s/8888/9999/ deploy/nginx-cm.yaml
git add .
run pre-commit run
status_is 1
says stdout "files were modified by this hook"
says stdout "1 file written"
git add .
run pre-commit run
status_is 0

# There may be no Docker here, and no image to begin with: this one keeps the words that pre-commit
# says to it, and runs the program in the place of the container.
case_is "the hooks for Docker name the program and its arguments as the image has them"
grep -qF 'ENTRYPOINT ["/rollstamp"]' "$root/Dockerfile" || fail "the image has the program elsewhere"
mkdir "$scratch/docker"
cat >"$scratch/docker/docker" <<'EOF'
#!/usr/bin/env bash
set -eu
echo "$*" >>"$DOCKER_LOG"
case $1 in
system) echo '{"SecurityOptions": null}' && exit ;;
build) exit ;;
esac
while [ "$1" != --entrypoint ]; do
    [ "$1" != -v ] || [ "$2" = "$PWD:/src:rw,Z" ]
    shift
done
[ "$2" = /rollstamp ]
exec rollstamp "${@:4}"
EOF
chmod +x "$scratch/docker/docker"
# Its own folder, because pre-commit would remember there that the image is built.
export DOCKER_LOG=$scratch/docker/log
for id in rollstamp-docker rollstamp-check-docker; do
    repository $id "$(config $id)"
    (
        export PATH=$scratch/docker:$PATH PRE_COMMIT_HOME=$scratch/docker/home
        run pre-commit run --all-files
        status_is 0
        sed -i s/8888/9999/ deploy/nginx-cm.yaml
        git add .
        run pre-commit run
        status_is 1
    ) || exit 1
    [ "$(git diff --name-only)" = "$([ $id = rollstamp-check-docker ] || echo deploy/nginx.yaml)" ] ||
        fail "$id writes what it must not, or does not write"
done
grep -q '^build --tag pre-commit-[0-9a-f]* --label PRE_COMMIT --pull \.$' "$DOCKER_LOG" ||
    fail "the image must be built from the Dockerfile of the clone"
grep -q ' --entrypoint /rollstamp pre-commit-[0-9a-f]* stamp \.$' "$DOCKER_LOG" || fail "not stamp"
grep -q ' --entrypoint /rollstamp pre-commit-[0-9a-f]* check \.$' "$DOCKER_LOG" || fail "not check"

case_is "the README"
repository readme "$example/.pre-commit-config.yaml"
play examples/pre-commit/README.md

passed "$(pre-commit --version), $(cargo --version)"
