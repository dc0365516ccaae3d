/**
 * Records real histories of turns and plans for tests/replay, closed ones and open ones at every place where one waits. Run it when the
 * workflow's commands change on purpose, and keep the old files that must still replay: `node scripts/record-histories.ts`, or with a
 * word for the recordings that have it in their name: `node scripts/record-histories.ts plan`.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleWorkflowCode, DefaultLogger } from "@temporalio/worker";
import { bindRuntime } from "../src/runtime/bind-runtime.ts";
import { lazily } from "../src/runtime/lazy-session.ts";
import { openSession } from "../src/runtime/session.ts";
import { startOwnServer } from "../tests/helpers/own-server.ts";
import { PLAN_RECORDINGS, SHORT_PLAN_RECORDINGS } from "./recording/plan-recordings.ts";
import { recordedApp, silentApp } from "./recording/recorded-app.ts";
import type { Recording } from "./recording/recorder.ts";
import { SHORT_TURN_RECORDINGS, TURN_RECORDINGS } from "./recording/turn-recordings.ts";

const ROOT = join(import.meta.dirname, "..");

/** Makes the server suggest a fresh history early. */
const SHORT = ["limit.historyCount.suggestContinueAsNew=35"];

await record([], { ...TURN_RECORDINGS, ...PLAN_RECORDINGS });
await record(SHORT, { ...SHORT_TURN_RECORDINGS, ...SHORT_PLAN_RECORDINGS });

async function record(settings: readonly string[], recordings: Readonly<Record<string, Recording>>): Promise<void> {
  const wanted = Object.entries(recordings).filter(([name]) => name.includes(process.argv[2] ?? ""));
  if (wanted.length === 0) return;
  await using server = await startOwnServer(settings);
  const home = mkdtempSync(join(tmpdir(), "bridle-record-"));
  const apps = [recordedApp(), silentApp()] as const;
  const session = await openSession({
    env: {},
    home,
    hosted: apps,
    startServer: false,
    temporal: { address: server.address, taskQueue: "recorded" },
    knobs: { graceMs: 100 },
    workflowBundlePath: await bundle(home),
  });
  const [runtime, silent] = apps.map((app) =>
    bindRuntime(
      app,
      lazily(async () => session),
    ),
  );
  if (runtime === undefined || silent === undefined) throw new Error("Two apps make two runtimes.");
  for (const [name, recording] of wanted) {
    console.log(name);
    await recording({ session, runtime, silent });
  }
  await session.close();
  rmSync(home, { recursive: true, force: true });
}

async function bundle(home: string): Promise<string> {
  const workflowsPath = join(ROOT, "src", "workflows", "index.ts");
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger("WARN") });
  const path = join(home, "workflow-bundle.js");
  writeFileSync(path, code);
  return path;
}
