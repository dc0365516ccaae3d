import type { Json, JsonObject } from "../../protocol/json.ts";
import { isJsonObject } from "./is-json-object.ts";
import { KEYWORDS } from "./json-schema-keywords.ts";
import { mapSubschemas } from "./json-schema-walk.ts";

/**
 * Rewrites a normalised JSON Schema so that zod's converter enforces all of it. The meaning stays; what changes are the
 * spellings that the converter (zod 4.6) skips without a word.
 */
export function jsonSchemaForZod(schema: JsonObject): JsonObject {
  return rewrite(schema, { mayFill: true, isOptional: false });
}

/** Where a schema stands: whether a `default` may be filled in below it, and whether its own may. */
interface Position {
  readonly mayFill: boolean;
  readonly isOptional: boolean;
}

const COMPOSITIONS = ["anyOf", "oneOf", "allOf"];

function rewrite(schema: JsonObject, position: Position): JsonObject {
  const bare = withoutAnnotations(schema, position.mayFill && position.isOptional);
  const whole = mergedCompositions(withItems(withRequired(bare)));
  // Both sides of an intersection would fill in the default, and zod throws when they differ.
  const mayFill =
    position.mayFill && ![...COMPOSITIONS, "patternProperties"].some((keyword) => whole[keyword] !== undefined);
  return mapSubschemas(whole, (inner) => {
    // zod takes a definition that is `false` for a missing one.
    if (!isJsonObject(inner.schema))
      return inner.keyword === "$defs" && inner.schema === false ? { not: {} } : inner.schema;
    const isOptional = inner.keyword === "properties" && !requiredNames(whole).includes(String(inner.path[1]));
    return rewrite(inner.schema, { mayFill: mayFill && inner.keyword !== "$defs", isOptional });
  });
}

function withoutAnnotations(schema: JsonObject, keepDefault: boolean): JsonObject {
  return Object.fromEntries(
    Object.entries(schema).filter(
      ([keyword]) => KEYWORDS[keyword]?.isAnnotation !== true || (keepDefault && keyword === "default"),
    ),
  );
}

/** zod requires only names that `properties` lists too. */
function withRequired(schema: JsonObject): JsonObject {
  const properties = isJsonObject(schema["properties"]) ? schema["properties"] : {};
  const unlisted = requiredNames(schema).filter((name) => !Object.hasOwn(properties, name));
  if (unlisted.length === 0) return schema;
  const others: Json = schema["additionalProperties"] ?? true;
  return { ...schema, properties: { ...properties, ...Object.fromEntries(unlisted.map((name) => [name, others])) } };
}

/** zod counts items only when it knows their schema. */
function withItems(schema: JsonObject): JsonObject {
  const types = Array.isArray(schema["type"]) ? schema["type"] : [schema["type"]];
  const isOpen = types.includes("array") && schema["items"] === undefined && schema["prefixItems"] === undefined;
  return isOpen ? { ...schema, items: true } : schema;
}

/** Of several compositions beside each other zod keeps the last, unless a type stands there too. */
function mergedCompositions(schema: JsonObject): JsonObject {
  const present = COMPOSITIONS.filter((keyword) => schema[keyword] !== undefined);
  const hasBase = ["type", "enum", "const"].some((keyword) => schema[keyword] !== undefined);
  if (hasBase || present.length < 2) return schema;
  const { anyOf, oneOf, allOf, ...rest } = schema;
  const parts: Json[] = [...(Array.isArray(allOf) ? allOf : [])];
  if (anyOf !== undefined) parts.push({ anyOf });
  if (oneOf !== undefined) parts.push({ oneOf });
  return { ...rest, allOf: parts };
}

function requiredNames(schema: JsonObject): readonly string[] {
  const required = schema["required"];
  return Array.isArray(required) ? required.filter((name) => typeof name === "string") : [];
}
