import { expect, test } from "vitest";
import * as z from "zod";
import { compileInputSchema, type InputSchema } from "../../../../src/specs/schemas/input-schema.ts";

function compiled(schema: z.ZodType): InputSchema {
  const result = compileInputSchema(schema, "input");
  if (!result.ok) throw new Error(result.issues.map((issue) => issue.line).join("\n"));
  return result.input;
}

const plan = z.strictObject({
  actions: z.array(
    z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("price_change"), newPrice: z.number().positive() }),
      z.strictObject({ kind: z.literal("hold"), units: z.number().int().min(0), note: z.string().max(3).optional() }),
    ]),
  ),
});

const ISSUES: readonly (readonly [value: unknown, issue: object])[] = [
  ["x", { path: "", expected: "an object", received: '"x"' }],
  [{}, { path: "actions", expected: "an array", received: "undefined" }],
  [
    { actions: [], extra: 1 },
    { path: "extra", expected: "no such field", received: "1" },
  ],
  [
    { actions: [{ kind: "buy" }] },
    { path: "actions[0].kind", expected: 'one of "price_change", "hold"', received: '"buy"' },
  ],
  [
    { actions: [{ kind: "price_change", newPrice: 0 }] },
    { path: "actions[0].newPrice", expected: "more than 0", received: "0" },
  ],
  [
    { actions: [{ kind: "hold", units: 1.5 }] },
    { path: "actions[0].units", expected: "a whole number", received: "1.5" },
  ],
  [
    { actions: [{ kind: "hold", units: 1, note: "long" }] },
    { path: "actions[0].note", expected: "at most 3 characters", received: '"long"' },
  ],
];

test.each(ISSUES)("a model that sends %j is told what is wrong", (value, issue) => {
  expect(compiled(plan).parse(value)).toMatchObject({ ok: false, issues: [issue] });
});

test("a union that nothing fits is told by all its types", () => {
  const result = compiled(z.object({ at: z.union([z.string(), z.number()]) })).parse({ at: true });

  expect(result).toMatchObject({
    ok: false,
    issues: [{ path: "at", expected: "one of a string, a number", received: "true" }],
  });
});

test("an author's own check speaks in the author's words", () => {
  const result = compiled(
    z.object({ sql: z.string().refine((sql) => sql.startsWith("SELECT"), "only SELECT is allowed") }),
  ).parse({ sql: "DROP" });

  expect(result).toMatchObject({
    ok: false,
    issues: [{ path: "sql", received: '"DROP"', message: "sql: only SELECT is allowed" }],
  });
});

test("a value with thousands of mistakes is told by the first of them", () => {
  const result = compiled(z.object({ ids: z.array(z.string()) })).parse({
    ids: Array.from({ length: 5000 }, (_, index) => index),
  });

  expect(result.ok ? 0 : result.issues.length).toBe(50);
});

test("a value nested beyond reason is an issue, not a crash", () => {
  const input = compiled(z.object({ value: z.json() }));
  const deep: unknown = JSON.parse(`${'{"value":'.repeat(50_000)}1${"}".repeat(50_000)}`);

  expect(input.parse(deep)).toMatchObject({ ok: false, issues: [{ expected: "less nesting" }] });
});

test("a recursive zod schema is a recursive JSON Schema", () => {
  const folder = z.object({
    name: z.string(),
    get folders(): z.ZodArray<typeof folder> {
      return z.array(folder);
    },
  });

  expect(compiled(folder).jsonSchema).toMatchObject({
    properties: { folders: { type: "array", items: { $ref: "#" } } },
  });
});

test("text that is turned into something else shows the model the text", () => {
  const input = compiled(z.object({ day: z.iso.date().transform((text) => new Date(text)) }));

  expect(input.jsonSchema).toMatchObject({ properties: { day: { type: "string", format: "date" } } });
  expect(input.parse({ day: "2026-01-31" })).toEqual({ ok: true, value: { day: new Date("2026-01-31") } });
});

test("what JSON cannot carry is refused by field", () => {
  const result = compileInputSchema(
    z.object({ a: z.bigint(), b: z.object({ c: z.map(z.string(), z.string()) }), d: z.custom(() => true) }),
    "input",
  );

  expect(result.ok ? [] : result.issues.map((issue) => issue.line.split(" ")[0])).toEqual([
    "input.a",
    "input.b.c",
    "input.d",
  ]);
});

test("two schemas under one id are the author's mistake, not a crash", () => {
  const one = z.string().meta({ id: "input-schema-test-name" });
  const registered = z.object({ a: one, b: z.number().register(z.globalRegistry, { id: "input-schema-test-other" }) });
  z.globalRegistry.add(registered.shape.b, { id: "input-schema-test-name" });

  expect(compileInputSchema(registered, "input")).toMatchObject({
    ok: false,
    issues: [{ line: expect.stringContaining("input-schema-test-name") }],
  });
});

test("a preprocessing step that only takes its own input can be declared", () => {
  const schema = z.preprocess((value) => Object.entries(Object(value).rows).length, z.number());

  expect(compileInputSchema(schema, "output")).toMatchObject({ ok: true });
});

test("an asynchronous check is the author's mistake", () => {
  const input = compiled(z.object({ q: z.string().refine(async () => true) }));

  expect(() => input.parse({ q: "x" })).toThrow("input must be a schema with synchronous checks only");
});

test.each([null, 3, "x", [], () => null, new Date(0), { type: "object", handler: () => null }])(
  "%s is no schema",
  (source) => {
    expect(compileInputSchema(source, "input")).toMatchObject({ ok: false });
  },
);
