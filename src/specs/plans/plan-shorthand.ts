import type { Json, JsonObject } from "../../protocol/json.ts";
import { describeValue } from "../describe-value.ts";
import { joinPath } from "../field-path.ts";
import { isJsonObject } from "../schemas/is-json-object.ts";
import { KEYWORDS } from "../schemas/json-schema-keywords.ts";
import { type SpecIssue, wrongField } from "../spec-issue.ts";

/**
 * A schema in few words: `{reason: "string", limit: "integer?", actions: [{kind: "string", ids: "string[]"}]}`. A type is `string`,
 * `number`, `integer`, `boolean`, `object` or `array`; `[]` after it makes a list and `?` at the end makes it optional. An object
 * stands for its fields and no others, and a list with one entry for a list of that.
 */
export interface SchemaShorthand {
  readonly [field: string]: string | SchemaShorthand | readonly [string | SchemaShorthand];
}

/** A shorthand written out, or the reasons why it cannot be. */
export type ExpandedShorthand =
  | { readonly ok: true; readonly jsonSchema: JsonObject }
  | { readonly ok: false; readonly issues: readonly SpecIssue[] };

/** Whether an object is meant as a shorthand: JSON Schema has no keyword `actions`, and a schema has at least one keyword. */
export function isShorthand(source: Json | undefined): source is JsonObject {
  if (!isJsonObject(source)) return false;
  return Object.hasOwn(source, "actions") || !Object.keys(source).some((key) => Object.hasOwn(KEYWORDS, key));
}

/** The JSON Schema that a shorthand stands for. */
export function expandShorthand(source: JsonObject, path: string): ExpandedShorthand {
  const issues: SpecIssue[] = [];
  const jsonSchema = objectSchema(source, path, issues);
  return issues.length > 0 ? { ok: false, issues } : { ok: true, jsonSchema };
}

function objectSchema(source: JsonObject, path: string, issues: SpecIssue[]): JsonObject {
  const names = Object.keys(source);
  const properties = names.map((name) => [name, fieldSchema(source[name], joinPath(path, name), issues)] as const);
  return {
    type: "object",
    properties: Object.fromEntries(properties),
    required: names.filter((name) => !isOptional(source[name])),
    additionalProperties: false,
  };
}

function isOptional(type: Json | undefined): boolean {
  return typeof type === "string" && type.endsWith("?");
}

function fieldSchema(type: Json | undefined, path: string, issues: SpecIssue[]): JsonObject {
  if (isJsonObject(type)) return objectSchema(type, path, issues);
  if (Array.isArray(type) && type.length === 1)
    return { type: "array", items: fieldSchema(type[0], `${path}[0]`, issues) };
  const [, name = "", lists = ""] = typeof type === "string" ? (TYPE.exec(type) ?? []) : [];
  if (name === "") {
    issues.push(wrongField(path, PHRASE, describeValue(type)));
    return {};
  }
  const lengths = Array.from({ length: lists.length / 2 });
  return lengths.reduce<JsonObject>((items) => ({ type: "array", items }), { type: name });
}

const TYPE = /^(string|number|integer|boolean|object|array)((?:\[\]){0,4})\??$/;
const PHRASE =
  '"string", "number", "integer", "boolean", "object" or "array" (with "[]" for a list and "?" for optional), an object of fields, or a list of one entry';
