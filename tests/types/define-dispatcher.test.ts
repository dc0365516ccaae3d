import { expect, expectTypeOf, test } from "vitest";
import * as z from "zod";
import {
  type ActionContext,
  type UndoContext,
  defineDispatcher,
  definePlan,
  defineReference,
  type Dispatcher,
  type HydratedAction,
  type JsonObject,
  taggedUnion,
} from "../../src/index.ts";

const plan = definePlan({
  name: "Restock",
  schema: z.object({
    actions: z.array(
      taggedUnion(
        z.object({ kind: z.literal("reorder"), quantity: z.number(), note: z.string().optional() }),
        z.object({ kind: z.literal("hold"), units: z.number() }),
      ),
    ),
  }),
});
const open = definePlan({ name: "Open", schema: { actions: "object[]" } });
const productSet = defineReference({ name: "ProductSet", schema: z.object({ ids: z.array(z.string()) }) });
const done = { entitiesAffected: 1 };

test("a handler's payload is what its kind carries", () => {
  defineDispatcher(plan, {
    reorder: (payload, ctx) => {
      expectTypeOf(payload).toEqualTypeOf<{ quantity: number; note?: string | undefined }>();
      expectTypeOf(ctx).toEqualTypeOf<ActionContext>();
      return { entitiesAffected: payload.quantity };
    },
    hold: {
      run: async (payload, ctx) => {
        expectTypeOf(ctx).toEqualTypeOf<ActionContext>();
        expectTypeOf(payload).toEqualTypeOf<{ units: number }>();
        return null;
      },
      probe: (payload) => (payload.units > 0 ? "applied" : "unknown"),
      preview: (payload) => ({ units: payload.units }),
      compensate: (payload, ctx) => {
        expectTypeOf(ctx).toEqualTypeOf<UndoContext>();
        return { entitiesAffected: payload.units, summary: `freed ${ctx.undoes.idempotencyKey}` };
      },
    },
  });
});

test("the values of declared references are typed", () => {
  defineDispatcher(
    plan,
    {
      reorder: (_payload, ctx) => {
        expectTypeOf(ctx.resolvedRefs.ProductSet["a"]).toEqualTypeOf<{ ids: string[] } | undefined>();
        // @ts-expect-error no reference of that name was declared
        return { entitiesAffected: 0, details: [ctx.resolvedRefs.Products] };
      },
      hold: (_payload, ctx) => ({ entitiesAffected: ctx.resolvedRefs.ProductSet["a"]?.ids.length ?? 0 }),
    },
    { references: [productSet] },
  );
});

test("the values of references that nobody declared are unknown", () => {
  defineDispatcher(plan, {
    reorder: (_payload, ctx) => {
      expectTypeOf(ctx.resolvedRefs["ProductSet"]?.["a"]).toBeUnknown();
      return done;
    },
    hold: () => done,
  });
});

test("a missing kind does not compile", () => {
  // @ts-expect-error Property 'hold' is missing
  expect(() => defineDispatcher(plan, { reorder: () => done })).toThrow("handlers.hold");
});

test("a kind too many does not compile", () => {
  // @ts-expect-error 'move' does not exist
  expect(() => defineDispatcher(plan, { reorder: () => done, hold: () => done, move: () => done })).toThrow("move");
});

test("a kind too many does not compile when the handlers have a name of their own", () => {
  const handlers = { reorder: () => done, hold: () => done, move: () => done };

  // @ts-expect-error action kind 'move' is not in the plan
  expect(() => defineDispatcher(plan, handlers)).toThrow("handlers.move");
});

test("a mistyped field of a payload does not compile", () => {
  const dispatcher = defineDispatcher(plan, {
    // @ts-expect-error the field is quantity
    reorder: (payload) => ({ entitiesAffected: payload.quantitty }),
    hold: () => done,
  });

  expectTypeOf(dispatcher).toEqualTypeOf<Dispatcher>();
});

test("a handler that returns something else does not compile", () => {
  const dispatchers = [
    // @ts-expect-error entitiesAffected is missing
    defineDispatcher(plan, { reorder: () => ({ affected: 1 }), hold: () => done }),
    // @ts-expect-error a handler says what it did
    defineDispatcher(plan, { reorder: () => {}, hold: () => done }),
  ];

  expectTypeOf(dispatchers).items.toEqualTypeOf<Dispatcher>();
});

test("a mistyped hook does not compile", () => {
  const undo = { run: () => done, undo: () => done };
  const maybe = { run: () => done, probe: () => "maybe" };

  // @ts-expect-error there is no hook 'undo'
  expect(() => defineDispatcher(plan, { reorder: undo, hold: () => done })).toThrow("handlers.reorder.undo");
  // @ts-expect-error a probe says applied, notApplied or unknown
  defineDispatcher(plan, { reorder: maybe, hold: () => done });
});

test("a mistyped option does not compile", () => {
  const handlers = { reorder: () => done, hold: () => done };

  // @ts-expect-error once is no guarantee that a target gives
  expect(() => defineDispatcher(plan, handlers, { guarantee: "once" })).toThrow("guarantee");
  // @ts-expect-error the option is timeoutMs
  expect(() => defineDispatcher(plan, handlers, { timeout: 5 })).toThrow("timeout");
});

test("a plan whose kinds are not known takes any", () => {
  defineDispatcher(open, {
    anything: (payload) => {
      expectTypeOf(payload).toEqualTypeOf<JsonObject>();
      return done;
    },
  });
});

test("one function gets the union of the actions", () => {
  defineDispatcher(plan, (actions) => {
    for (const action of actions) {
      if (action.kind === "hold") expectTypeOf(action.payload).toEqualTypeOf<{ units: number }>();
    }
    expectTypeOf(actions).items.toExtend<HydratedAction<"reorder" | "hold", object>>();
    return { entitiesAffected: actions.length };
  });
});
