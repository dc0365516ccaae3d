/**
 * Makes the picture of README.md again, from a real run: starts the inventory story in a folder of its own, waits until its plan waits,
 * and draws what the terminal shows by then. The plan's middle actions are left out.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { textPicture } from "./docs/text-picture.ts";

const PICTURE = "docs/pictures/paused-plan.svg";
const TITLE = "A paused plan of ten actions, as the inventory example shows it in the terminal";
const GAP = "   ⋮";

const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "bridle-picture-"));
try {
  writeFileSync(join(root, PICTURE), textPicture(paused(await storyUpToThePause()), TITLE));
  console.log(PICTURE);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function storyUpToThePause(): Promise<string> {
  const main = join(root, "examples", "inventory-scenario", "main.ts");
  const env = { ...process.env, INVENTORY_SCENARIO_HOME: join(folder, "inventory") };
  const child = spawn(process.execPath, [main, "story"], { cwd: folder, env, stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  let isLeaving = false;
  for await (const text of child.stdout.setEncoding("utf8")) {
    said += String(text);
    // Without a terminal the story says this last, and waits. A second signal would leave its Temporal server behind.
    if (isLeaving || !said.includes("so the plan waits")) continue;
    isLeaving = true;
    child.kill("SIGINT");
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return stripVTControlCharacters(said);
}

/** The card with its first two actions and its last, and the first ways to answer. */
function paused(said: string): readonly string[] {
  const lines = said.split("\n");
  const place = (pattern: RegExp): number => {
    const found = lines.findIndex((line) => pattern.test(line));
    if (found < 0) throw new Error(`The story did not say ${pattern}:\n${said}`);
    return found;
  };
  const card = lines.slice(place(/^╭/), place(/^│ action 2: /));
  return [...card, GAP, ...lines.slice(place(/^│ action 9: /), place(/^ {2}temporal workflow signal/) + 1)];
}
