import { expect, test } from "vitest";
import type { Json, JsonObject } from "../../../../src/protocol/json.ts";
import { compileInputSchema } from "../../../../src/specs/schemas/input-schema.ts";
import { FORMATS, KEYWORDS } from "../../../../src/specs/schemas/json-schema-keywords.ts";

interface Case {
  readonly keyword: string;
  readonly schema: JsonObject;
  readonly valid: Json;
  readonly invalid: Json;
}

const node = { type: "object", properties: { child: { $ref: "#/$defs/node" } }, required: ["name"] };

/** Each keyword with a value it lets through and one it must stop. */
const ENFORCED: readonly Case[] = [
  { keyword: "type", schema: { type: "integer" }, valid: 3, invalid: 3.5 },
  { keyword: "type", schema: { type: ["string", "null"] }, valid: null, invalid: 1 },
  { keyword: "enum", schema: { enum: ["a", 1, null] }, valid: 1, invalid: "1" },
  { keyword: "const", schema: { const: "a" }, valid: "a", invalid: "b" },
  {
    keyword: "$ref",
    schema: { $ref: "#/$defs/node", $defs: { node } },
    valid: { name: 1, child: { name: 2 } },
    invalid: { name: 1, child: {} },
  },
  {
    keyword: "$ref",
    schema: { properties: { child: { $ref: "#" } }, required: ["a"] },
    valid: { a: 1, child: { a: 1 } },
    invalid: { a: 1, child: {} },
  },
  { keyword: "$defs", schema: { $ref: "#/$defs/a~1b", $defs: { "a/b": { type: "string" } } }, valid: "x", invalid: 1 },
  {
    keyword: "$defs",
    schema: { properties: { a: { $ref: "#/$defs/none" } }, $defs: { none: false } },
    valid: {},
    invalid: { a: 1 },
  },
  { keyword: "anyOf", schema: { anyOf: [{ type: "string" }, { minimum: 3 }] }, valid: 4, invalid: 2 },
  {
    keyword: "anyOf",
    schema: { properties: { a: {} }, anyOf: [{ required: ["a"] }, { required: ["b"] }] },
    valid: { b: 1 },
    invalid: { c: 1 },
  },
  { keyword: "oneOf", schema: { oneOf: [{ minimum: 3 }, { maximum: 5 }] }, valid: 6, invalid: 4 },
  {
    keyword: "oneOf",
    schema: { anyOf: [{ type: "string" }], oneOf: [{ type: "string" }, { type: "number" }] },
    valid: "x",
    invalid: 4,
  },
  { keyword: "allOf", schema: { allOf: [{ minimum: 3 }, { maximum: 5 }] }, valid: 4, invalid: 6 },
  { keyword: "allOf", schema: { anyOf: [{ minimum: 3 }], allOf: [{ maximum: 5 }] }, valid: 4, invalid: 2 },
  { keyword: "not", schema: { properties: { a: { not: {} } } }, valid: {}, invalid: { a: 1 } },
  { keyword: "properties", schema: { properties: { a: { type: "string" } } }, valid: { a: "x" }, invalid: { a: 1 } },
  { keyword: "properties", schema: { properties: { a: false } }, valid: {}, invalid: { a: 1 } },
  { keyword: "required", schema: { required: ["a"] }, valid: { a: null }, invalid: {} },
  { keyword: "required", schema: { properties: { a: {} }, required: ["a"] }, valid: { a: 1 }, invalid: {} },
  {
    keyword: "required",
    schema: { properties: { a: { type: "string", default: "x" } }, required: ["a"] },
    valid: { a: "y" },
    invalid: {},
  },
  {
    keyword: "required",
    schema: { required: ["a"], additionalProperties: { type: "string" } },
    valid: { a: "y" },
    invalid: { a: 1 },
  },
  {
    keyword: "additionalProperties",
    schema: { properties: { a: {} }, additionalProperties: false },
    valid: { a: 1 },
    invalid: { b: 1 },
  },
  {
    keyword: "additionalProperties",
    schema: { additionalProperties: { type: "number" } },
    valid: { a: 1 },
    invalid: { a: "x" },
  },
  {
    keyword: "patternProperties",
    schema: { patternProperties: { "^n_": { type: "number" } } },
    valid: { n_a: 1, b: "x" },
    invalid: { n_a: "x" },
  },
  {
    keyword: "patternProperties",
    schema: { patternProperties: { "^n_": { type: "number" } }, properties: { a: {} }, additionalProperties: false },
    valid: { n_a: 1, a: 1 },
    invalid: { b: 1 },
  },
  { keyword: "propertyNames", schema: { propertyNames: { maxLength: 2 } }, valid: { ab: 1 }, invalid: { abc: 1 } },
  { keyword: "minProperties", schema: { minProperties: 1 }, valid: { a: 1 }, invalid: {} },
  { keyword: "maxProperties", schema: { maxProperties: 1 }, valid: { a: 1 }, invalid: { a: 1, b: 2 } },
  { keyword: "items", schema: { items: { type: "string" } }, valid: ["x"], invalid: [1] },
  { keyword: "items", schema: { prefixItems: [{ type: "string" }], items: false }, valid: ["x"], invalid: ["x", 1] },
  {
    keyword: "prefixItems",
    schema: { prefixItems: [{ type: "string" }, { type: "number" }] },
    valid: ["x", 1],
    invalid: [1, 1],
  },
  { keyword: "contains", schema: { contains: { type: "string" } }, valid: [1, "x"], invalid: [1] },
  {
    keyword: "minContains",
    schema: { contains: { type: "string" }, minContains: 2 },
    valid: ["a", "x"],
    invalid: ["a"],
  },
  {
    keyword: "maxContains",
    schema: { contains: { type: "string" }, maxContains: 1 },
    valid: ["a"],
    invalid: ["a", "b"],
  },
  { keyword: "minItems", schema: { minItems: 1 }, valid: [1], invalid: [] },
  { keyword: "maxItems", schema: { maxItems: 1 }, valid: [1], invalid: [1, 2] },
  { keyword: "uniqueItems", schema: { uniqueItems: true }, valid: [1, 2], invalid: [{ a: 1 }, { a: 1 }] },
  { keyword: "minLength", schema: { minLength: 2 }, valid: "ab", invalid: "a" },
  { keyword: "maxLength", schema: { maxLength: 2 }, valid: "ab", invalid: "abc" },
  { keyword: "pattern", schema: { pattern: "b" }, valid: "abc", invalid: "ac" },
  { keyword: "format", schema: { format: "date" }, valid: "2026-02-28", invalid: "2026-02-30" },
  { keyword: "minimum", schema: { minimum: 2 }, valid: 2, invalid: 1 },
  { keyword: "maximum", schema: { maximum: 2 }, valid: 2, invalid: 3 },
  { keyword: "exclusiveMinimum", schema: { exclusiveMinimum: 2 }, valid: 3, invalid: 2 },
  { keyword: "exclusiveMaximum", schema: { exclusiveMaximum: 2 }, valid: 1, invalid: 2 },
  { keyword: "multipleOf", schema: { multipleOf: 0.1 }, valid: 0.3, invalid: 0.35 },
];

test.each(ENFORCED)("$keyword of $schema is enforced", ({ schema, valid, invalid }) => {
  const input = compiled(schema);

  expect(input.parse(valid)).toMatchObject({ ok: true });
  expect(input.parse(invalid)).toMatchObject({ ok: false });
});

test("the table above covers every keyword that constrains", () => {
  const constraining = Object.entries(KEYWORDS).filter(([, keyword]) => keyword.isAnnotation !== true);
  const covered = new Set(ENFORCED.map((entry) => entry.keyword));

  expect(constraining.map(([keyword]) => keyword).filter((keyword) => !covered.has(keyword))).toEqual([]);
});

const FORMAT_SAMPLES: { readonly [format: string]: string } = {
  base64: "aGk=",
  base64url: "aGk",
  cidr: "10.0.0.0/8",
  "cidr-v6": "2001:db8::/32",
  cuid: "cjld2cjxh0000qzrmn831i7rn",
  cuid2: "tz4a98xxat96iws9zmbrgj3a",
  date: "2026-01-31",
  "date-time": "2026-01-31T10:00:00+02:00",
  duration: "P1DT2H",
  e164: "+491234567890",
  email: "a@example.com",
  hostname: "example.com",
  iban: "DE89370400440532013000",
  ipv4: "10.0.0.1",
  ipv6: "2001:db8::1",
  jwt: "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.c2ln",
  ksuid: "0ujtsYcgvSTl8PAuAdqWYSMnLOv",
  mac: "00:1b:44:11:3a:b7",
  nanoid: "V1StGXR8_Z5jdHi6B-myT",
  time: "10:00:00Z",
  ulid: "01ARZ3NDEKTSV4RRFFQ69G5FAV",
  uri: "https://example.com/a",
  uuid: "f47ac10b-58cc-4372-a567-0e02b2c3d479",
  xid: "9m4e2mr0ui3e8a215n4g",
};

test.each(FORMATS)("format %s is enforced", (format) => {
  const input = compiled({ type: "string", format });

  expect(input.parse(FORMAT_SAMPLES[format])).toMatchObject({ ok: true });
  expect(input.parse("?? not ??")).toMatchObject({ ok: false });
});

const REFUSED: readonly { readonly schema: JsonObject; readonly names: string }[] = [
  { schema: { type: "object", if: {}, then: {} }, names: "input.if" },
  { schema: { type: "object", dependentRequired: { a: ["b"] } }, names: "input.dependentRequired" },
  { schema: { type: "object", dependentSchemas: {} }, names: "input.dependentSchemas" },
  { schema: { type: "object", dependencies: {} }, names: "input.dependencies" },
  { schema: { type: "object", unevaluatedProperties: false }, names: "input.unevaluatedProperties" },
  { schema: { type: "array", unevaluatedItems: false }, names: "input.unevaluatedItems" },
  { schema: { type: "array", additionalItems: false }, names: "input.additionalItems" },
  { schema: { type: "string", nullable: true }, names: "input.nullable" },
  { schema: { type: "string", contentMediaType: "image/png" }, names: "input.contentMediaType" },
  { schema: { $dynamicRef: "#x" }, names: "input.$dynamicRef" },
  { schema: { type: "string", minLenght: 3 }, names: "input.minLenght" },
  { schema: { properties: { a: { not: { type: "string" } } } }, names: "input.properties.a.not" },
  { schema: { properties: { a: { type: "string", format: "uri-reference" } } }, names: "input.properties.a.format" },
  { schema: { type: "number", format: "double" }, names: "input.format" },
  { schema: { type: "string", minLength: "3" }, names: "input.minLength" },
  { schema: { type: "number", minimum: 1, exclusiveMinimum: true }, names: "input.exclusiveMinimum" },
  { schema: { type: "integer", pattern: "x" }, names: "input.pattern" },
  { schema: { type: "string", pattern: "^\\p{L}+$" }, names: "input.pattern" },
  { schema: { type: "string", pattern: "(" }, names: "input.pattern" },
  { schema: { type: "text" }, names: "input.type" },
  { schema: { enum: [] }, names: "input.enum" },
  { schema: { enum: [{ a: 1 }] }, names: "input.enum" },
  { schema: { type: "string", enum: ["a", 1] }, names: "input.enum" },
  { schema: { enum: ["a", "bb"], minLength: 2 }, names: "input.minLength" },
  { schema: { const: [1] }, names: "input.const" },
  { schema: { anyOf: [] }, names: "input.anyOf" },
  { schema: { anyOf: [3] }, names: "input.anyOf[0]" },
  { schema: { $ref: "#/$defs/a", minLength: 2, $defs: { a: { type: "string" } } }, names: "input.minLength" },
  { schema: { $ref: "#/$defs/missing" }, names: "input.$ref" },
  {
    schema: { $ref: "#/$defs/a/properties/b", $defs: { a: { properties: { b: { type: "string" } } } } },
    names: "input.$ref",
  },
  { schema: { $ref: "https://example.com/schema" }, names: "input.$ref" },
  {
    schema: { $ref: "#/$defs/a", $defs: { a: { anyOf: [{ $ref: "#/$defs/a" }, { type: "string" }] } } },
    names: "input.$ref",
  },
  { schema: { properties: { a: { $defs: {} } } }, names: "input.properties.a.$defs" },
  {
    schema: { patternProperties: { a: {} }, additionalProperties: { type: "string" } },
    names: "input.additionalProperties",
  },
  { schema: { required: ["a"], additionalProperties: false }, names: "input.required" },
  { schema: { properties: { constructor: {} } }, names: "input.properties" },
  { schema: { type: "array", minContains: 2 }, names: "input.minContains" },
  {
    schema: { properties: { a: {} }, additionalProperties: false, anyOf: [{ required: ["a"] }] },
    names: "input.additionalProperties",
  },
  {
    schema: {
      allOf: [{ $ref: "#/$defs/a" }, { required: ["b"] }],
      $defs: { a: { properties: {}, additionalProperties: false } },
    },
    names: "input.allOf[0].$ref.additionalProperties",
  },
  {
    schema: { allOf: [{ propertyNames: { maxLength: 2 } }, { required: ["b"] }] },
    names: "input.allOf[0].propertyNames",
  },
  { schema: { properties: { a: { type: "string", default: 3 } } }, names: "input.properties.a.default" },
  {
    schema: { properties: { a: { $ref: "#", default: { b: "x" } }, b: { type: "number" } } },
    names: "input.properties.a.default",
  },
];

test.each(REFUSED)("$schema is refused by naming $names", ({ schema, names }) => {
  const result = compileInputSchema(schema, "input");

  expect(result.ok ? [] : result.issues.map((issue) => issue.line.split(" ")[0])).toContain(names);
});

test("a schema without any type is enforced as what its keywords imply", () => {
  const action = {
    properties: { kind: { const: "price_change" }, productId: { minLength: 1 } },
    required: ["kind", "productId"],
  };
  const input = compiled({ properties: { actions: { items: action, minItems: 1 } }, required: ["actions"] });

  expect(input.parse({ actions: [{ kind: "price_change", productId: "p-001" }] })).toMatchObject({ ok: true });
  for (const wrong of [
    {},
    "x",
    null,
    [],
    42,
    { actions: [] },
    { actions: "x" },
    { actions: [{ kind: "x" }] },
    { actions: ["x"] },
  ]) {
    expect(input.parse(wrong)).toMatchObject({ ok: false });
  }
  expect(input.jsonSchema).toMatchObject({
    type: "object",
    properties: { actions: { type: "array", items: { type: "object" } } },
  });
});

test.each([
  {},
  { description: "anything" },
  { anyOf: [{}, { type: "string" }] },
  { type: ["null", "boolean", "number", "string", "array", "object"] },
])("%s is refused because it accepts everything", (schema) => {
  const result = compileInputSchema(schema, "input");

  expect(result).toMatchObject({
    ok: false,
    issues: [{ line: "input must be a schema that refuses something, received one that accepts every value" }],
  });
});

test("a default is filled in for an optional property, and nowhere where it could clash", () => {
  const plain = compiled({ properties: { limit: { type: "number", default: 10 } } });
  const combined = compiled({
    allOf: [
      { properties: { a: { type: "number", default: 1 } } },
      { properties: { a: { type: "number", default: 2 } } },
    ],
  });

  expect(plain.parse({})).toEqual({ ok: true, value: { limit: 10 } });
  expect(combined.parse({})).toEqual({ ok: true, value: {} });
});

test("draft 7 spellings mean the same", () => {
  const input = compiled({
    $schema: "http://json-schema.org/draft-07/schema#",
    properties: {
      pair: { items: [{ type: "string" }, { $ref: "#/definitions/count" }], additionalItems: false, minItems: 2 },
    },
    definitions: { count: { type: "integer" } },
  });

  expect(input.parse({ pair: ["x", 1] })).toMatchObject({ ok: true });
  expect(input.parse({ pair: ["x", 1.5] })).toMatchObject({ ok: false });
  expect(input.parse({ pair: ["x", 1, 2] })).toMatchObject({ ok: false });
  expect(input.parse({ pair: ["x"] })).toMatchObject({ ok: false });
});

test("annotations are kept for the model and constrain nothing", () => {
  const schema = {
    type: "object",
    title: "T",
    description: "D",
    examples: [1],
    "x-owner": "data",
    properties: { a: { type: "string", description: "A" } },
  };
  const input = compiled(schema);

  expect(input.jsonSchema).toEqual(schema);
  expect(input.parse({ a: "x" })).toEqual({ ok: true, value: { a: "x" } });
});

function compiled(schema: JsonObject): { readonly jsonSchema: JsonObject; parse(value: unknown): unknown } {
  const result = compileInputSchema(schema, "input");
  if (!result.ok) throw new Error(result.issues.map((issue) => issue.line).join("\n"));
  return result.input;
}
