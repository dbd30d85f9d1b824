# syntax=docker/dockerfile:1
# One image with every binary; docker-compose.yml chooses which one a container runs.

FROM rust:1.95-bookworm AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends nodejs npm python3-pip unzip curl ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && rustup target add wasm32-unknown-unknown
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    cargo build --release -p intellistack -p auth-server -p api-server -p web \
 && scripts/wasm.sh \
 && mkdir -p /out/bin /out/site /out/model \
 && cp target/release/intellistack target/release/auth-server target/release/api-server target/release/web /out/bin/ \
 && cp -r target/site/pkg /out/site/pkg \
 && (scripts/model.sh /out/model || echo "no embedding model in this image: retrieval uses BM25 alone")

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates curl \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 intellistack
COPY --from=build /out/bin/ /usr/local/bin/
COPY --from=build /out/site /srv/site
COPY --from=build /out/model /srv/model
COPY content /srv/content
ENV SITE_DIR=/srv/site CONTENT_DIR=/srv/content EMBEDDINGS_DIR=/srv/model
USER intellistack
EXPOSE 3000 3001 8000
CMD ["intellistack", "up"]
