import type { Json, JsonObject } from "../../protocol/json.ts";
import { isJsonObject } from "./is-json-object.ts";
import { KEYWORDS } from "./json-schema-keywords.ts";
import { mapSubschemas } from "./json-schema-walk.ts";

/**
 * Brings a JSON Schema into the one form that the rest of this folder knows: draft 2020-12 spelling (`$defs`, `prefixItems`)
 * and a `type` wherever a keyword implies one. Without the type zod would accept any value at all.
 */
export function normaliseJsonSchema(schema: JsonObject): JsonObject {
  const modern = modernSpelling(schema);
  const inferred = impliedTypes(modern);
  const typed: JsonObject =
    inferred.length === 0 ? modern : { type: inferred.length === 1 ? (inferred[0] ?? "object") : inferred, ...modern };
  return mapSubschemas(typed, (inner) =>
    isJsonObject(inner.schema) ? normaliseJsonSchema(inner.schema) : inner.schema,
  );
}

function modernSpelling(schema: JsonObject): JsonObject {
  const { definitions, additionalItems, items, $ref, ...rest } = schema;
  return {
    ...rest,
    ...(definitions === undefined ? {} : { $defs: definitions }),
    ...(Array.isArray(items) ? { prefixItems: items } : {}),
    ...spelledItems(items, additionalItems),
    ...(typeof $ref === "string"
      ? { $ref: $ref.replace(/^#\/definitions\//, "#/$defs/") }
      : $ref === undefined
        ? {}
        : { $ref }),
  };
}

/** Draft 7 says `items: [a, b], additionalItems: c` for `prefixItems: [a, b], items: c`. */
function spelledItems(items: Json | undefined, additionalItems: Json | undefined): JsonObject {
  if (Array.isArray(items)) return additionalItems === undefined ? {} : { items: additionalItems };
  return { ...(items === undefined ? {} : { items }), ...(additionalItems === undefined ? {} : { additionalItems }) };
}

function impliedTypes(schema: JsonObject): readonly string[] {
  if (["type", "enum", "const", "$ref", "not"].some((keyword) => schema[keyword] !== undefined)) return [];
  return [...new Set(Object.keys(schema).flatMap((keyword) => KEYWORDS[keyword]?.family ?? []))];
}
