# The package and the examples of this repository, run by Node without a development tool, as a user without rights.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM node:24-bookworm-slim
# The Temporal client takes the machine's certificates for TLS.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/examples ./examples
# Volumes take over who owns their folder in the image.
RUN mkdir /data /keys /public && chown node:node /data /keys /public && chmod 700 /data /keys
USER node
ENTRYPOINT ["node", "dist/cli/bin.js"]
CMD ["--help"]
