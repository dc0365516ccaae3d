import { randomBytes } from "node:crypto";
import { InputError } from "../../protocol/errors.ts";
import { normaliseDispatcher } from "../../specs/dispatchers/dispatcher.ts";
import { boundariesOf } from "./boundaries.ts";
import type { CrashInput } from "./crash-input.ts";
import type { CrashLab } from "./crash-lab.ts";
import { type CrashReport, crashReport, type JudgedRun } from "./crash-report.ts";
import type { EffectSource } from "./effect-source.ts";
import { runOnce } from "./run-once.ts";

/** What a crash test is made of. */
export interface CrashTest {
  readonly lab: CrashLab;
  readonly input: CrashInput;
  /** How the target is asked what took effect; null leaves it to the ledger and the probe. */
  readonly effects: EffectSource | null;
  readonly signal: AbortSignal;
  /** Told after every run; how many there are is known after the first. */
  readonly onRun: (run: JudgedRun, at: { readonly done: number; readonly total: number }) => void;
}

/** Runs the plan once undisturbed, then once for every boundary of its dispatch with the worker killed there. */
export async function crashTest({ onRun, ...test }: CrashTest): Promise<CrashReport> {
  const series = `crashtest-${randomBytes(4).toString("hex")}`;
  const { actionDispatcher } = test.lab.hosted;
  const dispatcher = actionDispatcher === undefined ? null : normaliseDispatcher(actionDispatcher);
  const patienceMs = PATIENCE_MS + (dispatcher?.timeoutMs ?? 0);
  const named = (index: number): string => `${series}-${String(index).padStart(5, "0")}`; // none begins another
  const first = await runOnce({ ...test, name: named(0), boundary: null, patienceMs });
  if (first.actions.length === 0) throw nothingDone();
  // What fails without a kill says nothing about kills.
  if (first.actions.some(({ fate }) => fate !== "applied" && fate !== "unproven")) return crashReport([first]);
  const boundaries = boundariesOf(first.actions.length, dispatcher?.mode === "batch");
  const total = boundaries.length + 1;
  onRun(first, { done: 1, total });
  const runs = [first];
  for (const [index, boundary] of boundaries.entries()) {
    const run = await runOnce({ ...test, name: named(index + 1), boundary, patienceMs });
    runs.push(run);
    onRun(run, { done: runs.length, total });
  }
  return crashReport(runs);
}

function nothingDone(): InputError {
  return new InputError("INPUT_INVALID", "No plan with actions was executed: there is nothing to crash.", {
    hint: 'A script must store and execute a plan whose planId is "{{run}}".',
  });
}

/** Beyond the time that the dispatcher itself may take: a kill, a takeover and retries of the store. */
const PATIENCE_MS = 120_000;
