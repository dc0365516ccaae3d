/** One real Temporal server and one real Postgres for all files of the run; both end with it. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleWorkflowCode, DefaultLogger } from "@temporalio/worker";
import type { TestProject } from "vitest/node";
import { isBuilt } from "../../scripts/source-hash.ts";
import { startEmbeddedServer } from "../../src/runtime/temporal/embedded-server.ts";
import { locateTemporalCli } from "../../src/runtime/temporal/locate-temporal-cli.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** host:port of the Temporal server that all test files share. */
    temporalAddress: string;
    /** The bundled workflows: those of dist/ when it is up to date, else made from src/ for this run. */
    workflowBundlePath: string;
    /** A superuser URL of the Postgres that all test files share; take a schema or database of your own. */
    postgresUrl: string;
  }
}

const root = join(import.meta.dirname, "..", "..");

interface Postgres {
  readonly url: string;
  stop(): Promise<void>;
}

async function startPostgres(): Promise<Postgres> {
  const file = join(import.meta.dirname, "postgres.ts");
  if (!existsSync(file)) return { url: "", stop: async () => {} };
  const module: { startPostgres(): Promise<Postgres> } = await import(file);
  return module.startPostgres();
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = mkdtempSync(join(tmpdir(), "bridle-test-"));
  const workflowBundlePath = await workflowBundle(home);
  const cli = await locateTemporalCli({ env: process.env, home: join(root, ".cache"), onProgress: console.log });
  const [temporal, postgres] = await Promise.all([startEmbeddedServer({ home, cli }), startPostgres()]);
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
