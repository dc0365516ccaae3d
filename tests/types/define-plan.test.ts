import { expect, expectTypeOf, test } from "vitest";
import * as z from "zod";
import {
  definePlan,
  definePlanner,
  defineReference,
  type Json,
  type JsonObject,
  type PlanActionOf,
  type PlanKind,
  type PlanPayload,
  type PlanSpec,
  type ReferenceSpec,
  type ReferenceValue,
  taggedUnion,
} from "../../src/index.ts";

const handle = z.object({ kind: z.literal("ProductSet"), id: z.string() });
const reorder = z.object({ kind: z.literal("reorder"), products: handle, quantity: z.number().default(1) });
const hold = z.object({ kind: z.literal("hold"), units: z.number() });
const plan = definePlan({
  name: "Restock",
  schema: z.object({ reason: z.string(), actions: z.array(taggedUnion(reorder, hold)) }),
});

test("a plan's actions are the union that zod gives", () => {
  expectTypeOf(plan).toEqualTypeOf<PlanSpec<{ reason: string; actions: PlanActionOf<typeof plan>[] }>>();
  expectTypeOf<PlanActionOf<typeof plan>>().toEqualTypeOf<z.output<typeof reorder> | z.output<typeof hold>>();
  expectTypeOf<PlanKind<typeof plan>>().toEqualTypeOf<"reorder" | "hold">();
  expectTypeOf<PlanPayload<typeof plan, "hold">>().toEqualTypeOf<{ units: number }>();
  expectTypeOf<PlanPayload<typeof plan, "reorder">>().toEqualTypeOf<{
    products: { kind: "ProductSet"; id: string };
    quantity: number;
  }>();
});

test("actions that come with a payload keep it", () => {
  const normal = definePlan({
    name: "Normal",
    schema: z.object({
      actions: z.array(
        z.object({ kind: z.literal("a"), payload: z.object({ n: z.number() }), references: z.array(handle) }),
      ),
    }),
  });
  const flat = definePlan({
    name: "Flat",
    schema: z.object({
      actions: z.array(z.object({ kind: z.literal("a"), payload: z.object({ n: z.number() }), note: z.string() })),
    }),
  });

  expectTypeOf<PlanPayload<typeof normal, "a">>().toEqualTypeOf<{ n: number }>();
  expectTypeOf<PlanPayload<typeof flat, "a">>().toEqualTypeOf<{ payload: { n: number }; note: string }>();
});

test("what zod does not tell is JSON", () => {
  const json = definePlan({ name: "J", schema: { properties: { actions: { type: "array" } } } });
  const short = definePlan({ name: "S", schema: { actions: [{ kind: "string" }] } });
  const loose = definePlan({ name: "L", schema: z.object({ actions: z.array(z.object({ kind: z.string() })) }) });

  expectTypeOf(json).toEqualTypeOf<PlanSpec<JsonObject>>();
  expectTypeOf<PlanActionOf<typeof json>>().toEqualTypeOf<JsonObject>();
  expectTypeOf<PlanKind<typeof json>>().toEqualTypeOf<string>();
  expectTypeOf<PlanKind<typeof short>>().toEqualTypeOf<string>();
  expectTypeOf<PlanKind<typeof loose>>().toEqualTypeOf<string>();
  expectTypeOf<PlanPayload<typeof json, string>>().toEqualTypeOf<{ readonly [field: string]: Json }>();
});

test("plans and references of different values fit in one list", () => {
  const plans: readonly PlanSpec[] = [plan, definePlan({ name: "S", schema: { actions: "object[]" } })];
  const references: readonly ReferenceSpec[] = [
    defineReference({ name: "Ids", schema: z.array(z.string()), glimpse: (ids) => ids.length }),
    defineReference({ name: "Any", schema: { type: "object" } }),
  ];

  expectTypeOf(plans).items.toEqualTypeOf<PlanSpec>();
  expectTypeOf(references).items.toEqualTypeOf<ReferenceSpec>();
});

test("a reference's value is what zod gives", () => {
  const days = defineReference({
    name: "Days",
    schema: z.array(z.iso.date()),
    glimpse: (value) => {
      expectTypeOf(value).toEqualTypeOf<string[]>();
      return { count: value.length };
    },
  });

  expectTypeOf(days).toEqualTypeOf<ReferenceSpec<string[], "Days">>();
  expectTypeOf<ReferenceValue<typeof days>>().toEqualTypeOf<string[]>();
});

test("mistakes do not compile", () => {
  // @ts-expect-error pending is no status that has an alias
  expect(() => definePlan({ name: "P", schema: z.object({}), displayAliases: { pending: "x" } })).toThrow("pending");
  // @ts-expect-error a plan is a name or a definePlan value
  expect(() => definePlanner({ name: "p", model: "m", prompt: "p", plan: { name: "Restock" } })).toThrow(
    "plan must be",
  );
  // @ts-expect-error a glimpse is JSON
  defineReference({ name: "R", schema: z.array(z.string()), glimpse: (value) => new Set(value) });
  // @ts-expect-error the kind is no literal
  expect(() => taggedUnion(z.object({ kind: z.string() }))).toThrow("literal");
  // @ts-expect-error there is no kind
  expect(() => taggedUnion(hold, z.object({ units: z.number() }))).toThrow("literal");
});
