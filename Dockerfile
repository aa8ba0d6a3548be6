# syntax=docker/dockerfile:1
FROM node:20-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# npm install, not npm ci: the lock may lack optional packages of platforms it was not written on.
RUN npm install --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM node:20-slim
ENV NODE_ENV=production \
    PURVEYOR_DEMO=off \
    PURVEYOR_HOST=0.0.0.0 \
    PURVEYOR_DATA_DIR=/var/lib/purveyor
WORKDIR /app
RUN mkdir -p /var/lib/purveyor /var/lib/purveyor-sandbox && chown node:node /var/lib/purveyor /var/lib/purveyor-sandbox
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER node
EXPOSE 3000
VOLUME /var/lib/purveyor
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PURVEYOR_PORT || 3000}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "--max-semi-space-size=64", "dist/run/server.js"]
