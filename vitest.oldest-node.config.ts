import { join } from "node:path";
import { defineConfig } from "vitest/config";

const root = import.meta.dirname;

/** Contract tests as any, but of what was built: the oldest Node runs no TypeScript, and child processes are started from files. */
export default defineConfig({
  root,
  resolve: { alias: [{ find: /^(?:\.\.\/)+src\/(.*)\.ts$/, replacement: join(root, "dist", "$1.js") }] },
  test: {
    pool: "forks",
    maxWorkers: 1,
    passWithNoTests: false,
    testTimeout: 60_000,
    provide: { postgresUrl: process.env["BRIDLE_TEST_POSTGRES"] ?? "" },
  },
});
