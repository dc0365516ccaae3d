import { expect, test } from "vitest";
import * as z from "zod";
import { defineExecutor } from "../../../../src/specs/agents/executor.ts";
import { definePlanner } from "../../../../src/specs/agents/planner.ts";
import { definePlan, type PlanSchemaSource } from "../../../../src/specs/plans/plan.ts";
import {
  executorTools,
  planIdInput,
  plannerTools,
  referenceInput,
  storePlanInput,
} from "../../../../src/specs/plans/plan-tools.ts";
import { defineReference } from "../../../../src/specs/references/reference.ts";
import { defineRuntime } from "../../../../src/specs/runtime-spec.ts";
import { compileInputSchema } from "../../../../src/specs/schemas/input-schema.ts";
import { defineTenant } from "../../../../src/specs/tenant.ts";

const prices = definePlan({
  name: "Prices",
  schema: z.object({ reason: z.string(), actions: z.array(z.object({ kind: z.literal("price"), to: z.number() })) }),
});
const productSet = defineReference({ name: "ProductSet", schema: z.array(z.string()), ttlMs: 60_000 });
const days = defineReference({ name: "Days", schema: z.array(z.string()) });

test("planner and executor are told of their tools, and the planner of nothing that executes", () => {
  const agent = { model: "m", prompt: "p", plan: prices };
  const { manifest } = defineRuntime({
    tenant: defineTenant("acme", "1"),
    agents: [definePlanner({ ...agent, name: "planner" }), defineExecutor({ ...agent, name: "executor" })],
    plans: [prices],
    references: [productSet],
  });

  expect(manifest.agents["planner"]?.tools.map((tool) => tool.name)).toEqual(["getPlan", "storePlan"]);
  expect(manifest.agents["executor"]?.tools.map((tool) => tool.name)).toEqual([
    "executePlan",
    "getPlan",
    "glimpseRef",
    "resolveRef",
  ]);
  expect(manifest.plans["Prices"]).toMatchObject({ hash: prices.hash, kinds: ["price"], displayAliases: {} });
  expect(manifest.references).toEqual({ ProductSet: { hash: productSet.hash, ttlMs: 60_000 } });
});

test("storePlan shows the plan's own schema", () => {
  expect(storePlanInput(prices).jsonSchema).toMatchObject({
    type: "object",
    properties: {
      specName: { type: "string", enum: ["Prices"] },
      planId: { type: "string" },
      body: prices.schema.jsonSchema,
    },
    required: ["specName", "planId", "body"],
    additionalProperties: false,
  });
});

const node = z.object({
  name: z.string(),
  get children() {
    return z.array(node);
  },
});
const RECURSIVE: readonly (readonly [what: string, source: PlanSchemaSource])[] = [
  ["a definition", z.object({ tree: node, actions: z.array(z.object({ kind: z.literal("a") })) })],
  [
    "its own top",
    {
      type: "object",
      properties: {
        actions: { type: "array", items: { type: "object", properties: { kind: { type: "string" } } } },
        next: { $ref: "#" },
        Body: { $ref: "#/$defs/Body" },
      },
      required: ["actions"],
      $defs: { Body: { type: "string" } },
    },
  ],
];

test.each(RECURSIVE)("a plan's schema that refers to %s means the same inside storePlan", (_what, source) => {
  const { jsonSchema } = storePlanInput(definePlan({ name: "P", schema: source }));
  const compiled = compileInputSchema(jsonSchema, "input");
  const given = (body: object): unknown => ({ specName: "P", planId: "plan-1", body });
  const tree = { name: "x", children: [{ name: "y", children: [] }] };
  const parse = (body: object): boolean | undefined => (compiled.ok ? compiled.input.parse(given(body)).ok : undefined);

  expect(parse({ actions: [{ kind: "a" }], tree, next: { actions: [] }, Body: "x" })).toBe(true);
  expect(parse({ actions: [{ kind: 1 }], tree })).toBe(false);
  expect(parse({ actions: [], tree: { name: "x", children: [{ name: 1 }] }, next: { actions: 1 } })).toBe(false);
});

test("storePlan's arguments are told apart from the body", () => {
  const { parse } = storePlanInput(prices);

  expect(parse({ specName: "Prices", planId: "plan-1", body: { anything: 1 } })).toEqual({
    ok: true,
    value: { specName: "Prices", planId: "plan-1", body: { anything: 1 } },
  });
  expect(parse({ specName: "Other", planId: "a/b", body: [], status: "approved" })).toMatchObject({
    ok: false,
    issues: [
      { path: "specName", expected: '"Prices"' },
      { path: "planId" },
      { path: "body", expected: "an object" },
      { path: "status", expected: "no such field" },
    ],
  });
});

test.each([
  ["plan-1", true],
  ["plan:2026.1_a", true],
  ["", false],
  ["-x", false],
  ["a/b", false],
  ["x".repeat(121), false],
])("planId %j is accepted: %s", (planId, accepted) => {
  expect(planIdInput().parse({ planId }).ok).toBe(accepted);
});

test("a handle names a registered kind", () => {
  const { parse, jsonSchema } = referenceInput([productSet, days]);

  expect(jsonSchema).toMatchObject({ properties: { kind: { enum: ["Days", "ProductSet"] } } });
  expect(parse({ kind: "Days", id: "x" })).toEqual({ ok: true, value: { kind: "Days", id: "x" } });
  expect(parse({ kind: "Other", id: "x" })).toMatchObject({ ok: false, issues: [{ path: "kind" }] });
  expect(parse({ kind: "Days", id: "" }).ok).toBe(false);
  expect(referenceInput([]).parse({ kind: "Any", id: "x" }).ok).toBe(true);
});

test("the descriptions say what to do about issues, gates and results", () => {
  const text = (tools: ReturnType<typeof plannerTools>, name: string): string =>
    tools.find((tool) => tool.name === name)?.description ?? "";

  expect(text(plannerTools(prices), "storePlan")).toMatch(/issues[^]*correct[^]*same planId[^]*never call executePlan/);
  expect(text(executorTools([]), "executePlan")).toMatch(/gate[^]*person must decide[^]*never applied again/);
});
