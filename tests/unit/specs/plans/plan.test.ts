import { expect, test } from "vitest";
import * as z from "zod";
import { definePlan, type PlanSchemaSource, type PlanSpec } from "../../../../src/specs/plans/plan.ts";
import { taggedUnion } from "../../../../src/specs/schemas/tagged-union.ts";

const reorder = z.object({ kind: z.literal("reorder"), quantity: z.number().positive() });
const hold = z.object({ kind: z.literal("hold"), units: z.number().min(0).default(0) });
const schema = z.object({ objective: z.string(), actions: z.array(taggedUnion(reorder, hold)) });

function plan(source: PlanSchemaSource): PlanSpec {
  return definePlan({ name: "Restock", schema: source });
}

/** Calls definePlan the way plain JavaScript can: with anything. */
function declare(definition: unknown): unknown {
  return Reflect.apply(definePlan, undefined, [definition]);
}

const WRONG: readonly (readonly [message: string, definition: unknown])[] = [
  ["the definition must be an object, received 42", 42],
  [
    'definePlan("Restock"): schema must be a zod 4 schema or a JSON Schema object, received undefined',
    { name: "Restock" },
  ],
  [
    'definePlan("a b"): name must be a name of 1 to 64 letters, digits, dashes and underscores, received "a b"',
    { name: "a b", schema },
  ],
  [
    'definePlan("P"): shema is an unknown field: expected one of displayAliases, name, schema, received "shema"; did you mean "schema"?',
    { name: "P", schema, shema: schema },
  ],
  [
    'definePlan("P"): displayAliases.pending is an unknown field: expected one of approved, draft, executed, executing, failed, received "pending"',
    { name: "P", schema, displayAliases: { pending: "Waiting" } },
  ],
  [
    'definePlan("P"): displayAliases.draft must be a non-blank string, received " "',
    { name: "P", schema, displayAliases: { draft: " " } },
  ],
  ...[
    z.object({ objective: z.string() }),
    z.object({ actions: z.string() }),
    z.array(z.object({ kind: z.string() })),
    z.union([schema, z.object({ other: z.string() })]),
    { type: "object", properties: { action: { type: "array" } } },
    { properties: { actions: { type: ["array", "null"] } } },
    { objective: "string" },
  ].map((source): [string, unknown] => [
    'definePlan("P"): schema must be a schema with a top-level actions array, received one without',
    { name: "P", schema: source },
  ]),
  ...[
    z.object({ actions: z.array(z.object({ quantity: z.number() })) }),
    z.object({ actions: z.array(z.string()) }),
    { actions: [{ quantity: "number" }] },
    { actions: "string[]" },
  ].map((source): [string, unknown] => [
    'definePlan("P"): schema.actions[] must be an object with a kind, received a schema without that field',
    { name: "P", schema: source },
  ]),
  ...[
    schema.extend({ day: z.iso.date().transform((text) => new Date(text)) }),
    schema.transform((body) => body.actions),
  ].map((source): [string, unknown] => [
    'definePlan("P"): schema must be a schema that gives JSON, because its values are stored, received one with a transform',
    { name: "P", schema: source },
  ]),
  [
    'schema.limit must be "string", "number", "integer", "boolean", "object" or "array" (with "[]" for a list and "?" for optional), an object of fields, or a list of one entry, received "int"',
    { name: "P", schema: { limit: "int", actions: "object[]" } },
  ],
  ["schema.actions[0].kind must be", { name: "P", schema: { actions: [{ kind: 7 }] } }],
  ["schema.actions must be", { name: "P", schema: { actions: ["object", "object"] } }],
  ["schema.actions must be", { name: "P", schema: { actions: "?" } }],
];

test.each(WRONG)("%s", (message, definition) => {
  expect(() => declare(definition)).toThrow(message);
});

test("every mistake of a plan is told at once", () => {
  expect(() => declare({ name: "", schema: { objective: "string" }, displayAliases: { dratf: "x" } })).toThrow(
    /name must be[^]*displayAliases\.dratf[^]*schema must be/,
  );
});

test("a plan is a frozen value that knows its kinds", () => {
  const spec = definePlan({ name: "Restock", schema, displayAliases: { draft: "Proposal" } });

  expect(spec).toMatchObject({ kind: "plan", name: "Restock", kinds: ["reorder", "hold"] });
  expect(spec.displayAliases).toEqual({ draft: "Proposal" });
  expect(Object.isFrozen(spec) && Object.isFrozen(spec.schema) && Object.isFrozen(spec.kinds)).toBe(true);
  expect(spec.schema.parse({ objective: "o", actions: [{ kind: "hold" }] })).toEqual({
    ok: true,
    value: { objective: "o", actions: [{ kind: "hold", units: 0 }] },
  });
});

const branch = (kind: object): object => ({ type: "object", properties: { kind }, required: ["kind"] });
const KINDS: readonly (readonly [what: string, source: PlanSchemaSource, kinds: readonly string[] | null])[] = [
  ["one literal", z.object({ actions: z.array(reorder) }), ["reorder"]],
  ["a plain union", z.object({ actions: z.array(z.union([reorder, hold])) }), ["reorder", "hold"]],
  ["a literal of two", z.object({ actions: z.array(z.object({ kind: z.literal(["a", "b"]) })) }), ["a", "b"]],
  ["an enum", z.object({ actions: z.array(z.object({ kind: z.enum(["a", "b"]) })) }), ["a", "b"]],
  ["any string", z.object({ actions: z.array(z.object({ kind: z.string() })) }), null],
  [
    "a branch with any string",
    z.object({ actions: z.array(z.union([reorder, z.object({ kind: z.string() })])) }),
    null,
  ],
  ["a shared definition", z.object({ actions: z.array(z.lazy(() => hold)) }), ["hold"]],
  [
    "two shapes of a plan",
    z.union([schema, z.object({ actions: z.array(branchOf("move")) })]),
    ["reorder", "hold", "move"],
  ],
  ["an intersection", z.intersection(z.object({ actions: z.array(hold) }), z.object({ note: z.string() })), ["hold"]],
  ["a shorthand", { actions: [{ kind: "string" }] }, null],
  ["a list of anything", { properties: { actions: { type: "array" } } }, null],
  [
    "JSON Schema",
    jsonPlan({ oneOf: [branch({ const: "a" }), { $ref: "#/$defs/b" }] }, { b: branch({ enum: ["b", "c"] }) }),
    ["a", "b", "c"],
  ],
];

test.each(KINDS)("the kinds of %s", (_what, source, kinds) => {
  expect(plan(source).kinds).toEqual(kinds);
});

test("a shorthand is enforced as a schema", () => {
  const spec = plan({
    objective: "string",
    limit: "integer?",
    tags: "string[]?",
    scope: { region: "string", strict: "boolean" },
    actions: [{ kind: "string", ids: "number[]", grid: "string[][]?", extra: "object?" }],
  });
  const body = { objective: "o", scope: { region: "r", strict: true }, actions: [{ kind: "a", ids: [1] }] };

  expect(spec.schema.parse(body)).toEqual({ ok: true, value: body });
  expect(spec.schema.parse({ ...body, limit: 1.5, tags: ["x", 1], actions: [{ kind: "a", note: 1 }] })).toMatchObject({
    ok: false,
    issues: [
      { path: "limit", expected: "a whole number" },
      { path: "tags[1]", expected: "a string" },
      { path: "actions[0].ids", expected: "an array" },
      { path: "actions[0].note", expected: "no such field" },
    ],
  });
});

test("the hash of a plan follows its name and schema, and nothing else", () => {
  const one = definePlan({ name: "P", schema: { actions: [{ kind: "string", a: "string" }] } });
  const same = definePlan({
    name: "P",
    schema: { actions: [{ a: "string", kind: "string" }] },
    displayAliases: { draft: "Idea" },
  });
  const others = [
    definePlan({ name: "Q", schema: { actions: [{ kind: "string", a: "string" }] } }),
    definePlan({ name: "P", schema: { actions: [{ kind: "string", a: "number" }] } }),
  ];

  expect(new Set([one, ...others].map((spec) => spec.hash)).size).toBe(3);
  expect(same.hash).toBe(one.hash);
});

function branchOf(kind: string): z.ZodObject<{ kind: z.ZodLiteral<string> }> {
  return z.object({ kind: z.literal(kind) });
}

function jsonPlan(items: object, $defs: object): PlanSchemaSource {
  return JSON.parse(
    JSON.stringify({ type: "object", properties: { actions: { type: "array", items } }, required: ["actions"], $defs }),
  );
}
