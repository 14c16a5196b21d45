# Packhouse as one process, for a PostgreSQL of your own (DATABASE_URL): the embedded one is not in it.
# Debian rather than Alpine: one C library for sharp everywhere.
#
# A tag moves. To build the same twice, put the digest that your registry shows behind it:
#   docker build --build-arg NODE_IMAGE=node:22-bookworm-slim@sha256:… .
ARG NODE_IMAGE=node:22-bookworm-slim

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /opt/packhouse
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund --ignore-scripts
COPY deploy/slim.sh ./
RUN sh slim.sh node_modules

FROM ${NODE_IMAGE}
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 DATA_DIR=/var/lib/packhouse
WORKDIR /opt/packhouse
COPY --from=dependencies /opt/packhouse/node_modules node_modules
COPY package.json tsconfig.json knexfile.ts LICENSE ./
COPY bin bin
COPY docs docs
COPY lib lib
COPY migrations migrations
COPY schemas schemas
COPY seeds seeds
COPY web web
# The image's own unprivileged account owns the data and nothing of the program.
RUN ln -s /opt/packhouse/bin/packhouse.js /usr/local/bin/packhouse \
  && ln -s /opt/packhouse/bin/packhouse-station.js /usr/local/bin/packhouse-station \
  && mkdir -p /var/lib/packhouse && chown node:node /var/lib/packhouse && chmod 700 /var/lib/packhouse
USER node
VOLUME /var/lib/packhouse
EXPOSE 8080
# Docker's image format keeps this; the OCI one, which buildah and podman build unless told --format docker, has no place for it.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
  CMD ["node", "--import", "tsx", "bin/health-check.ts"]
# Not npm: signals must reach the server, which drains for up to 20 s.
STOPSIGNAL SIGTERM
CMD ["node", "--import", "tsx", "lib/main.ts"]
