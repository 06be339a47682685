# The image, and an engine to run it. Source it behind lib.sh.
# shellcheck shell=bash disable=SC2154 # lib.sh sets root and scratch
#
# ROLLSTAMP_STATIC  a static build of the program; without it, one is built

image=example.com/rollstamp:v1
engine=
trap 'stop_engine; rm -rf "$scratch"' EXIT

# docker_image: makes sure of an engine and of $image in it, with the program built for it. Nothing
# is pulled.
docker_image() {
    command -v docker >/dev/null || skip docker
    docker info >/dev/null 2>&1 || start_engine
    [ -n "${ROLLSTAMP_STATIC:-}" ] || build_static
    local context=$scratch/context
    mkdir "$context"
    cp -R "$root"/{.dockerignore,Dockerfile,docker} "$root"/LICENSE-* "$context"
    cp "$ROLLSTAMP_STATIC" "$context/docker/rollstamp"
    run docker build --tag "$image" --target prebuilt "$context"
    status_is 0
}

start_engine() {
    command -v dockerd >/dev/null || skip "a docker engine"
    [ "$(id -u)" = 0 ] || skip "root, to start a docker engine"
    export DOCKER_HOST=unix://$scratch/engine.sock
    # No container here has a network, so that the engine needs none.
    dockerd --host "$DOCKER_HOST" --data-root "$scratch/engine" --exec-root "$scratch/engine.exec" \
        --pidfile "$scratch/engine.pid" --iptables=false --bridge=none >"$scratch/engine.log" 2>&1 &
    engine=$!
    for _ in {1..300}; do
        docker info >/dev/null 2>&1 && return
        sleep 0.1
    done
    tail "$scratch/engine.log" >&2
    fail "the docker engine must start"
}

stop_engine() {
    [ -n "$engine" ] || return 0
    kill "$engine"
    wait "$engine" || true
}

build_static() {
    local host
    host=$(rustc -vV | sed -n 's/^host: //p')
    (cd "$root" && RUSTFLAGS="-C target-feature=+crt-static" cargo build --quiet --release --locked \
        --target "$host" --target-dir "$CLIENTS/static")
    export ROLLSTAMP_STATIC=$CLIENTS/static/$host/release/rollstamp
}

# docker_version: of the client and of the engine.
docker_version() {
    docker version --format 'docker {{.Client.Version}}, engine {{.Server.Version}}'
}
