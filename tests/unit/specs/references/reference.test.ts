import { expect, test } from "vitest";
import * as z from "zod";
import { byteLength } from "../../../../src/lib/cap-text.ts";
import { REFERENCE_GLIMPSE_BYTES } from "../../../../src/protocol/limits/reference.ts";
import { defineReference, type ReferenceSpec } from "../../../../src/specs/references/reference.ts";

const ids = z.array(z.string());

/** Calls defineReference the way plain JavaScript can: with anything. */
function declare(definition: unknown): unknown {
  return Reflect.apply(defineReference, undefined, [definition]);
}

const WRONG: readonly (readonly [message: string, definition: unknown])[] = [
  ["the definition must be an object, received undefined", undefined],
  ['defineReference("P"): schema must be a zod 4 schema or a JSON Schema object, received undefined', { name: "P" }],
  [
    'defineReference("P"): schema must be a schema that gives JSON, because its values are stored, received one with a transform',
    { name: "P", schema: ids.transform((list) => new Set(list)) },
  ],
  ['defineReference("P"): schema must be something that JSON Schema can express', { name: "P", schema: z.date() }],
  ['defineReference("P"): schema must be a schema that refuses something', { name: "P", schema: z.unknown() }],
  [
    'defineReference("P"): ttlMs must be a whole number of at least 0, received -1',
    { name: "P", schema: ids, ttlMs: -1 },
  ],
  [
    'defineReference("P"): ttlMs must be a whole number of at least 0, received 1.5',
    { name: "P", schema: ids, ttlMs: 1.5 },
  ],
  [
    'defineReference("P"): ttlMs must be a whole number of at least 0, received "1h"',
    { name: "P", schema: ids, ttlMs: "1h" },
  ],
  ['defineReference("P"): glimpse must be a function, received "first"', { name: "P", schema: ids, glimpse: "first" }],
  [
    'defineReference("P"): ttl is an unknown field: expected one of glimpse, name, schema, ttlMs, received "ttl"; did you mean "ttlMs"?',
    { name: "P", schema: ids, ttl: 1 },
  ],
  ["name must be a name of 1 to 64 letters", { name: "P:1", schema: ids }],
];

test.each(WRONG)("%s", (message, definition) => {
  expect(() => declare(definition)).toThrow(message);
});

test("a reference is a frozen value", () => {
  const spec = defineReference({
    name: "ProductSet",
    schema: ids,
    ttlMs: 0,
    glimpse: (list) => ({ count: list.length }),
  });

  expect(spec).toMatchObject({ kind: "reference", name: "ProductSet", ttlMs: 0 });
  expect(spec.glimpse(["a", "b"])).toEqual({ count: 2 });
  expect(spec.schema.parse(["a"])).toEqual({ ok: true, value: ["a"] });
  expect(Object.isFrozen(spec) && Object.isFrozen(spec.schema)).toBe(true);
  expect(defineReference({ name: "Days", schema: ids }).ttlMs).toBeNull();
});

const PLAIN: readonly (readonly [what: string, value: unknown, glimpse: unknown])[] = [
  ["a list", ["a", "b", "c", "d"], { type: "array", length: 4, first: ["a", "b", "c"] }],
  ["an empty list", [], { type: "array", length: 0, first: [] }],
  [
    "a list of rows",
    [{ id: 1, name: "x" }, [1, 2], null],
    { type: "array", length: 3, first: [{ type: "object", size: 2 }, { type: "array", length: 2 }, null] },
  ],
  ["an object", { sql: "select 1", ids: [1] }, { type: "object", size: 2, keys: ["sql", "ids"] }],
  ["text", "secret", { type: "string", length: 6 }],
  ["a number", 42, { type: "number" }],
  ["a flag", true, { type: "boolean" }],
  ["nothing", null, { type: "null" }],
];

test.each(PLAIN)("the plain glimpse of %s", (_what, value, glimpse) => {
  expect(plain().glimpse(value)).toEqual(glimpse);
});

test("the plain glimpse of anything is small", () => {
  const hostile = "\u0000".repeat(1000);
  const values = [
    Array.from({ length: 1_000_000 }, () => "p-000001"),
    [hostile, hostile, hostile],
    Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`${index}${hostile}`, index])),
    hostile,
  ];
  const sizes = values.map((value) => byteLength(JSON.stringify(plain().glimpse(value))));

  expect(Math.max(...sizes)).toBeLessThanOrEqual(REFERENCE_GLIMPSE_BYTES);
});

const GLIMPSES: readonly (readonly [received: string, glimpse: unknown])[] = [
  ["undefined", undefined],
  ["an instance of Promise", Promise.resolve({ count: 1 })],
  ["a function", () => 1],
  ["an object", { at: new Date(0) }],
  [`${REFERENCE_GLIMPSE_BYTES + 1} bytes`, "x".repeat(REFERENCE_GLIMPSE_BYTES - 1)],
];

test.each(GLIMPSES)("a glimpse function that returned %s is its author's mistake", (received, glimpse) => {
  const spec = defineReference({ name: "P", schema: ids, glimpse: () => glimpse as string });

  expect(() => spec.glimpse([])).toThrow(
    `defineReference("P"): glimpse must be a function that returns JSON of at most ${REFERENCE_GLIMPSE_BYTES} bytes, received one that returned ${received}`,
  );
});

test("the largest glimpse is kept", () => {
  const text = "x".repeat(REFERENCE_GLIMPSE_BYTES - 2);

  expect(defineReference({ name: "P", schema: ids, glimpse: () => text }).glimpse([])).toBe(text);
});

function plain(): ReferenceSpec {
  return defineReference({ name: "P", schema: z.union([ids, z.string()]) });
}
