/** A dispatcher that gets all actions in one call: what the ledger says of each, whatever the call comes to. */
import { once } from "node:events";
import { Context } from "@temporalio/activity";
import { expect, test, vi } from "vitest";
import { ActionRefusedError } from "../../src/specs/dispatchers/action-refused-error.ts";
import type { DispatchContext, HydratedAction } from "../../src/specs/dispatchers/dispatch-context.ts";
import { defineDispatcher, type Dispatcher } from "../../src/specs/dispatchers/dispatcher.ts";
import type { DispatcherOptions } from "../../src/specs/dispatchers/dispatcher-options.ts";
import { type OpenRuntime, openRuntime } from "../helpers/open-runtime.ts";
import { planSpec, pricePlan, watchPlan } from "../helpers/plan-app.ts";

const spec = planSpec({ plans: "never" });

/** What one call was asked for: places in the plan and keys. */
interface Call {
  readonly indexes: readonly number[];
  readonly keys: readonly string[];
  readonly key: string;
  readonly fence: number;
}

function batchDispatcher(
  work: (actions: readonly HydratedAction[], context: DispatchContext, calls: readonly Call[]) => unknown,
  options: DispatcherOptions<readonly []> = {},
): { readonly calls: readonly Call[]; readonly dispatcher: Dispatcher } {
  const calls: Call[] = [];
  const apply = async (actions: readonly HydratedAction[], context: DispatchContext): Promise<never> => {
    const keys = actions.map((_, position) => context.action(position).idempotencyKey);
    const { idempotencyKey: key, fence } = context;
    calls.push({ indexes: actions.map(({ index }) => index), keys, key, fence });
    // A dispatcher's answer is checked by the harness; here it may be anything.
    return (await work(actions, context, calls)) as never;
  };
  return { calls, dispatcher: defineDispatcher(pricePlan, apply, { mode: "batch", ...options }) };
}

async function executed(open: OpenRuntime, ...products: readonly string[]): Promise<readonly string[]> {
  const actions = products.map((product) => ({ kind: "price", product, price: 6.49 }));
  await open.runtime.plans.store({ plan: pricePlan, planId: "p1", body: { rationale: "season", actions } });
  await open.runtime.plans.execute("p1", { waitMs: 20_000 });
  return (await open.runtime.plans.actions("p1")).map(({ state }) => state);
}

test("all actions go in one call with a key each, and one durable step", async () => {
  const { calls, dispatcher } = batchDispatcher((actions) => ({ entitiesAffected: actions.length, summary: "all" }));
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });

  expect(await executed(open, "a", "b", "c")).toEqual(["done", "done", "done"]);

  const ledger = await open.runtime.plans.actions("p1");
  expect(calls).toEqual([
    { indexes: [0, 1, 2], keys: ledger.map(({ idempotencyKey }) => idempotencyKey), key: expect.any(String), fence: 0 },
  ]);
  expect(await watchPlan(open, "p1").record()).toMatchObject({
    status: "executed",
    result: { entitiesAffected: 3, summary: "all" },
  });
  const { events } = await watchPlan(open, "p1").handle.fetchHistory();
  const names = events?.flatMap(({ activityTaskScheduledEventAttributes: task }) => task?.activityType?.name ?? []);
  expect(names?.filter((name) => name.startsWith("dispatch"))).toEqual(["dispatchActions"]);
}, 30_000);

test("handlers in a batch report one by one, and the one that throws is the only one that failed", async () => {
  const dispatcher = defineDispatcher(
    pricePlan,
    {
      price: ({ product }) => {
        if (product === "broken") throw new ActionRefusedError("no such product");
        return { entitiesAffected: 1 };
      },
      hold: () => null,
    },
    { mode: "batch" },
  );
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });

  expect(await executed(open, "a", "broken", "c")).toEqual(["done", "failed", "skipped"]);
}, 30_000);

test("a batch that is one transaction and throws has failed whole", async () => {
  const refuse = (): never => {
    throw new ActionRefusedError("constraint violated");
  };
  const { calls, dispatcher } = batchDispatcher(refuse, { guarantee: "transactional" });
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });

  expect(await executed(open, "a", "b")).toEqual(["failed", "failed"]);
  expect(calls).toHaveLength(1);
}, 30_000);

test("a batch that throws after some reports leaves the rest in doubt", async () => {
  const { calls, dispatcher } = batchDispatcher(async (_actions, { applied }) => {
    await applied(0, { entitiesAffected: 2 });
    throw new Error("gave up");
  });
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });

  expect(await executed(open, "a", "b", "c")).toEqual(["done", "unknown", "unknown"]);
  expect(calls).toHaveLength(1);
  expect(await watchPlan(open, "p1").record()).toMatchObject({ result: { entitiesAffected: 2 } });
}, 30_000);

test("a keyed batch whose connection was cut is called again for what was not reported, with the same keys and a larger fence", async () => {
  const { calls, dispatcher } = batchDispatcher(
    async (actions, { applied }, made) => {
      if (made.length > 1) return { entitiesAffected: actions.length };
      await applied(0, { entitiesAffected: 1 });
      throw Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
    },
    { guarantee: "keyed" },
  );
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });

  expect(await executed(open, "a", "b", "c")).toEqual(["done", "done", "done"]);

  const [first, second] = calls;
  expect(second?.indexes).toEqual([1, 2]);
  expect(second?.keys).toEqual(first?.keys.slice(1));
  expect(second?.key).toBe(first?.key);
  expect(second?.fence).toBeGreaterThan(first?.fence ?? Number.NaN);
}, 30_000);

test("a batch of rubbish is unknown, and one that hangs too", async () => {
  const rubbish = batchDispatcher(() => ({ entitiesAffected: "many" }));
  const hanging = batchDispatcher(() => new Promise(() => undefined), { timeoutMs: 100 });

  for (const { dispatcher } of [rubbish, hanging]) {
    await using open = await openRuntime(spec, { actionDispatcher: dispatcher });
    expect(await executed(open, "a", "b")).toEqual(["unknown", "unknown"]);
  }
}, 30_000);

test("a batch that reports and does not wait for it is told as it went, and its worker lives on", async () => {
  const { calls, dispatcher } = batchDispatcher(
    (actions, { applied }) => {
      for (const position of actions.keys()) void applied(position, { entitiesAffected: 1 });
      return { entitiesAffected: actions.length };
    },
    { guarantee: "keyed" },
  );
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });

  expect(await executed(open, "a", "b", "c")).toEqual(["done", "done", "done"]);

  expect(calls).toHaveLength(1);
  expect(await watchPlan(open, "p1").record()).toMatchObject({ result: { entitiesAffected: 3 } });
}, 30_000);

test("a report that is wrong and that nobody waits for leaves its action in doubt, and its worker lives on", async () => {
  const { calls, dispatcher } = batchDispatcher((actions, { applied }) => {
    void applied(0, { entitiesAffected: 1 });
    void applied(1, { entitiesAffected: -1 });
    void applied(7, { entitiesAffected: 1 });
    return { entitiesAffected: actions.length };
  });
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });

  expect(await executed(open, "a", "b")).toEqual(["done", "unknown"]);

  expect(calls).toHaveLength(1);
}, 30_000);

test("a cancel stops a batch after the action in flight", async () => {
  const seen: string[] = [];
  const dispatcher = defineDispatcher(
    pricePlan,
    {
      price: async ({ product }) => {
        seen.push(product);
        const { cancellationSignal } = Context.current();
        await once(cancellationSignal, "abort"); // the action is in flight until its worker has heard of the cancel
        return { entitiesAffected: 1 };
      },
      hold: () => null,
    },
    { mode: "batch" },
  );
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });
  const ended = executed(open, "a", "b", "c");
  await vi.waitUntil(() => seen.length === 1, { timeout: 10_000 });

  await watchPlan(open, "p1").handle.signal("cancel", { by: "ann" });

  expect(await ended).toEqual(["done", "skipped", "skipped"]);
  expect(seen).toEqual(["a"]);
}, 40_000);

test("a keyed batch that trips over the answer is called again for what was not reported", async () => {
  const { calls, dispatcher } = batchDispatcher(
    async (actions, { applied }, made) => {
      if (made.length > 1) return { entitiesAffected: actions.length };
      await applied(0, { entitiesAffected: 1 });
      return JSON.parse("<html>");
    },
    { guarantee: "keyed" },
  );
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });

  expect(await executed(open, "a", "b", "c")).toEqual(["done", "done", "done"]);

  expect(calls.map(({ indexes }) => indexes)).toEqual([
    [0, 1, 2],
    [1, 2],
  ]);
  expect(calls[1]?.keys).toEqual(calls[0]?.keys.slice(1));
}, 30_000);

test("a refusal of a batch leaves in doubt what was not reported, and nothing is called again", async () => {
  const refuse = (): never => {
    throw new ActionRefusedError("one of them is not for sale");
  };
  const { calls, dispatcher } = batchDispatcher(refuse, { guarantee: "keyed" });
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });

  expect(await executed(open, "a", "b")).toEqual(["unknown", "unknown"]);
  expect(calls).toHaveLength(1);
}, 30_000);

test("handlers in a batch that return rubbish are asked about by their probe, one by one", async () => {
  const keys: string[] = [];
  const price = {
    run: (_payload: unknown, { idempotencyKey }: { idempotencyKey: string }) => {
      keys.push(idempotencyKey);
      return "all good" as never; // it is the harness that checks it
    },
    probe: (_payload: unknown, { idempotencyKey }: { idempotencyKey: string }) =>
      keys.includes(idempotencyKey) ? ("applied" as const) : ("notApplied" as const),
  };
  const dispatcher = defineDispatcher(pricePlan, { price, hold: () => null }, { mode: "batch", guarantee: "keyed" });
  await using open = await openRuntime(spec, { actionDispatcher: dispatcher });

  expect(await executed(open, "a", "b")).toEqual(["done", "done"]);
  expect(keys).toHaveLength(2);
}, 30_000);
