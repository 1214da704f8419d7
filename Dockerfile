# One service's image: docker build --build-arg SERVICE=command --build-arg PORT=3001 -t daybook-command .
FROM node:20-bookworm-slim AS build
WORKDIR /workspace
COPY package.json package-lock.json .npmrc ./
COPY apps ./apps
COPY libs ./libs
COPY tools ./tools
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.base.json .swcrc nx.json ./
ARG SERVICE
RUN node tools/build/build.mjs ${SERVICE}

FROM node:20-bookworm-slim AS packages
WORKDIR /service
ARG SERVICE
COPY --from=build /workspace/dist/apps/${SERVICE}/package.json /workspace/dist/apps/${SERVICE}/package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:20-bookworm-slim
WORKDIR /service
ARG SERVICE
ARG PORT
ENV NODE_ENV=production HOST=0.0.0.0 PORT=${PORT}
COPY --from=packages /service/node_modules ./node_modules
COPY --from=build /workspace/dist/apps/${SERVICE} ./
USER node
EXPOSE ${PORT}
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/health/ready').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# As npm start does: apps/standalone/node-args.json.
CMD ["node", "--enable-source-maps", "--min-semi-space-size=16", "--max-semi-space-size=64", "--initial-old-space-size=256", "--no-allocation-site-pretenuring", "main.js"]
