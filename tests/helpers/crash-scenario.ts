import { expect } from "vitest";
import type { CrashPoint } from "../../src/activities/crash-points.ts";
import {
  type CrashLab,
  HEARTBEAT_MS,
  lateEvents,
  openCrashLab,
  RECOVERY_MS,
  THREAD,
  transcriptOf,
  watchRun,
  type WatchedRun,
} from "./crash-lab.ts";
import type { WorkerExit } from "./crash-worker.ts";
import { brokenRules, type FoldedEvent, foldedRun } from "./run-rules.ts";

/** A run whose worker is killed. */
export interface CrashScenario {
  readonly script: readonly unknown[];
  /** What somebody does to the run while it happens. */
  act?(lab: CrashLab, run: WatchedRun): Promise<void>;
  /** Takes out of a folded run what depends on when somebody did something to it. */
  settle?(folded: readonly FoldedEvent[]): readonly FoldedEvent[];
}

/** What is left of a run: its thread, what its reader is left with, and the calls that reached a tool, in order. */
export interface Outcome {
  readonly transcript: unknown;
  readonly folded: readonly FoldedEvent[];
  readonly toolCalls: readonly string[];
}

/** Slow enough that a stream has a middle, fast enough that a run takes half a second. */
export const STREAMING = { chunkChars: 8, chunkDelayMs: 15 };

/** What is left of a run that nobody disturbs. */
export async function undisturbed(scenario: CrashScenario): Promise<Outcome> {
  await using lab = await openCrashLab(STREAMING);
  await lab.hostWorker();
  const run = await start(lab, scenario);
  return await outcome(lab, scenario, run);
}

/**
 * One run whose worker kills itself at this passage; another takes over, and nothing may differ from the undisturbed run. False when
 * the passage was never reached, so that nothing was killed.
 */
export async function survivesKill(
  scenario: CrashScenario,
  { point, passage }: Passage,
  expected: Outcome,
): Promise<boolean> {
  await using lab = await openCrashLab(STREAMING);
  const armed = await lab.startWorker(`${point}:${passage}`);
  const run = await start(lab, scenario);
  await Promise.race([armed.exited, run.closed]);
  const wasKilled = armed.hasExited();
  if (wasKilled) await recovered(lab, run, await armed.exited);
  await expectWhole(lab, run);
  const came = await outcome(lab, scenario, run);
  expect(point === REPEATS_ITS_CALL ? withoutRepeats(came) : came, `${point}:${passage}`).toEqual(expected);
  return wasKilled;
}

/** The n-th time that a worker passes a point. */
export interface Passage {
  readonly point: CrashPoint;
  readonly passage: number;
}

/** Here the tool was called and its result is not stored, so the call is made again; at every other point it never is. */
const REPEATS_ITS_CALL: CrashPoint = "tool.returned";

/** Lets another worker take over and holds it to the promised time. */
export async function recovered(lab: CrashLab, run: WatchedRun, { at, signal }: WorkerExit): Promise<void> {
  await lab.hostWorker();
  await run.finished;
  const goneOn = await firstAfter(run, at);
  expect(signal).toBe("SIGKILL");
  expect(goneOn - at).toBeLessThan(HEARTBEAT_MS + RECOVERY_MS);
}

/** A run that is over: its events keep the rules, and who comes late reads what was read all along. */
export async function expectWhole(lab: CrashLab, run: WatchedRun): Promise<void> {
  await Promise.all([run.finished, run.closed]);
  expect(brokenRules(run.events)).toEqual([]);
  expect(await lateEvents(lab, run.runId)).toEqual(run.events);
}

async function start(lab: CrashLab, scenario: CrashScenario): Promise<WatchedRun> {
  const run = await watchRun(lab, lab.runtime.query(JSON.stringify(scenario.script), { threadId: THREAD }));
  await scenario.act?.(lab, run);
  return run;
}

/** What is left of a run that is over. */
export async function outcome(
  lab: CrashLab,
  { settle = (folded) => folded }: CrashScenario,
  run: WatchedRun,
): Promise<Outcome> {
  await Promise.all([run.finished, run.closed]);
  return { transcript: await transcriptOf(lab), folded: settle(foldedRun(run.events)), toolCalls: lab.toolCalls() };
}

/** An outcome as if no call had been made a second time. */
export function withoutRepeats(came: Outcome): Outcome {
  return { ...came, toolCalls: [...new Set(came.toolCalls)] };
}

/** When a finished run went on after this time: its next event, or else its end. */
export async function firstAfter(run: WatchedRun, time: number): Promise<number> {
  return run.events.map((event) => Date.parse(event.at)).find((at) => at > time) ?? (await run.closed);
}
