import { setTimeout as sleep } from "node:timers/promises";
import { isFinalStatus } from "../../engine/stands-still.ts";
import { InputError } from "../../protocol/errors.ts";
import type { ReferenceHandle } from "../../protocol/plan.ts";
import type { Runtime } from "../../runtime/bind-runtime.ts";
import { approvingEverybody } from "./approve-all.ts";
import type { Boundary } from "./boundaries.ts";
import { loggedCalls } from "./call-log.ts";
import { type CrashInput, RUN_NAME, withHandles } from "./crash-input.ts";
import type { CrashLab, CrashPlace } from "./crash-lab.ts";
import type { JudgedAction, JudgedRun } from "./crash-report.ts";
import { type EffectSource, effectsOf } from "./effect-source.ts";
import { judgeAction } from "./judge-action.ts";
import { probePlan } from "./probe-plan.ts";

/** One run of a crash test. */
export interface CrashRun {
  readonly lab: CrashLab;
  readonly input: CrashInput;
  readonly effects: EffectSource | null;
  /** No other run of any crash test has this name: plans, and so their keys, are called after it. */
  readonly name: string;
  /** Null for a run that nobody disturbs. */
  readonly boundary: Boundary | null;
  /** How long it may take before its plan counts as stuck. */
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}

/** Runs the plan, kills the worker at the boundary, lets another one take over, and judges every action. */
export async function runOnce(run: CrashRun): Promise<JudgedRun> {
  const { lab, name, boundary } = run;
  await using place = await lab.open(name);
  const armed = await place.startWorker(boundary?.point ?? null);
  const work = await begin(run, place);
  const approve = approvingEverybody(place.runtime);
  const until = performance.now() + run.patienceMs;
  let isOver = false;
  let wasKilled = false;
  while (!isOver && performance.now() < until) {
    run.signal.throwIfAborted();
    if (armed.hasEnded() && !wasKilled) {
      wasKilled = true;
      await place.startWorker(null);
    }
    await approve();
    isOver = await work.isOver();
    if (!isOver) await Promise.race([sleep(LOOK_MS), ...(wasKilled ? [] : [armed.ended])]);
  }
  // The last boundary is passed after the plan has ended.
  if (boundary !== null && !wasKilled)
    wasKilled = await Promise.race([armed.ended.then(() => true), sleep(LAST_MS, false)]);
  const planIds = await plansOf(place.runtime, name);
  const actions: JudgedAction[] = [];
  for (const planId of planIds) actions.push(...(await judged(run, place, { planId, first: actions.length })));
  return { boundary, planIds, wasKilled, actions };
}

interface Work {
  isOver(): Promise<boolean>;
}

async function begin({ input, name }: CrashRun, { runtime }: CrashPlace): Promise<Work> {
  if (input.kind === "script") {
    const stream = runtime.query(input.text.replaceAll(RUN_NAME, name), { runId: name, threadId: name });
    await stream.started;
    return { isOver: async () => (await runtime.runs.get(name)).endedAt !== null };
  }
  const { plan, body, references = {} } = input.plan;
  const handles = new Map<string, ReferenceHandle>();
  for (const [key, { kind, value }] of Object.entries(references)) {
    const spec = runtime.app.spec.references.find((reference) => reference.name === kind);
    if (spec === undefined) throw unknownReference(runtime, key, kind);
    const { id } = await runtime.createReference(spec, value);
    handles.set(key, { kind, id });
  }
  await runtime.plans.store({ plan, planId: name, body: withHandles(body, handles), requestedBy: "crashtest" });
  await runtime.plans.execute(name, { waitMs: 0 });
  return { isOver: async () => isFinalStatus((await runtime.plans.get(name)).status) };
}

/** The plans that carry the run's name; a script may have made several. */
async function plansOf(runtime: Runtime, name: string): Promise<readonly string[]> {
  const { items } = await runtime.plans.list();
  return items
    .map(({ planId }) => planId)
    .filter((planId) => planId.includes(name))
    .reverse();
}

interface PlanToJudge {
  readonly planId: string;
  /** What the plan's first action is called in the report: the actions of a script's plans are numbered through. */
  readonly first: number;
}

async function judged(
  run: CrashRun,
  place: CrashPlace,
  { planId, first }: PlanToJudge,
): Promise<readonly JudgedAction[]> {
  const { lab, effects } = run;
  const { plans } = place.runtime;
  const [plan, actions] = await Promise.all([plans.get(planId), plans.actions(planId)]);
  const counted = effects === null ? null : await effectsOf(effects, planId);
  const probed = await probePlan(lab, place, planId);
  const calls = loggedCalls(place.callLog, planId);
  const followsDoubt = actions.some(({ state }) => state === "unknown");
  return actions.map(({ index, kind, state, error, idempotencyKey }) => ({
    index: first + index,
    kind,
    ...judgeAction({
      state,
      error: error?.message ?? plan.error?.message ?? null,
      calls: calls.get(index) ?? 0,
      effects: counted === null ? null : (counted.get(String(index)) ?? 0) + (counted.get(idempotencyKey) ?? 0),
      probe: probed.get(index) ?? null,
      followsDoubt,
    }),
  }));
}

function unknownReference(runtime: Runtime, key: string, kind: string): InputError {
  const known = runtime.app.spec.references.map(({ name }) => name).join(", ") || "none";
  return new InputError(
    "INPUT_INVALID",
    `references.${key}.kind must be a reference of the app (${known}), received "${kind}".`,
  );
}

const LOOK_MS = 100;
const LAST_MS = 2_000;
