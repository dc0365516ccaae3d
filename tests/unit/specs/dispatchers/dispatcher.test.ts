import { expect, test } from "vitest";
import * as z from "zod";
import type { DispatchContext, HydratedAction } from "../../../../src/specs/dispatchers/dispatch-context.ts";
import {
  defineDispatcher,
  type Dispatcher,
  normaliseDispatcher,
} from "../../../../src/specs/dispatchers/dispatcher.ts";
import { definePlan } from "../../../../src/specs/plans/plan.ts";
import { defineReference } from "../../../../src/specs/references/reference.ts";
import { taggedUnion } from "../../../../src/specs/schemas/tagged-union.ts";
import { NO_SERVICES } from "../../../../src/specs/tools/tool-context.ts";

const plan = definePlan({
  name: "Restock",
  schema: z.object({
    actions: z.array(
      taggedUnion(
        z.object({ kind: z.literal("reorder"), quantity: z.number() }),
        z.object({ kind: z.literal("hold"), units: z.number() }),
      ),
    ),
  }),
});
const open = definePlan({ name: "Open", schema: { actions: [{ kind: "string", n: "number?" }] } });
const done = { entitiesAffected: 1 };
const both = { reorder: () => done, hold: () => done };

/** Calls defineDispatcher the way plain JavaScript can: with anything. */
function declare(...args: readonly unknown[]): unknown {
  return Reflect.apply(defineDispatcher, undefined, args);
}

const WRONG: readonly (readonly [message: string, args: readonly unknown[]])[] = [
  ['defineDispatcher(): plan must be a definePlan value, received "Restock"', ["Restock", both]],
  ['defineDispatcher("Restock"): handlers must be an object of functions by action kind, received undefined', [plan]],
  [
    'defineDispatcher("Restock"): handlers must be an object of functions by action kind, received an array',
    [plan, [() => done]],
  ],
  [
    'defineDispatcher("Restock"): handlers.hold must be a function or {run, …}, received undefined',
    [plan, { reorder: both.reorder }],
  ],
  [
    'defineDispatcher("Restock"): handlers.reoder is an unknown field: expected one of hold, reorder, received "reoder"; did you mean "reorder"?',
    [plan, { ...both, reoder: () => done }],
  ],
  [
    'defineDispatcher("Restock"): handlers.constructor is an unknown field',
    [plan, { ...both, constructor: () => done }],
  ],
  ['defineDispatcher("Restock"): handlers.hold must be an object, received "x"', [plan, { ...both, hold: "x" }]],
  [
    'defineDispatcher("Restock"): handlers.hold.run must be a function, received undefined',
    [plan, { ...both, hold: { probe: () => "applied" } }],
  ],
  [
    'defineDispatcher("Restock"): handlers.hold.undo is an unknown field: expected one of compensate, preview, probe, run',
    [plan, { ...both, hold: { run: both.hold, undo: () => done } }],
  ],
  [
    'defineDispatcher("Open"): handlers must be an object with at least one action kind, received an empty object',
    [open, {}],
  ],
  [
    'guarantee must be one of "keyed", "transactional", "natural", "none", received "exactly-once"',
    [plan, both, { guarantee: "exactly-once" }],
  ],
  ['mode must be "perAction" or "batch", received "all"', [plan, both, { mode: "all" }]],
  ["keyTtlMs must be a whole number of at least 1, received 0", [plan, both, { keyTtlMs: 0 }]],
  ["timeoutMs must be a whole number from 1 to 86400000, received 86400001", [plan, both, { timeoutMs: 86_400_001 }]],
  [
    'references[0] must be a defineReference value, received "ProductSet"',
    [plan, both, { references: ["ProductSet"] }],
  ],
  ["timeout is an unknown field", [plan, both, { timeout: 5 }]],
  ["the definition must be an object, received null", [plan, both, null]],
];

test.each(WRONG)("%s", (message, args) => {
  expect(() => declare(...args)).toThrow(message);
});

test("a dispatcher that says nothing promises nothing", () => {
  const { apply: _, ...settings } = defineDispatcher(plan, both);

  expect(settings).toEqual({
    kind: "dispatcher",
    plan: "Restock",
    kinds: ["reorder", "hold"],
    guarantee: "none",
    undoableKinds: [],
    mode: "perAction",
    keyTtlMs: null,
    timeoutMs: 300_000,
    references: [],
  });
});

test("settings are kept, and hooks are there when a kind has them", () => {
  const days = defineReference({ name: "Days", schema: z.array(z.string()) });
  const dispatcher = defineDispatcher(
    plan,
    {
      ...both,
      hold: { run: () => done, preview: () => "p", probe: () => "applied" as const, compensate: () => null },
    },
    { guarantee: "keyed", mode: "batch", keyTtlMs: 9, timeoutMs: 8, references: [days] },
  );

  expect(dispatcher).toMatchObject({
    guarantee: "keyed",
    mode: "batch",
    keyTtlMs: 9,
    timeoutMs: 8,
    references: ["Days"],
  });
  expect([dispatcher.preview, dispatcher.probe, dispatcher.compensate].map((hook) => typeof hook)).toEqual([
    "function",
    "function",
    "function",
  ]);
  expect(Object.isFrozen(dispatcher)).toBe(true);
});

test("an action goes to the handler of its kind with its own key", async () => {
  const seen: unknown[] = [];
  const dispatcher = defineDispatcher(plan, {
    reorder: (payload, ctx) => {
      seen.push(["reorder", payload, ctx.idempotencyKey, ctx.index, ctx.references, ctx.planId, ctx.action(0)]);
      return { entitiesAffected: payload.quantity, summary: "ordered" };
    },
    hold: async () => null,
  });
  const handle = { kind: "ProductSet", id: "a" };
  const reorder = { ...action("reorder", { quantity: 5 }, 3), references: [handle] };

  expect(await dispatcher.apply([reorder], context([3]))).toEqual({ entitiesAffected: 5, summary: "ordered" });
  expect(await dispatcher.apply([action("hold", { units: 1 }, 4)], context([4]))).toBeNull();
  expect(seen).toEqual([
    [
      "reorder",
      { quantity: 5 },
      "key.3",
      3,
      [handle],
      "plan-1",
      { index: 3, idempotencyKey: "key.3", isInDoubt: false },
    ],
  ]);
});

test("several actions of one call are applied in order and summed", async () => {
  const keys: string[] = [];
  const dispatcher = defineDispatcher(
    plan,
    {
      reorder: (payload, ctx) => {
        keys.push(ctx.idempotencyKey);
        return { entitiesAffected: payload.quantity, summary: `ordered ${payload.quantity}` };
      },
      hold: (_payload, ctx) => {
        keys.push(ctx.idempotencyKey);
        return null;
      },
    },
    { mode: "batch" },
  );
  const actions = [
    action("reorder", { quantity: 5 }, 7),
    action("hold", { units: 1 }, 8),
    action("reorder", { quantity: 2 }, 9),
  ];

  expect(await dispatcher.apply(actions, context([7, 8, 9]))).toEqual({
    entitiesAffected: 7,
    summary: "ordered 5\nordered 2",
    details: {
      actions: [
        { index: 7, entitiesAffected: 5, summary: "ordered 5", details: null },
        { index: 8, entitiesAffected: 0, summary: null, details: null },
        { index: 9, entitiesAffected: 2, summary: "ordered 2", details: null },
      ],
    },
  });
  expect(keys).toEqual(["key.7", "key.8", "key.9"]);
});

test("a call stops at an outcome that makes no sense", async () => {
  const applied: number[] = [];
  const dispatcher = declareOpen((index) => {
    applied.push(index);
    return index === 1 ? { entitiesAffected: -1 } : done;
  });

  await expect(
    dispatcher.apply(
      [0, 1, 2].map((index) => action("a", {}, index)),
      context([0, 1, 2]),
    ),
  ).rejects.toMatchObject({
    index: 1,
    isStarted: true,
    cause: {
      code: "DISPATCH_RESULT_INVALID",
      message:
        "actions[1] (a): entitiesAffected of the dispatcher's result must be a whole number of at least 0, received -1",
    },
  });
  expect(applied).toEqual([0, 1]);
});

test("a call stops between actions when it is cancelled", async () => {
  const cancel = new AbortController();
  const applied: number[] = [];
  const dispatcher = declareOpen((index) => {
    applied.push(index);
    cancel.abort(new Error("cancelled"));
    return done;
  });

  await expect(
    dispatcher.apply([action("a", {}, 0), action("a", {}, 1)], { ...context([0, 1]), signal: cancel.signal }),
  ).rejects.toThrow("cancelled");
  expect(applied).toEqual([0]);
});

test.each(["b", "constructor", "__proto__"])("an action of the unknown kind %s applies nothing", async (kind) => {
  const applied: number[] = [];
  const dispatcher = declareOpen((index) => {
    applied.push(index);
    return done;
  });

  await expect(dispatcher.apply([action("a", {}, 0), action(kind, {}, 1)], context([0, 1]))).rejects.toMatchObject({
    code: "ACTION_KIND_UNKNOWN",
    message: `the dispatcher of the plan "Open" must have a handler for actions[1].kind (it has a), received "${kind}"`,
  });
  expect(applied).toEqual([]);
});

test("hooks answer for the kinds that have them", async () => {
  const dispatcher = defineDispatcher(plan, {
    reorder: {
      run: () => done,
      preview: (payload, ctx) => `${payload.quantity} (${ctx.idempotencyKey})`,
      probe: () => "notApplied",
      compensate: (payload, { undoes }) => ({ entitiesAffected: payload.quantity, summary: undoes.idempotencyKey }),
    },
    hold: () => done,
  });
  const applied = { idempotencyKey: "key.of.it", entitiesAffected: 5, summary: null, details: null };
  const undoes = { planId: "plan-0", index: 2, ...applied };
  const ask = async (one: HydratedAction): Promise<readonly unknown[]> => [
    await dispatcher.preview?.(one, context([2])),
    await dispatcher.probe?.(one, context([2])),
    await dispatcher.compensate?.(one, { ...context([2]), undoes }),
  ];

  expect(await ask(action("reorder", { quantity: 5 }, 2))).toEqual([
    "5 (key.2)",
    "notApplied",
    { entitiesAffected: 5, summary: "key.of.it" },
  ]);
  expect(dispatcher.undoableKinds).toEqual(["reorder"]);
  expect(await ask(action("hold", { units: 1 }, 2))).toEqual([undefined, "unknown", undefined]);
});

test("a probe that answers with anything else has not found out", async () => {
  const dispatcher = defineDispatcher(open, { a: { run: () => done, probe: () => JSON.parse('"yes"') } });

  expect(await dispatcher.probe?.(action("a", {}, 0), context([0]))).toBe("unknown");
});

test("a plain function is a dispatcher of any plan, and may be declared for one", async () => {
  const count = (actions: readonly HydratedAction[]): { entitiesAffected: number } => ({
    entitiesAffected: actions.length,
  });
  const plain = normaliseDispatcher(count);
  const declared = defineDispatcher(plan, (actions) => ({ entitiesAffected: actions.length }), {
    mode: "batch",
    guarantee: "transactional",
  });
  const actions = [action("reorder", { quantity: 1 }, 0), action("hold", { units: 1 }, 1)];

  expect(plain).toMatchObject({
    kind: "dispatcher",
    plan: null,
    mode: "perAction",
    guarantee: "none",
    timeoutMs: 300_000,
  });
  expect(declared).toMatchObject({ plan: "Restock", mode: "batch", guarantee: "transactional" });
  expect(await plain.apply(actions, context([0, 1]))).toEqual({ entitiesAffected: 2 });
  expect(await declared.apply(actions, context([0, 1]))).toEqual({ entitiesAffected: 2 });
});

test("a function that throws at once gives a rejected promise", async () => {
  const plain = normaliseDispatcher(() => {
    throw new Error("no");
  });

  await expect(plain.apply([], context([]))).rejects.toThrow("no");
});

test("a declared dispatcher stays as it is, and anything else is refused", () => {
  const dispatcher = defineDispatcher(plan, both);

  expect(normaliseDispatcher(dispatcher)).toBe(dispatcher);
  expect(() => Reflect.apply(normaliseDispatcher, undefined, [both])).toThrow(
    "createRuntime(): actionDispatcher must be a defineDispatcher value or a function of (actions, ctx), received an object",
  );
});

function declareOpen(apply: (index: number) => { readonly entitiesAffected: number }): Dispatcher {
  return defineDispatcher(open, { a: (_payload, ctx) => apply(ctx.index) });
}

function action(kind: string, payload: HydratedAction["payload"], index: number): HydratedAction {
  return { index, kind, payload, references: [] };
}

function context(indexes: readonly number[]): DispatchContext {
  return {
    tenant: "acme",
    workspace: "default",
    planId: "plan-1",
    planHash: "h",
    revision: 1,
    runId: null,
    resolvedRefs: {},
    services: NO_SERVICES,
    signal: new AbortController().signal,
    idempotencyKey: "key",
    fence: 1,
    attempt: 1,
    approvedBy: ["ann"],
    action: (i) => ({ index: indexes[i] ?? -1, idempotencyKey: `key.${indexes[i]}`, isInDoubt: false }),
    applied: async () => undefined,
  };
}
