# A static binary in an empty image.
#
#   docker build -t example.com/rollstamp:v1 .
#
# Where nothing can be pulled, put a static binary at docker/rollstamp and build
#
#   docker build -t example.com/rollstamp:v1 --target prebuilt .

FROM scratch AS prebuilt
# kustomize and kpt run the image as `nobody`, by that name.
COPY docker/passwd docker/group /etc/
# A pattern may match nothing: the builder without BuildKit makes this stage even if it is not the
# target, and then there need be no binary yet.
COPY LICENSE-* docker/rollstamp* /
LABEL org.opencontainers.image.title="rollstamp" \
      org.opencontainers.image.description="Stamps pod templates with the content hash of the ConfigMaps and Secrets they track, offline" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
USER 65534:65534
# No CMD: kustomize and kpt pass no arguments, and without arguments it is a function.
ENTRYPOINT ["/rollstamp"]

FROM rust:1.95-alpine AS build
WORKDIR /src
COPY . .
RUN cargo build --release --locked

FROM prebuilt
COPY --from=build /src/target/release/rollstamp /
