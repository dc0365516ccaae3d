import { createHash } from "node:crypto";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { killEmbeddedServer } from "./embedded-server-of.ts";
import { type ShellCommand, shellCommand } from "./shell-command.ts";
import { ROOT } from "./source-files.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const MAIN = join(ROOT, "examples", "inventory-scenario", "main.ts");

/** The inventory scenario in folders of its own. */
export interface InventoryStory {
  readonly scenario: string;
  /** The data folder of Bridle. */
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs a command of the example, as `npm run inventory -- …` does. */
  run(line: string, more?: Readonly<Record<string, string>>): ShellCommand;
  /** Runs anything else with the same folders, at a terminal where that is wanted. */
  shell(line: string, more?: Readonly<Record<string, string>>, terminal?: boolean): ShellCommand;
}

/** Opens the scenario; with `from` it starts as a copy of a prepared one. */
export function inventoryStory(from?: string): InventoryStory {
  const folder = temporaryFolder();
  const scenario = join(folder, "scenario");
  const home = join(folder, "bridle");
  if (from !== undefined) cpSync(from, scenario, { recursive: true });
  const env = { INVENTORY_SCENARIO_HOME: scenario, BRIDLE_HOME: home };
  onTestFinished(() => killEmbeddedServer(home));
  const shell = (line: string, more = {}, terminal = false): ShellCommand =>
    shellCommand(line, { folder: ROOT, env: { ...env, ...more }, terminal });
  // `exec`: a signal to the process then reaches Node, not a shell around it.
  return {
    scenario,
    home,
    env,
    shell,
    run: (line, more) => shell(`${prefix(line)}exec node ${MAIN} ${bare(line)}`, more),
  };
}

/** What comes before a `;`, such as a limit of the shell. */
function prefix(line: string): string {
  return line.includes(";") ? `${line.slice(0, line.lastIndexOf(";"))}; ` : "";
}

function bare(line: string): string {
  return line.slice(line.lastIndexOf(";") + 1).trim();
}

/** What a file holds, in few characters. */
export function fileHash(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
