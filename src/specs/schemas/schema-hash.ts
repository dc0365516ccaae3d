import { sha256 } from "../../lib/sha256.ts";
import { stableJson } from "../../lib/stable-json.ts";
import { ContentHash } from "../../protocol/ids.ts";
import type { JsonObject } from "../../protocol/json.ts";
import { isJsonObject } from "./is-json-object.ts";
import { mapSubschemas } from "./json-schema-walk.ts";

/** The version of a declaration: its name and schema, whatever the order in which the fields were written. */
export function schemaHash(name: string, jsonSchema: JsonObject): ContentHash {
  return ContentHash.parse(sha256(stableJson({ name, schema: ordered(jsonSchema) })));
}

function ordered(schema: JsonObject): JsonObject {
  const { required } = schema;
  const sorted = Array.isArray(required) ? { ...schema, required: required.map(String).toSorted() } : schema;
  return mapSubschemas(sorted, (inner) => (isJsonObject(inner.schema) ? ordered(inner.schema) : inner.schema));
}
