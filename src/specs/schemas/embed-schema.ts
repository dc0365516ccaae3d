import type { JsonObject } from "../../protocol/json.ts";
import { isJsonObject } from "./is-json-object.ts";
import { mapSubschemas } from "./json-schema-walk.ts";

/** A schema for use inside another document, and the definitions that belong at that document's top. */
export interface EmbeddedSchema {
  readonly schema: JsonObject;
  readonly defs: JsonObject;
}

/** Makes a JSON Schema fit for use inside another one, where `#` no longer means its own top. */
export function embedSchema(document: JsonObject): EmbeddedSchema {
  const { $defs, $schema: _, $id: __, ...rest } = document;
  const defs = isJsonObject($defs) ? $defs : {};
  const own = freeName(defs);
  let refersToTop = false;
  const renamed = (schema: JsonObject): JsonObject => {
    const inside = mapSubschemas(schema, (inner) =>
      isJsonObject(inner.schema) ? renamed(inner.schema) : inner.schema,
    );
    if (inside["$ref"] !== "#") return inside;
    refersToTop = true;
    return { ...inside, $ref: `#/$defs/${own}` };
  };
  const schema = renamed(rest);
  const others = Object.fromEntries(
    Object.entries(defs).map(([name, inner]) => [name, isJsonObject(inner) ? renamed(inner) : inner]),
  );
  return refersToTop
    ? { schema: { $ref: `#/$defs/${own}` }, defs: { ...others, [own]: schema } }
    : { schema, defs: others };
}

function freeName(defs: JsonObject): string {
  let name = "Body";
  while (Object.hasOwn(defs, name)) name += "_";
  return name;
}
