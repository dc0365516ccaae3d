import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import * as z from "zod";
import type { Totals } from "../../examples/inventory-scenario/platform/platform.ts";
import { PlatformDatabase } from "../../examples/inventory-scenario/platform/platform-database.ts";
import { ROOT } from "../helpers/source-files.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const MAIN = join(ROOT, "examples", "inventory-scenario", "main.ts");
const PAUSE = "Approve it in one of the ways";

test("whatever process is killed, the platform ends as if none had been", { timeout: 300_000 }, async () => {
  const prepared = temporaryFolder();
  await ended(start(prepared, ["prepare"]));
  const calm = await openScene(prepared);
  const disturbed = await openScene(prepared);

  expect(await ended(calm.story("--yes"))).toBe(0);
  await calm.killPlatform();
  await killed(disturbed, disturbed.story(), "calls resolveProductSet");
  await killed(disturbed, disturbed.story(), "calls storePlan", "server");
  await killed(disturbed, disturbed.story(), PAUSE);
  await killed(disturbed, disturbed.story(), PAUSE, "server");
  await killed(disturbed, disturbed.story("--yes"), "is executing", "server");
  const last = disturbed.story("--yes");
  await said(last, "is executing");
  await disturbed.killPlatform();
  await disturbed.startPlatform();
  expect(await ended(last)).toBe(0);

  expect(outcomeOf(disturbed.folder)).toEqual(outcomeOf(calm.folder));
  expect(outcomeOf(calm.folder).effects).toHaveLength(10);
});

/** The scenario in a folder of its own, with its platform as a server. */
interface Scene {
  readonly folder: string;
  story(...flags: readonly string[]): ChildProcess;
  startPlatform(): Promise<void>;
  killPlatform(): Promise<void>;
}

async function openScene(prepared: string): Promise<Scene> {
  const folder = temporaryFolder();
  cpSync(prepared, folder, { recursive: true });
  const port = String(await freePort());
  let platform: ChildProcess | undefined;
  const startPlatform = async (): Promise<void> => {
    platform = start(folder, ["platform", "--port", port]);
    await said(platform, "answers at");
  };
  await startPlatform();
  return {
    folder,
    startPlatform,
    story: (...flags) =>
      start(folder, ["story", ...flags], { INVENTORY_SCENARIO_PLATFORM_URL: `http://127.0.0.1:${port}` }),
    killPlatform: async () => {
      if (platform !== undefined) await kill(platform);
    },
  };
}

/** Waits for a line of the story and kills it there, the Temporal server first where that is wanted. */
async function killed({ folder }: Scene, story: ChildProcess, line: string, also?: "server"): Promise<void> {
  await said(story, line);
  if (also === "server") process.kill(serverOf(folder), "SIGKILL");
  await kill(story);
}

function serverOf(folder: string): number {
  const file = readFileSync(join(folder, "bridle", "temporal.json"), "utf8");
  return z.looseObject({ pid: z.number() }).parse(JSON.parse(file)).pid;
}

function outcomeOf(folder: string): { readonly effects: readonly object[]; readonly totals: Totals } {
  const database = new PlatformDatabase(join(folder, "scenario", "platform.db"));
  const effects = database
    .effects()
    .map(({ actionIndex, kind, productCount }) => ({ actionIndex, kind, productCount }));
  const totals = database.totals();
  database.close();
  return { effects, totals };
}

function start(folder: string, args: readonly string[], more: Readonly<Record<string, string>> = {}): ChildProcess {
  const places = { BRIDLE_HOME: join(folder, "bridle"), INVENTORY_SCENARIO_HOME: join(folder, "scenario") };
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: ROOT, env: { ...process.env, ...places, ...more } });
  onTestFinished(() => void child.kill("SIGKILL"));
  output.set(child, "");
  const hear = (text: Buffer): void => void output.set(child, `${output.get(child) ?? ""}${text.toString("utf8")}`);
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  return child;
}

const output = new WeakMap<ChildProcess, string>();

async function said(child: ChildProcess, words: string): Promise<void> {
  while (!(output.get(child) ?? "").includes(words)) {
    if (child.exitCode !== null)
      throw new Error(`ended with ${child.exitCode} before "${words}":\n${output.get(child)}`);
    await delay(20);
  }
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await ended(child);
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  return await new Promise((resolve) => child.once("exit", resolve));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}
