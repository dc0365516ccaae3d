import { existsSync } from "node:fs";
import { createRuntime, defineApp, type Runtime, type RuntimeBinding, type RuntimeOptions } from "bridle";
import { openTargetDatabase } from "bridle/data";
import { runtimeSpec } from "./agents.ts";
import { inventoryDispatcher } from "./dispatcher.ts";
import { httpPlatform } from "./platform/http-platform.ts";
import { inProcessPlatform } from "./platform/in-process-platform.ts";
import type { Platform } from "./platform/platform.ts";
import { PlatformDatabase } from "./platform/platform-database.ts";
import { type ScenarioFolder, scenarioFolder } from "./scenario-folder.ts";

/** Binds the agents to the scenario's files and the platform. Without a key and without `interpreter` a script stands in for the model. */
export function inventoryRuntime(
  { workspace, interpreter, testing }: RuntimeBinding,
  folder: ScenarioFolder = scenarioFolder(),
  options: Pick<RuntimeOptions, "home" | "approvals"> = {},
): Runtime {
  refuseUnseeded(folder);
  const chosen = interpreter ?? (process.env["ANTHROPIC_API_KEY"] === undefined ? "scripted" : "anthropic");
  return createRuntime(runtimeSpec, {
    app: "inventory-scenario",
    workspace,
    interpreter: chosen,
    ...(testing === undefined ? {} : { testing }),
    ...options,
    dataEnvironment: folder.dataEnvironment,
    services: { inventory: openTargetDatabase({ kind: "sqlite", url: `sqlite:${folder.target}` }) },
    actionDispatcher: inventoryDispatcher(openPlatform(folder)),
    onProgress: (line) => console.error(line),
  });
}

/** The platform at INVENTORY_SCENARIO_PLATFORM_URL, or in this process. */
export function openPlatform(folder: ScenarioFolder): Platform {
  const url = process.env["INVENTORY_SCENARIO_PLATFORM_URL"];
  return url === undefined || url === "" ? inProcessPlatform(new PlatformDatabase(folder.platform)) : httpPlatform(url);
}

function refuseUnseeded(folder: ScenarioFolder): void {
  const missing = [folder.target, folder.dataEnvironment].find((path) => !existsSync(path));
  if (missing !== undefined) throw new Error(`${missing} does not exist. Run the commands seed and data-env first.`);
}

export const app = defineApp({
  name: "inventory-scenario",
  description:
    "Explores an inventory database, drafts replenishment plans, applies them on a platform once people approve.",
  runtimeSpec,
  runtimeFactory: (binding) => inventoryRuntime(binding),
});
