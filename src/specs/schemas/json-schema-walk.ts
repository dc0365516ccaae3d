import type { Json, JsonObject } from "../../protocol/json.ts";
import { isJsonObject } from "./is-json-object.ts";
import { KEYWORDS } from "./json-schema-keywords.ts";

/** A schema inside a schema, and how to get there. */
export interface Subschema {
  readonly keyword: string;
  readonly path: readonly (string | number)[];
  readonly schema: Json;
}

/** The schemas directly inside a schema. */
export function subschemas(schema: JsonObject): readonly Subschema[] {
  return Object.entries(schema).flatMap(([keyword, value]) => {
    const kind = KEYWORDS[keyword]?.value;
    if (kind === "schema") return [{ keyword, path: [keyword], schema: value }];
    if (kind === "schemas" && Array.isArray(value))
      return value.map((item: Json, index) => ({ keyword, path: [keyword, index], schema: item }));
    const isMap = kind === "schema-map" || kind === "pattern-map";
    return isMap && isJsonObject(value)
      ? Object.entries(value).map(([key, item]) => ({ keyword, path: [keyword, key], schema: item }))
      : [];
  });
}

/** A copy of a schema with every schema directly inside it replaced. */
export function mapSubschemas(schema: JsonObject, replace: (inner: Subschema) => Json): JsonObject {
  const replaced = subschemas(schema).map((inner) => ({ ...inner, schema: replace(inner) }));
  const entries = Object.entries(schema).map(([keyword, value]): [string, Json] => {
    const inside = replaced.filter((inner) => inner.keyword === keyword);
    if (KEYWORDS[keyword]?.value === "schema") return [keyword, inside[0]?.schema ?? value];
    if (Array.isArray(value) && inside.length > 0) return [keyword, inside.map((inner) => inner.schema)];
    if (isJsonObject(value) && inside.length > 0)
      return [keyword, Object.fromEntries(inside.map((inner) => [String(inner.path[1]), inner.schema]))];
    return [keyword, value];
  });
  return Object.fromEntries(entries);
}

/** The schema that a `$ref` of this document names, when there is one. */
export function refTarget(root: JsonObject, ref: Json | undefined): Json | undefined {
  if (ref === "#") return root;
  if (typeof ref !== "string" || !isJsonObject(root["$defs"])) return undefined;
  const name = /^#\/\$defs\/([^/]+)$/.exec(ref)?.[1]?.replaceAll("~1", "/").replaceAll("~0", "~");
  return name !== undefined && Object.hasOwn(root["$defs"], name) ? root["$defs"][name] : undefined;
}
