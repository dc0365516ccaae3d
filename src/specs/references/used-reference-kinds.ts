import type { Json, JsonObject } from "../../protocol/json.ts";
import { actionSchemas } from "../plans/action-schemas.ts";
import type { PlanSpec } from "../plans/plan.ts";
import { isJsonObject } from "../schemas/is-json-object.ts";
import { refTarget, subschemas } from "../schemas/json-schema-walk.ts";

/**
 * The kinds of reference that a plan's schema names: objects below an action with a literal `kind`, an `id`, and nothing else.
 * What a looser schema lets through cannot be told from here.
 */
export function usedReferenceKinds(plan: PlanSpec): readonly string[] {
  const root = plan.schema.jsonSchema;
  const found = new Set<string>();
  const seen = new Set<Json>();
  const look = (schema: Json, isAction: boolean): void => {
    if (!isJsonObject(schema) || seen.has(schema)) return;
    seen.add(schema);
    const kind = isAction ? undefined : handleKind(schema);
    if (kind !== undefined) found.add(kind);
    const target = refTarget(root, schema["$ref"]);
    if (target !== undefined) look(target, false);
    for (const inner of subschemas(schema)) look(inner.schema, false);
  };
  for (const shape of actionSchemas(root)?.alternatives ?? []) look(shape, true);
  return [...found];
}

function handleKind(schema: JsonObject): string | undefined {
  const { properties } = schema;
  if (!isJsonObject(properties) || Object.keys(properties).sort().join() !== "id,kind") return undefined;
  const { kind, id } = properties;
  const literal = isJsonObject(kind) ? kind["const"] : undefined;
  return typeof literal === "string" && isJsonObject(id) && id["type"] === "string" ? literal : undefined;
}
