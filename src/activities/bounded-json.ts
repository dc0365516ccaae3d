import { byteLength, capText } from "../lib/cap-text.ts";
import type { Json } from "../protocol/json.ts";
import { TOOL_RESULT_MODEL_BYTES } from "../protocol/limits/tool.ts";

/** A value small enough for the log; a larger one becomes the start of its text. */
export function boundedJson(value: Json): Json {
  const text = JSON.stringify(value);
  return byteLength(text) <= TOOL_RESULT_MODEL_BYTES ? value : capText(text, TOOL_RESULT_MODEL_BYTES);
}
