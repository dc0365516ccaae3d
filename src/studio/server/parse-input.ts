import * as z from "zod";
import { InputError } from "../../protocol/errors.ts";

const SHOWN_ISSUES = 5;

/** Parses what a caller sent; the error names each field that is wrong. `where` is `body` or `query`. */
export function parseInput<Output>(schema: z.ZodType<Output>, value: unknown, where: string): Output {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues
    .slice(0, SHOWN_ISSUES)
    .map((issue) => `${[where, ...issue.path].join(".")}: ${issue.message}`);
  throw new InputError("INPUT_INVALID", `The request is not valid: ${issues.join("; ")}.`, {
    hint: fieldsHint(schema, where),
  });
}

function fieldsHint(schema: z.ZodType, where: string): string {
  if (!(schema instanceof z.ZodObject)) return "See docs/automation.md.";
  const fields = Object.entries(schema.shape).map(([name, field]) => (isOptional(field) ? `${name}?` : name));
  return `The fields of the ${where} are ${fields.join(", ")}; see docs/automation.md.`;
}

function isOptional(field: unknown): boolean {
  return field instanceof z.ZodType && field.safeParse(undefined).success;
}

/** Parses a JSON body; an empty one is an empty object. */
export function parseBody<Output>(schema: z.ZodType<Output>, body: Uint8Array): Output {
  return parseInput(schema, body.byteLength === 0 ? {} : parseJson(body), "body");
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (error) {
    const reason = error instanceof TypeError ? "it is not UTF-8" : "it is not JSON";
    throw new InputError("INPUT_INVALID", `The request body cannot be read: ${reason}.`, {
      hint: 'Send one JSON object in UTF-8, such as {"decision": "approve"}.',
      cause: error,
    });
  }
}

/** A whole number in a query string or a header. */
export const WholeNumber = z
  .string()
  .regex(/^\d{1,15}$/, "expected a whole number")
  .transform(Number);
