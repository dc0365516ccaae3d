import * as z from "zod";
import { copyJson } from "../../lib/copy-json.ts";
import { deepFreeze } from "../../lib/deep-freeze.ts";
import { thrownMessage } from "../../lib/thrown-text.ts";
import { SpecError } from "../../protocol/errors.ts";
import { JsonObject } from "../../protocol/json.ts";
import { describeValue } from "../describe-value.ts";
import { joinPath } from "../field-path.ts";
import { type SpecIssue, wrongField } from "../spec-issue.ts";
import { compileJsonSchema } from "./compile-json-schema.ts";
import { type InputIssue, inputIssue, inputIssues } from "./input-issue.ts";

/** A schema as its author writes it: zod, or JSON Schema. */
export type SchemaSource = z.ZodType | JsonObject;

/** The value that a schema's parse gives: what zod infers, or a JSON object. */
export type SchemaValue<Source> = Source extends z.ZodType ? z.output<Source> : JsonObject;

/** What a parse gave: the value, or everything that is wrong with it. */
export type ParseResult<Value = unknown> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly issues: readonly InputIssue[] };

/** A schema ready for use: what the model sees, and the check of what the model sends. */
export interface InputSchema<Value = unknown> {
  readonly jsonSchema: JsonObject;
  parse(this: void, value: unknown): ParseResult<Value>;
}

/** An input schema, or the reasons why there is none. */
export type CompiledInputSchema =
  { readonly ok: true; readonly input: InputSchema } | { readonly ok: false; readonly issues: readonly SpecIssue[] };

/** Compiles a schema. `path` is where it stands in its declaration, for the messages. */
export function compileInputSchema(source: unknown, path: string): CompiledInputSchema {
  const compiled = isZod(source) ? compileZod(source, path) : compileJsonSchema(source, path);
  if (!compiled.ok) return compiled;
  const { jsonSchema, schema } = compiled;
  if (PROBES.every((probe) => accepts(schema, probe))) {
    return { ok: false, issues: [wrongField(path, "a schema that refuses something", "one that accepts every value")] };
  }
  return { ok: true, input: deepFreeze({ jsonSchema, parse: (value: unknown) => safeParse(schema, value, path) }) };
}

const PROBES: readonly unknown[] = [null, "x", 42, {}, []];

/** An author's own check that throws on a probe has not accepted it. */
function accepts(schema: z.ZodType, probe: unknown): boolean {
  try {
    return schema.safeParse(probe).success;
  } catch {
    return false;
  }
}

/** Whether a value is a zod 4 schema, of whichever copy of zod. */
export function isZod(source: unknown): source is z.ZodType {
  return typeof source === "object" && source !== null && "_zod" in source;
}

function compileZod(schema: z.ZodType, path: string): CompiledZod {
  const issues: SpecIssue[] = [];
  const expected = "something that JSON Schema can express";
  const params: z.core.ToJSONSchemaParams = {
    io: "input",
    unrepresentable: (place) => {
      issues.push(wrongField(schemaPath(path, place.path), expected, describeType(place.zodSchema, place.message)));
      return "any";
    },
  };
  try {
    const { $schema: _, ...document } = z.toJSONSchema(schema, params);
    return issues.length > 0
      ? { ok: false, issues }
      : { ok: true, jsonSchema: JsonObject.parse(copyJson(document)), schema };
  } catch (error) {
    const complaint = thrownMessage(error);
    return { ok: false, issues: [wrongField(path, expected, `a zod schema that it cannot (${complaint})`)] };
  }
}

type CompiledZod =
  | { readonly ok: true; readonly jsonSchema: JsonObject; readonly schema: z.ZodType }
  | { readonly ok: false; readonly issues: readonly SpecIssue[] };

function describeType(schema: z.core.$ZodTypes, message: string): string {
  return `z.${schema._zod.def.type}() (${message})`;
}

/** Turns `properties, a, items` into `input.a[]`: the path through the value, not through the schema. */
function schemaPath(path: string, segments: readonly (string | number)[]): string {
  let result = path;
  for (let index = 0; index < segments.length; index++) {
    const segment = segments[index];
    if (segment === "properties") result = joinPath(result, String(segments[++index]));
    else if (segment === "items" || segment === "prefixItems") result += "[]";
    else if (segment === "additionalProperties") result += "[*]";
  }
  return result;
}

function safeParse(schema: z.ZodType, value: unknown, path: string): ParseResult {
  try {
    const result = schema.safeParse(value);
    return result.success
      ? { ok: true, value: result.data }
      : { ok: false, issues: inputIssues(result.error.issues, value) };
  } catch (error) {
    if (error instanceof z.core.$ZodAsyncError) {
      throw new SpecError(
        "SPEC_INVALID",
        `${path} must be a schema with synchronous checks only, received one with an asynchronous refinement or transform`,
        {
          hint: "Do the asynchronous check in the handler.",
          cause: error,
        },
      );
    }
    if (error instanceof RangeError)
      return { ok: false, issues: [inputIssue("", "less nesting", describeValue(value))] };
    throw error;
  }
}
