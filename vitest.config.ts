import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    pool: "forks",
    maxWorkers: 2,
    passWithNoTests: false,
    reporters: ["default", "./scripts/count-reporter.ts"],
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          testTimeout: 20_000,
          include: ["tests/unit/**/*.test.ts", "tests/types/**/*.test.ts", "tests/*.test.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "real",
          include: ["tests/{contract,workflows,replay,e2e,examples}/**/*.test.ts"],
          globalSetup: ["tests/helpers/global-setup.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          // A busy machine takes longer than the default second to come to a condition.
          expect: { poll: { timeout: 15_000 } },
        },
      },
    ],
  },
});
