/** What becomes of an action of which nobody knows at once whether it took effect, and of a plan that is stopped meanwhile. */
import { expect, onTestFinished, test, vi } from "vitest";
import { defineDispatcher, type Dispatcher } from "../../src/specs/dispatchers/dispatcher.ts";
import type { DispatcherOptions } from "../../src/specs/dispatchers/dispatcher-options.ts";
import { type OpenRuntime, openRuntime } from "../helpers/open-runtime.ts";
import { planSpec, pricePlan, recordingDispatcher, watchPlan } from "../helpers/plan-app.ts";

const spec = planSpec({ plans: "never" });

/** A target that remembers what was done, and is slow about it. */
interface SlowTarget {
  readonly calls: { readonly key: string; readonly fence: number }[];
  readonly applied: Set<string>;
  /** Lets the calls in flight come to their end. */
  finish(): void;
  readonly dispatcher: Dispatcher;
}

function slowTarget(options: DispatcherOptions<readonly []>): SlowTarget {
  const calls: SlowTarget["calls"] = [];
  const applied = new Set<string>();
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const price = {
    run: async (_payload: unknown, context: { idempotencyKey: string; fence: number }) => {
      calls.push({ key: context.idempotencyKey, fence: context.fence });
      await finished;
      applied.add(context.idempotencyKey);
      return { entitiesAffected: 1 };
    },
    probe: (_payload: unknown, context: { idempotencyKey: string }) =>
      applied.has(context.idempotencyKey) ? ("applied" as const) : ("notApplied" as const),
  };
  const dispatcher = defineDispatcher(pricePlan, { price, hold: () => null }, options);
  return { calls, applied, finish, dispatcher };
}

async function begin(open: OpenRuntime, ...products: readonly string[]): Promise<void> {
  const actions = products.map((product) => ({ kind: "price", product, price: 6.49 }));
  await open.runtime.plans.store({ plan: pricePlan, planId: "p1", body: { rationale: "season", actions } });
  await open.runtime.plans.execute("p1", { waitMs: 1 });
}

async function ended(open: OpenRuntime): Promise<readonly (readonly [string, number])[]> {
  await open.runtime.plans.execute("p1", { waitMs: 20_000 });
  const actions = await open.runtime.plans.actions("p1");
  return actions.map(({ state, attempts }) => [state, attempts]);
}

/** Goes back to before the first action, as an operator does from the Temporal UI. */
async function resetBeforeAction(open: OpenRuntime): Promise<void> {
  const { handle } = watchPlan(open, "p1");
  const { events } = await handle.fetchHistory();
  const scheduled = events?.find(
    ({ activityTaskScheduledEventAttributes: task }) => task?.activityType?.name === "dispatchAction",
  );
  const completed = events?.findLast(
    ({ eventId, workflowTaskCompletedEventAttributes: task }) =>
      task != null && Number(eventId) < Number(scheduled?.eventId),
  );
  const { runId } = await handle.describe();
  await open.session.client.workflowService.resetWorkflowExecution({
    namespace: "default",
    workflowExecution: { workflowId: handle.workflowId, runId },
    workflowTaskFinishEventId: completed?.eventId ?? null,
    requestId: "reset-1",
    reason: "test",
  });
}

test("a probe that finds nothing is not believed while the first call may still be in flight", async () => {
  const target = slowTarget({ timeoutMs: 4_000 });
  await using open = await openRuntime(spec, { actionDispatcher: target.dispatcher });
  await begin(open, "a");
  await vi.waitUntil(() => target.calls.length === 1, { timeout: 10_000 });

  await resetBeforeAction(open);
  const look = async (): Promise<number | undefined> => (await open.runtime.plans.actions("p1"))[0]?.attempts;
  await vi.waitUntil(async () => (await watchPlan(open, "p1").record())?.fence === 1, { timeout: 10_000 });
  expect(await look()).toBe(1);
  target.finish();

  expect(await ended(open)).toEqual([["done", 1]]);
  expect(target.calls).toHaveLength(1);
}, 40_000);

test("a probe that finds nothing when the first call is over lets the action be called again, with a larger fence", async () => {
  const target = slowTarget({ timeoutMs: 2_000 });
  await using open = await openRuntime(spec, { actionDispatcher: target.dispatcher });
  await begin(open, "a");
  await vi.waitUntil(() => target.calls.length === 1, { timeout: 10_000 });

  await resetBeforeAction(open);
  await vi.waitUntil(() => target.calls.length === 2, { timeout: 10_000 });
  target.finish();

  expect(await ended(open)).toEqual([["done", 2]]);
  const [first, second] = target.calls;
  expect(second?.key).toBe(first?.key);
  expect(second?.fence).toBeGreaterThan(first?.fence ?? Number.NaN);
}, 40_000);

/** A target that does what it is asked for, and does not get to say so the first time. */
function cuttingTarget(options: DispatcherOptions<readonly []>): {
  readonly keys: string[];
  readonly dispatcher: Dispatcher;
} {
  const keys: string[] = [];
  const { effects, dispatcher } = recordingDispatcher(options, async () => {
    const key = effects.at(-1)?.key ?? "";
    const isAgain = keys.includes(key);
    keys.push(key);
    if (isAgain) return { entitiesAffected: 1 };
    throw new TypeError("fetch failed", {
      cause: Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }),
    });
  });
  return { keys, dispatcher };
}

test("a keyed target that committed and cut the connection is asked again with the same key", async () => {
  const { keys, dispatcher } = cuttingTarget({ guarantee: "keyed" });
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });
  await begin(open, "a", "b");

  expect(await ended(open)).toEqual([
    ["done", 2],
    ["done", 2],
  ]);
  expect(keys).toHaveLength(4);
  expect(new Set(keys).size).toBe(2);
}, 40_000);

test("where the target knows no keys, a cut connection leaves the outcome unknown and nothing is called again", async () => {
  const { keys, dispatcher } = cuttingTarget({ guarantee: "none" });
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });
  await begin(open, "a", "b");

  expect(await ended(open)).toEqual([
    ["unknown", 1],
    ["skipped", 0],
  ]);
  expect(keys).toHaveLength(1);
}, 40_000);

test("a key that outlived what the target promises is not used for another attempt", async () => {
  const { keys, dispatcher } = cuttingTarget({ guarantee: "keyed", keyTtlMs: 1 });
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });
  await begin(open, "a");

  expect(await ended(open)).toEqual([["unknown", 1]]);
  expect(keys).toHaveLength(1);
}, 40_000);

test("Temporal's own cancel stops a plan after the action in flight", async () => {
  const target = slowTarget({ guarantee: "keyed" });
  await using open = await openRuntime(spec, { actionDispatcher: target.dispatcher });
  await begin(open, "a", "b", "c");
  await vi.waitUntil(() => target.calls.length === 1, { timeout: 10_000 });

  await watchPlan(open, "p1").handle.cancel();
  target.finish();

  expect(await ended(open)).toEqual([
    ["done", 1],
    ["skipped", 0],
    ["skipped", 0],
  ]);
  expect(await watchPlan(open, "p1").record()).toMatchObject({ status: "failed", error: { code: "CANCELLED" } });
}, 40_000);

test("a plan whose target is away is stopped at once instead of after the next answer", async () => {
  const { effects, dispatcher } = recordingDispatcher({ guarantee: "keyed" }, () => {
    throw Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  });
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });
  await begin(open, "a", "b");
  await vi.waitUntil(() => effects.length === 2, { timeout: 10_000 });

  await watchPlan(open, "p1").handle.signal("cancel", { by: "ann" });

  expect((await ended(open)).map(([state]) => state)).toEqual(["failed", "skipped"]);
}, 40_000);

/** A target that applies each action and whose handler then trips over the answer, `times` times for each action. */
function trippingTarget(
  options: DispatcherOptions<readonly []> & { readonly times?: number },
  probe?: () => "applied" | "notApplied" | "unknown",
): { readonly keys: string[]; readonly dispatcher: Dispatcher } {
  const { times = Number.POSITIVE_INFINITY, ...rest } = options;
  const keys: string[] = [];
  const run = (_payload: unknown, { idempotencyKey }: { idempotencyKey: string }): { entitiesAffected: number } => {
    keys.push(idempotencyKey); // this is the effect
    if (keys.filter((key) => key === idempotencyKey).length <= times) JSON.parse("<html>");
    return { entitiesAffected: 1 };
  };
  const price = probe === undefined ? run : { run, probe };
  return { keys, dispatcher: defineDispatcher(pricePlan, { price, hold: () => null }, rest) };
}

test("a keyed action whose handler trips over the answer is called again with the same key, and is done", async () => {
  const { keys, dispatcher } = trippingTarget({ guarantee: "keyed", times: 1 });
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });
  await begin(open, "a", "b");

  expect(await ended(open)).toEqual([
    ["done", 2],
    ["done", 2],
  ]);
  expect(new Set(keys).size).toBe(2);
}, 40_000);

test("without a guarantee an action whose handler trips over the answer is unknown, and a person may settle it", async () => {
  const warnings: string[] = [];
  const listen = ({ message }: Error): void => void warnings.push(message);
  process.on("warning", listen);
  onTestFinished(() => void process.off("warning", listen));
  const { keys, dispatcher } = trippingTarget({});
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });
  await begin(open, "a", "b");

  expect(await ended(open)).toEqual([
    ["unknown", 1],
    ["skipped", 0],
  ]);
  expect(keys).toHaveLength(1);
  await vi.waitFor(() => expect(warnings).toHaveLength(1), { timeout: 10_000 });
  expect(warnings[0]).toMatch(/^plan p1, action 0 \(price\), call 1: ACTION_FAILED SyntaxError: Unexpected token/);
  expect(warnings[0]).toMatch(/unknown, a person must settle it\]\n\s+at JSON\.parse.*\n\s+at .*dispatch-doubt\.test/);
  const [first] = await open.runtime.plans.actions("p1");
  expect(first?.error).toMatchObject({
    code: "ACTION_OUTCOME_UNKNOWN",
    message: expect.stringMatching(/^SyntaxError: Unexpected token/),
    hint: expect.stringContaining("bridle plans settle"),
  });
  const settled = await open.runtime.plans.settle("p1", 0, { as: "done", by: "ann", note: "it is there" });
  expect(settled).toMatchObject({ state: "done" });
}, 40_000);

test("without a guarantee the probe is asked what became of an action whose handler trips over the answer", async () => {
  const { keys, dispatcher } = trippingTarget({}, () => "applied");
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });
  await begin(open, "a");

  expect(await ended(open)).toEqual([["done", 1]]);
  expect(keys).toHaveLength(1);
}, 40_000);

test("a handler that trips over every answer is called five times, and then its probe is asked", async () => {
  const { keys, dispatcher } = trippingTarget({ guarantee: "keyed" }, () => "applied");
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });
  await begin(open, "a");
  const state = async (): Promise<unknown> => (await open.runtime.plans.actions("p1"))[0]?.state;
  await vi.waitUntil(async () => keys.length === 5 && (await state()) !== "intent", { timeout: 75_000, interval: 200 });

  expect(await ended(open)).toEqual([["done", 5]]);
  expect(new Set(keys).size).toBe(1);
}, 120_000);

test("a handler that trips over every answer is called five times, and then a person finds out", async () => {
  const { keys, dispatcher } = trippingTarget({ guarantee: "keyed" });
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });
  await begin(open, "a");
  await vi.waitUntil(() => keys.length === 5, { timeout: 40_000 });

  expect(await ended(open)).toEqual([["unknown", 5]]);
  expect(await open.runtime.plans.actions("p1")).toMatchObject([
    { error: { message: expect.stringMatching(/^SyntaxError/) } },
  ]);
}, 80_000);
