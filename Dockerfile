# A static binary in an empty image.
FROM rust:1.95-alpine AS build
WORKDIR /src
COPY . .
RUN cargo build --release --locked

FROM scratch
COPY --from=build /src/target/release/rollstamp /rollstamp
USER 65534:65534
ENTRYPOINT ["/rollstamp"]
