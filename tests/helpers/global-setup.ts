/** One real Temporal server and one real Postgres for all files of the run; both end with it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleWorkflowCode, DefaultLogger } from "@temporalio/worker";
import type { TestProject } from "vitest/node";
import { type Chromium, findChromium } from "../../scripts/find-chromium.ts";
import { isBuilt } from "../../scripts/source-hash.ts";
import { startEmbeddedServer } from "../../src/runtime/temporal/embedded-server.ts";
import { locateTemporalCli } from "../../src/runtime/temporal/locate-temporal-cli.ts";
import { startPostgres } from "./postgres.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** host:port of the Temporal server that all test files share. */
    temporalAddress: string;
    /** The bundled workflows: those of dist/ when it is up to date, else made from src/ for this run. */
    workflowBundlePath: string;
    /** The browser of this run; null when the machine has none and no package ships one for it. */
    chromium: Chromium | null;
    /** A superuser URL of the Postgres that all test files share; take a schema or database of your own. */
    postgresUrl: string;
  }
}

const NO_BROWSER = `
*** SKIPPED: what people click is not tested, because there is no Chromium on PATH. Install one, or set BRIDLE_CHROMIUM. ***
`;
const root = join(import.meta.dirname, "..", "..");

/** Runs once per test run, before the first file; what it returns runs after the last. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = mkdtempSync(join(tmpdir(), "bridle-test-"));
  const workflowBundlePath = await workflowBundle(home);
  const cli = await locateTemporalCli({ env: process.env, home: join(root, ".cache"), onProgress: console.log });
  const temporal = await startEmbeddedServer({ home, cli });
  const postgres = await startPostgres().catch(async (error: unknown) => {
    await temporal.stop();
    throw error;
  });
  const chromium = findChromium(root);
  if (chromium === null) console.warn(NO_BROWSER);
  project.provide("chromium", chromium);
  project.provide("temporalAddress", temporal.address);
  project.provide("workflowBundlePath", workflowBundlePath);
  project.provide("postgresUrl", postgres.url);
  return async () => {
    await Promise.all([temporal.stop(), postgres.stop()]);
    rmSync(home, { recursive: true, force: true });
  };
}

async function workflowBundle(folder: string): Promise<string> {
  if (isBuilt(root)) return join(root, "dist", "workflow-bundle.js");
  const workflowsPath = join(root, "src", "workflows", "index.ts");
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger("WARN") });
  const path = join(folder, "workflow-bundle.js");
  writeFileSync(path, code);
  return path;
}
