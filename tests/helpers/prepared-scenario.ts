import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { runShell } from "./shell-command.ts";
import { ROOT } from "./source-files.ts";

/** Prepares the inventory scenario once for a test file; each test copies the folder that this gives. */
export function preparedScenario(): () => string {
  const folder = mkdtempSync(join(tmpdir(), "bridle-prepared-"));
  beforeAll(async () => {
    const env = { INVENTORY_SCENARIO_HOME: folder, BRIDLE_HOME: join(folder, "bridle") };
    await runShell("node examples/inventory-scenario/main.ts prepare", { folder: ROOT, env });
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return () => folder;
}
