import * as z from "zod";
import { Json } from "../protocol/json.ts";
import type { Message, ToolResultPart } from "../protocol/message.ts";
import { kindOf, type ScriptCall, scriptError, valueAt } from "./scripted-script.ts";

/**
 * The call's arguments with every `{"$result": tool, "path": "a.b.0"}` replaced by that part of the tool's latest result, or of its
 * `call`-th of this conversation, counted from 0.
 */
export function resolveArgs(call: ScriptCall, messages: readonly Message[]): Json {
  return resolve(call.args, { at: `${call.at}.args`, messages });
}

const Placeholder = z.strictObject({
  $result: z.string().min(1),
  call: z.number().int().nonnegative().optional(),
  path: z.string().optional(),
});

interface Place {
  readonly at: string;
  readonly messages: readonly Message[];
}

function resolve(value: Json, place: Place): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item, index) => resolve(item, inside(place, String(index))));
  if ("$result" in value) return resultOf(value, place);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, inside(place, key))]));
}

function inside(place: Place, key: string): Place {
  return { at: `${place.at}.${key}`, messages: place.messages };
}

function resultOf(value: Json, { at, messages }: Place): Json {
  const placeholder = Placeholder.safeParse(value);
  if (!placeholder.success)
    throw scriptError(at, '{"$result": tool, "call": 0, "path": "a.b.0"}', JSON.stringify(value).slice(0, 100));
  const { $result: tool, call, path = "" } = placeholder.data;
  const results = resultsOf(tool, messages);
  const result = call === undefined ? results.at(-1) : results[call];
  if (result === undefined)
    throw scriptError(at, `result ${call ?? 0} of the tool "${tool}"`, `${results.length} results`);
  const keys = path === "" ? [] : path.split(".");
  const whole = parsed(result.content);
  const found = Json.safeParse(valueAt(whole, keys));
  if (found.success) return found.data;
  throw scriptError(
    at,
    `a value at "${path}" of the result of "${tool}"`,
    `a result of kind ${kindOf(whole)} without it`,
  );
}

function resultsOf(tool: string, messages: readonly Message[]): readonly ToolResultPart[] {
  return messages.flatMap((message) =>
    message.role === "tool" ? message.parts.filter((part) => part.name === tool) : [],
  );
}

/** A result that is not JSON is its text. */
function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return content;
  }
}
