import type { Json, JsonObject } from "../../protocol/json.ts";
import { isJsonObject } from "../schemas/is-json-object.ts";
import { refTarget } from "../schemas/json-schema-walk.ts";

/** What a plan's schema says about its actions. */
export interface ActionSchemas {
  /** The shapes that an action may have; empty when the schema says nothing about items. */
  readonly alternatives: readonly JsonObject[];
  /** The kinds that it admits, or null when that cannot be told. */
  readonly kinds: readonly string[] | null;
}

/** The actions of a plan's schema, or undefined when it has no top-level `actions` array. */
export function actionSchemas(schema: JsonObject): ActionSchemas | undefined {
  const lists = propertySchemas(schema, "actions", { root: schema, depth: 0 });
  if (lists === undefined || lists.length === 0) return undefined;
  if (!lists.every((list) => alternatives(list, { root: schema, depth: 0 }).every(isArraySchema))) return undefined;
  const items = lists.flatMap((list) =>
    alternatives(list, { root: schema, depth: 0 }).map((array) => array["items"] ?? null),
  );
  const shapes = items.flatMap((item) => (isJsonObject(item) ? alternatives(item, { root: schema, depth: 0 }) : []));
  const isOpen = items.some((item) => !isJsonObject(item));
  return { alternatives: shapes, kinds: isOpen ? null : knownKinds(shapes, schema) };
}

interface Place {
  readonly root: JsonObject;
  readonly depth: number;
}

/** A schema that refers to itself without end describes nothing more below this. */
const MAX_DEPTH = 32;

/** The schema as it stands, or the branches of its unions, with references followed. */
function alternatives(schema: JsonObject, place: Place): readonly JsonObject[] {
  if (place.depth > MAX_DEPTH) return [schema];
  const below = { ...place, depth: place.depth + 1 };
  const target = refTarget(place.root, schema["$ref"]);
  if (isJsonObject(target)) return alternatives(target, below);
  const branches = schema["oneOf"] ?? schema["anyOf"];
  return Array.isArray(branches)
    ? branches.filter(isObjectSchema).flatMap((branch) => alternatives(branch, below))
    : [schema];
}

/** What a property of a value may look like, or undefined when some branch of the schema does not name it. */
function propertySchemas(schema: JsonObject, name: string, place: Place): readonly JsonObject[] | undefined {
  if (place.depth > MAX_DEPTH) return undefined;
  const below = { ...place, depth: place.depth + 1 };
  const found = alternatives(schema, place).map((branch): readonly JsonObject[] | undefined => {
    const properties = branch["properties"];
    const own = isJsonObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (isJsonObject(own)) return [own];
    const parts = Array.isArray(branch["allOf"]) ? branch["allOf"].filter(isObjectSchema) : [];
    return parts.map((part) => propertySchemas(part, name, below)).find((part) => part !== undefined);
  });
  return found.some((branch) => branch === undefined) ? undefined : found.flatMap((branch) => branch ?? []);
}

function knownKinds(shapes: readonly JsonObject[], root: JsonObject): readonly string[] | null {
  const kinds = new Set<string>();
  for (const shape of shapes) {
    const schemas = propertySchemas(shape, "kind", { root, depth: 0 });
    const values = schemas?.map(literals) ?? [];
    if (values.length === 0 || values.some((literal) => literal === null)) return null;
    for (const literal of values.flatMap((list) => list ?? [])) kinds.add(literal);
  }
  return kinds.size === 0 ? null : [...kinds];
}

/** The strings that a schema admits when it lists them. */
function literals(schema: JsonObject): readonly string[] | null {
  const listed: Json | undefined = schema["const"] === undefined ? schema["enum"] : [schema["const"]];
  if (!Array.isArray(listed)) return null;
  const texts = listed.filter((value: Json) => typeof value === "string");
  return texts.length === listed.length ? texts : null;
}

function isArraySchema(schema: JsonObject): boolean {
  return schema["type"] === "array";
}

function isObjectSchema(schema: Json): schema is JsonObject {
  return isJsonObject(schema);
}
