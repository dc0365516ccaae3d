/**
 * Who may import whom, in one place: tests/architecture.test.ts holds the code to it, and .oxlintrc.json to the same.
 * A name with `:type` may be imported by `import type` only.
 */
export const IMPORT_TABLE: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  protocol: ["lib"],
  specs: ["protocol", "lib", "data:type"],
  engine: ["specs:type", "protocol", "lib"],
  workflows: ["engine", "protocol", "lib", "activities:type"],
  models: ["protocol", "lib"],
  sqlite: ["protocol", "lib"],
  state: ["sqlite", "protocol", "lib"],
  data: ["sqlite", "protocol", "lib"],
  catalog: ["data", "state", "sqlite", "models:type", "protocol", "lib"],
  dispatch: ["state", "specs", "protocol", "lib"],
  activities: ["models", "data", "state", "catalog", "dispatch", "engine", "specs", "protocol", "lib"],
  worker: ["activities", "models", "state", "data", "catalog", "dispatch", "specs", "protocol", "lib", "environment"],
  runtime: ["specs", "engine", "data", "state", "protocol", "lib", "workflows:type", "worker", "environment"],
  evals: ["runtime", "models", "state", "specs", "engine", "protocol", "lib"],
  mcp: ["runtime", "catalog", "protocol", "lib"],
  studio: ["runtime", "evals", "catalog", "state", "protocol", "lib"],
  testing: ["runtime", "models", "state", "specs", "protocol", "lib"],
  cli: [
    "runtime",
    "studio",
    "evals",
    "mcp",
    "testing",
    "activities",
    "models",
    "state",
    "data",
    "catalog",
    "dispatch",
    "sqlite",
    "specs",
    "engine",
    "protocol",
    "lib",
    "worker",
    "environment",
  ],
  // Files directly in src/ go by their own names.
  environment: [],
  "data-access": ["catalog", "data", "models", "protocol", "environment"],
  index: ["specs", "runtime", "protocol"],
};

/** Folders whose code also runs inside the workflow sandbox, and the only packages it may use there. */
export const SANDBOXED: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  protocol: ["zod"],
  specs: ["zod"],
  engine: ["zod"],
  workflows: ["@temporalio/workflow", "@temporalio/common", "zod"],
};

/** Packages that one part of the code owns; nothing else imports them. */
export const DRIVER_OWNERS: Readonly<Record<string, readonly string[]>> = {
  "@anthropic-ai/sdk": ["models"],
  "better-sqlite3": ["sqlite"],
  "@photostructure/sqlite": ["sqlite"],
  kysely: ["state", "data", "catalog"],
  pg: ["state", "data", "catalog"],
  fzstd: ["state"],
  "libpg-query": ["data"],
  "smol-toml": ["data"],
  yaml: ["catalog"],
  unpdf: ["catalog"],
  htmlparser2: ["catalog"],
  "d3-force-3d": ["catalog"],
  three: ["catalog"],
  "@temporalio/workflow": ["workflows"],
  "@temporalio/activity": ["activities"],
  "@temporalio/worker": ["worker"],
  "@temporalio/envconfig": ["runtime"],
  hono: ["studio", "mcp"],
  "@hono/node-server": ["studio", "mcp"],
  commander: ["cli"],
  jiti: ["cli"],
};
