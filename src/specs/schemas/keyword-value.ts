import type { Json } from "../../protocol/json.ts";
import { isJsonObject } from "./is-json-object.ts";
import { FORMATS, type KeywordValue, TYPES } from "./json-schema-keywords.ts";

/** What the value of a keyword should have been, or undefined when it is right. */
export function keywordValuePhrase(kind: KeywordValue, value: Json | undefined): string | undefined {
  const rule = RULES[kind];
  return value !== undefined && rule.accepts(value) ? undefined : rule.phrase;
}

const RULES: {
  readonly [kind in KeywordValue]: { readonly phrase: string; readonly accepts: (value: Json) => boolean };
} = {
  type: { phrase: `one of ${Object.keys(TYPES).join(", ")}, or a list of them`, accepts: isType },
  values: {
    phrase: "a list of at least one string, number, boolean or null",
    accepts: (value) => isList(value) && value.length > 0 && value.every(isPrimitive),
  },
  primitive: { phrase: "a string, number, boolean or null", accepts: isPrimitive },
  ref: { phrase: '"#" or "#/$defs/<name>" of a schema in $defs', accepts: (value) => typeof value === "string" },
  schema: { phrase: "a JSON Schema", accepts: isSchema },
  schemas: { phrase: "a list of at least one JSON Schema", accepts: (value) => isList(value) && value.length > 0 },
  "schema-map": { phrase: "an object of JSON Schemas", accepts: isJsonObject },
  "pattern-map": {
    phrase: "an object of JSON Schemas by regular expression (without \\p and \\u{…})",
    accepts: (value) => isJsonObject(value) && Object.keys(value).every(isPattern),
  },
  names: {
    phrase: "a list of names",
    accepts: (value) => isList(value) && value.every((name) => typeof name === "string"),
  },
  count: {
    phrase: "a whole number of at least 0",
    accepts: (value) => typeof value === "number" && Number.isInteger(value) && value >= 0,
  },
  number: { phrase: "a number", accepts: (value) => typeof value === "number" },
  positive: { phrase: "a number above 0", accepts: (value) => typeof value === "number" && value > 0 },
  pattern: { phrase: "a regular expression (without \\p and \\u{…})", accepts: isPattern },
  format: {
    phrase: `one of the enforced formats (${FORMATS.join(", ")})`,
    accepts: (value) => typeof value === "string" && FORMATS.includes(value),
  },
  flag: { phrase: "true or false", accepts: (value) => typeof value === "boolean" },
  nothing: {
    phrase: '{}, because no other "not" is enforced',
    accepts: (value) => isJsonObject(value) && Object.keys(value).length === 0,
  },
  any: { phrase: "a JSON value", accepts: () => true },
};

function isType(value: Json): boolean {
  const names = isList(value) ? value : [value];
  const known = names.every((name) => typeof name === "string" && Object.hasOwn(TYPES, name));
  return names.length > 0 && known && new Set(names).size === names.length;
}

function isSchema(value: Json): boolean {
  return typeof value === "boolean" || isJsonObject(value);
}

function isPrimitive(value: Json): boolean {
  return value === null || typeof value !== "object";
}

/** zod compiles patterns without the `u` flag, where `\p{L}` and `\u{1F600}` silently mean something else. */
function isPattern(value: Json): boolean {
  if (typeof value !== "string" || /\\p\{|\\P\{|\\u\{/.test(value)) return false;
  try {
    return new RegExp(value) instanceof RegExp;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
