import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

/** Where the scenario keeps its files. Only `platform` ever changes by what agents do. */
export interface ScenarioFolder {
  readonly root: string;
  /** The customer's database; read-only for everything but the seed. */
  readonly target: string;
  /** The platform that approved plans change. */
  readonly platform: string;
  /** The descriptor that tells Bridle where the data is. */
  readonly dataEnvironment: string;
  /** There once everything that agents know was made. */
  readonly prepared: string;
  /** The run that the first run is paused in. */
  readonly story: string;
}

/** The scenario's files under `root`; the variable INVENTORY_SCENARIO_HOME, or a folder of the project, unless said. */
export function scenarioFolder(
  root: string = process.env["INVENTORY_SCENARIO_HOME"] ?? ".bridle/inventory-scenario",
): ScenarioFolder {
  const at = resolve(root);
  // Also for the folders above it, of which `.bridle` will have more than ours: only their owner reads them.
  mkdirSync(at, { recursive: true, mode: 0o700 });
  return {
    root: at,
    target: join(at, "target.db"),
    platform: join(at, "platform.db"),
    dataEnvironment: join(at, "data-environment.json"),
    prepared: join(at, "prepared"),
    story: join(at, "story.json"),
  };
}
