import { thrownMessage } from "../lib/thrown-text.ts";
import { PREVIEW_CHARS } from "../protocol/limits/text.ts";
import type { JsonObject } from "../protocol/json.ts";

/** The arguments of a tool call as its text gives them; `complaint` says why the text could not be used. */
export interface ToolInput {
  readonly args: JsonObject;
  readonly complaint?: string;
}

/**
 * Parses the argument text of a tool call strictly: no text is no arguments, and anything but one JSON object is a complaint.
 * `wasCut` says that the reply ran into its output limit inside this call, so that missing text is a complaint too.
 */
export function parseToolInput(text: string, wasCut: boolean): ToolInput {
  if (text.trim() === "") return wasCut ? cut(text) : { args: {} };
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return { args: value };
    return { args: {}, complaint: `expected a JSON object, received ${kindOf(value)}` };
  } catch (error) {
    return wasCut ? cut(text) : { args: {}, complaint: parserComplaint(error) };
  }
}

function cut(text: string): ToolInput {
  return {
    args: {},
    complaint: `the reply reached its output limit inside these arguments, after ${text.length} characters`,
  };
}

// The value comes from JSON.parse, so an object here holds JSON only.
function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : `a ${typeof value}`;
}

function parserComplaint(error: unknown): string {
  return thrownMessage(error).slice(0, PREVIEW_CHARS);
}
