import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createRuntime, type RunEvent, type Runtime } from "bridle";
import { AGENT } from "./bench-app.ts";
import { median, percentile, printTable } from "./measure.ts";
import { MODEL_PROMPT, recoveryApp, recoveryOptions, TOOL_PROMPT } from "./recovery-app.ts";
import type { BenchReport, Budget } from "./report.ts";
import { openRig, type Rig } from "./rig.ts";

/** How often to kill, by heartbeat timeout; the longer one is the default. */
const ROUNDS = [
  { heartbeatMs: 1_000, kills: 10 },
  { heartbeatMs: 5_000, kills: 6 },
] as const;
const BUDGET_ABOVE_HEARTBEAT_MS = 5_000;

/** Kills a worker process in the middle of an activity, starts another at once, and waits for the run to go on. */
export async function recovery(): Promise<BenchReport> {
  const results: RoundResult[] = [];
  for (const round of ROUNDS) results.push({ ...round, standstillsMs: await killRepeatedly(round) });
  printTable(
    results.map(({ heartbeatMs, kills, standstillsMs }) => ({
      "heartbeat timeout ms": heartbeatMs,
      kills,
      "p50 ms": median(standstillsMs),
      "p95 ms": percentile(standstillsMs, 95),
      "max ms": Math.max(...standstillsMs),
    })),
  );
  const p95s = results.map(({ standstillsMs }) => percentile(standstillsMs, 95));
  const budgets: readonly Budget[] = results.map(({ heartbeatMs }, index) => ({
    what: `p95 ms until the run goes on, heartbeat timeout ${heartbeatMs} ms`,
    value: p95s[index] ?? Number.NaN,
    atMost: heartbeatMs + BUDGET_ABOVE_HEARTBEAT_MS,
  }));
  return {
    figures: {
      p95Ms: p95s.at(-1) ?? Number.NaN,
      heartbeatMs: results.at(-1)?.heartbeatMs ?? 0,
      shortP95Ms: p95s[0] ?? Number.NaN,
    },
    budgets,
  };
}

interface Round {
  readonly heartbeatMs: number;
  readonly kills: number;
}

interface RoundResult extends Round {
  readonly standstillsMs: readonly number[];
}

async function killRepeatedly({ heartbeatMs, kills }: Round): Promise<readonly number[]> {
  await using rig = await openRig();
  const watcher = createRuntime(recoveryApp, { ...recoveryOptions({ ...rig, heartbeatMs }), worker: false });
  let worker = startWorker(rig, heartbeatMs);
  const replace = (): void => {
    worker.kill("SIGKILL");
    worker = startWorker(rig, heartbeatMs);
  };
  try {
    const standstills: number[] = [];
    for (let kill = 0; kill < kills; kill++)
      standstills.push(await standstill(watcher, kill % 2 === 0 ? TOOL_PROMPT : MODEL_PROMPT, replace));
    return standstills;
  } finally {
    worker.kill("SIGKILL");
    await watcher.close();
  }
}

function startWorker({ home, address }: Rig, heartbeatMs: number): ChildProcess {
  const program = fileURLToPath(new URL("./recovery-process.ts", import.meta.url));
  return spawn(process.execPath, [program, home, address, String(heartbeatMs)], {
    stdio: ["pipe", "ignore", "inherit"],
  });
}

/** Milliseconds from the kill to the first sign of the next attempt. The run must then end as if nothing had happened. */
async function standstill(watcher: Runtime, prompt: string, replaceWorker: () => void): Promise<number> {
  const run = watcher.runSpecialist(AGENT, prompt);
  let killedAt: number | undefined;
  let resumedAt: number | undefined;
  for await (const event of run) {
    if (killedAt === undefined && isInside(event)) {
      killedAt = performance.now();
      replaceWorker();
    } else if (isNextAttempt(event)) {
      resumedAt ??= performance.now();
    }
  }
  const { status, text } = await run.result();
  const expected = prompt === TOOL_PROMPT ? "Done." : "so ".repeat(200);
  if (status !== "completed" || text !== expected)
    throw new Error(`the run ended ${status} with ${JSON.stringify(text)}`);
  if (killedAt === undefined || resumedAt === undefined) throw new Error("the run ended without a second attempt");
  return resumedAt - killedAt;
}

function isInside(event: RunEvent): boolean {
  return event.type === "tool-progress" || event.type === "text";
}

function isNextAttempt(event: RunEvent): boolean {
  if (event.type === "tool-progress") return JSON.stringify(event.progress) !== '{"attempt":1}';
  return event.type === "step-retry";
}
