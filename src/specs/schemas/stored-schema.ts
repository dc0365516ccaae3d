import * as z from "zod";
import { copyJson } from "../../lib/copy-json.ts";
import { JsonObject } from "../../protocol/json.ts";
import { type SpecIssue, wrongField } from "../spec-issue.ts";
import { compileInputSchema, type InputSchema, isZod, type SchemaSource, type SchemaValue } from "./input-schema.ts";

/** A schema whose values are kept: the check, and the JSON Schema of what the check gives. */
export type StoredSchema<Value> =
  | { readonly ok: true; readonly input: InputSchema<Value>; readonly output: JsonObject }
  | { readonly ok: false; readonly issues: readonly SpecIssue[] };

/**
 * Compiles a schema of values that are stored as JSON and checked again when they are read or edited. One that turns its input
 * into something else than JSON is refused, because what it gives would not survive.
 */
export function compileStoredSchema<Source extends SchemaSource>(
  source: Source,
  path: string,
): StoredSchema<SchemaValue<Source>> {
  const compiled = compileInputSchema(source, path);
  if (!compiled.ok) return compiled;
  // SchemaValue is what the parse of this very source gives.
  const input = compiled.input as InputSchema<SchemaValue<Source>>;
  if (!isZod(source)) return { ok: true, input, output: input.jsonSchema };
  const output = outputSchema(source);
  return output === undefined ? { ok: false, issues: [transformed(path)] } : { ok: true, input, output };
}

function outputSchema(source: z.ZodType): JsonObject | undefined {
  let isPlain = true;
  const document = z.toJSONSchema(source, {
    io: "output",
    unrepresentable: () => {
      isPlain = false;
      return "any";
    },
  });
  return isPlain ? JsonObject.parse(copyJson(document)) : undefined;
}

function transformed(path: string): SpecIssue {
  return wrongField(path, "a schema that gives JSON, because its values are stored", "one with a transform");
}
