import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ROOT } from "../helpers/source-files.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const EXAMPLES = ["inventory-scenario", "coordinator-planner-executor"];
const RUNS_LONG = "<!-- keeps running -->";
const READY = /answers at http|ready in|waits for a person/u;

test.each(EXAMPLES)("every command of the README of %s works as written", { timeout: 240_000 }, async (example) => {
  const folder = temporaryFolder();
  const blocks = shellBlocks(readFileSync(join(ROOT, "examples", example, "README.md"), "utf8"));

  const endings: string[] = [];
  for (const { command, keepsRunning } of blocks) {
    const ended = await run(command.replaceAll(`.bridle/${example}`, join(folder, example)), { folder, keepsRunning });
    endings.push(`${command}: ${ended}`);
  }

  expect(endings).toEqual(blocks.map(({ command }) => `${command}: 0`));
});

interface Command {
  readonly command: string;
  readonly keepsRunning: boolean;
}

function shellBlocks(markdown: string): readonly Command[] {
  return [...markdown.matchAll(/(<!-- keeps running -->\s+)?```sh\n([\s\S]*?)```/gu)].flatMap(([, mark, block = ""]) =>
    block
      .split("\n")
      .filter((line) => line !== "")
      .map((command) => ({ command, keepsRunning: mark?.trim() === RUNS_LONG })),
  );
}

/** Runs a line as a shell would; one that keeps running is stopped once it is ready. Any other end than 0 comes with what it said. */
async function run(
  command: string,
  { folder, keepsRunning }: { readonly folder: string; readonly keepsRunning: boolean },
): Promise<string> {
  const env = {
    ...process.env,
    BRIDLE_HOME: join(folder, "bridle"),
    INVENTORY_SCENARIO_HOME: join(folder, "inventory-scenario"),
    CATALOG_DEMO_HOME: join(folder, "coordinator-planner-executor"),
  };
  // Several runs of this test share a machine, so whatever listens takes a free port.
  const line = keepsRunning ? `${command} --port 0` : command;
  const child = spawn("bash", ["-c", line], { cwd: ROOT, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const stop = (signal: NodeJS.Signals): void => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined)
      process.kill(-child.pid, signal);
  };
  onTestFinished(() => stop("SIGKILL"));
  let said = "";
  const hear = (text: Buffer): void => {
    const wasReady = READY.test(said);
    said += text.toString("utf8");
    if (keepsRunning && !wasReady && READY.test(said)) stop("SIGTERM");
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const code = await new Promise<number | null>((resolve) => child.once("close", (ended) => resolve(ended)));
  if (keepsRunning && READY.test(said)) return "0";
  return code === 0 ? "0" : `${code ?? "a signal"}\n${said.slice(-2_000)}`;
}
