import * as z from "zod";
import { copyJson } from "../../lib/copy-json.ts";
import { type Json, JsonObject } from "../../protocol/json.ts";
import { describeValue } from "../describe-value.ts";
import { joinPath } from "../field-path.ts";
import { type SpecIssue, wrongField } from "../spec-issue.ts";
import { checkJsonSchema } from "./check-json-schema.ts";
import { checkOverlaps } from "./check-overlaps.ts";
import { isJsonObject } from "./is-json-object.ts";
import { jsonSchemaForZod } from "./json-schema-for-zod.ts";
import { subschemas } from "./json-schema-walk.ts";
import { normaliseJsonSchema } from "./normalise-json-schema.ts";

/** A JSON Schema that is enforced in full, or the reasons why it cannot be. */
export type CompiledJsonSchema =
  | { readonly ok: true; readonly jsonSchema: JsonObject; readonly schema: z.ZodType }
  | { readonly ok: false; readonly issues: readonly SpecIssue[] };

/** Turns a JSON Schema into a zod schema that enforces every keyword of it. `path` is where the schema stands in its declaration. */
export function compileJsonSchema(source: unknown, path: string): CompiledJsonSchema {
  const copy = copyJson(source);
  if (!isJsonObject(copy))
    return { ok: false, issues: [wrongField(path, "a zod 4 schema or a JSON Schema object", describeValue(source))] };
  const jsonSchema = normaliseJsonSchema(copy);
  const issues = checkJsonSchema(jsonSchema, path);
  const deeper =
    issues.length > 0 ? issues : [...checkOverlaps(jsonSchema, path), ...wrongDefaults(jsonSchema, jsonSchema, path)];
  if (deeper.length > 0) return { ok: false, issues: deeper };
  return { ok: true, jsonSchema, schema: toZod(jsonSchema) };
}

/** Converts with a registry of its own, because zod would otherwise keep the metadata in a global one. */
function toZod(jsonSchema: JsonObject): z.ZodType {
  return z.fromJSONSchema(
    { ...jsonSchemaForZod(jsonSchema) },
    { registry: z.registry(), defaultTarget: "draft-2020-12" },
  );
}

/** A default goes to the handler unchecked, so it is checked here. */
function wrongDefaults(schema: JsonObject, root: JsonObject, path: string): readonly SpecIssue[] {
  const { default: value, ...rest } = schema;
  const isWrong = value !== undefined && !acceptsDefault(rest, root, value);
  return [
    ...(isWrong
      ? [wrongField(joinPath(path, "default"), "a value that its own schema accepts", describeValue(value))]
      : []),
    ...subschemas(schema).flatMap((inner) => {
      const innerPath = inner.path.reduce((parent: string, segment) => joinPath(parent, segment), path);
      return isJsonObject(inner.schema) ? wrongDefaults(inner.schema, root, innerPath) : [];
    }),
  ];
}

function acceptsDefault(schema: JsonObject, root: JsonObject, value: Json): boolean {
  const defs = isJsonObject(root["$defs"]) ? root["$defs"] : {};
  const document = { ...schema, $defs: { ...defs, [ROOT]: root } };
  return toZod(
    JsonObject.parse(JSON.parse(JSON.stringify(document).replaceAll('"$ref":"#"', `"$ref":"#/$defs/${ROOT}"`))),
  ).safeParse(value).success;
}

/** Stands for `#` where only a part of the document is compiled. */
const ROOT = "(root)";
