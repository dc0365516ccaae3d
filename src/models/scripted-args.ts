import * as z from "zod";
import { Json } from "../protocol/json.ts";
import type { Message, ToolResultPart } from "../protocol/message.ts";
import { kindOf, type ScriptCall, scriptError, valueAt } from "./scripted-script.ts";

/** The call's arguments with every `{"$result": tool, "path": "a.b.0"}` replaced by that part of the tool's latest result. */
export function resolveArgs(call: ScriptCall, messages: readonly Message[]): Json {
  return resolve(call.args, { at: `${call.at}.args`, messages });
}

const Placeholder = z.strictObject({ $result: z.string().min(1), path: z.string().optional() });

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
    throw scriptError(at, '{"$result": tool, "path": "a.b.0"}', JSON.stringify(value).slice(0, 100));
  const { $result: tool, path = "" } = placeholder.data;
  const result = latestResult(tool, messages);
  if (result === undefined) throw scriptError(at, `an earlier result of the tool "${tool}"`, "none");
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

function latestResult(tool: string, messages: readonly Message[]): ToolResultPart | undefined {
  const message = messages.findLast(
    (candidate) => candidate.role === "tool" && candidate.parts.some((part) => part.name === tool),
  );
  return message?.role === "tool" ? message.parts.findLast((part) => part.name === tool) : undefined;
}

/** A result that is not JSON is its text. */
function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return content;
  }
}
