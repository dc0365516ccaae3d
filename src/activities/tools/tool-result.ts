import { byteLength, capText } from "../../lib/cap-text.ts";
import type { ErrorInfo } from "../../protocol/errors.ts";
import type { Json } from "../../protocol/json.ts";
import { TOOL_RESULT_BYTES, TOOL_RESULT_MODEL_BYTES } from "../../protocol/limits/tool.ts";
import type { CallResult } from "../../state/port.ts";
import { errorText } from "../error-text.ts";
import type { ToolOutcome } from "./invoke-tool.ts";
import type { ToolStep } from "./tool-step.ts";
import { untilStored } from "../until-stored.ts";

/** Stores what a tool returned: the text the model sees, the whole value when that was cut, and the event for readers. */
export async function storeResult(step: ToolStep, outcome: ToolOutcome): Promise<void> {
  const { store, turn } = step.place;
  const encoded = encode(step.tool.name, outcome);
  const result = await untilStored(step.host, () => callResult(step, encoded));
  const named = {
    type: "tool-invocation",
    state: "result",
    toolInvocationId: step.call.callId,
    toolName: step.call.name,
  } as const;
  const body = { ...named, result: readable(encoded), isError: encoded.isError };
  const event = { key: `${turn}:call:${step.call.callId}:result`, turn, agent: step.agent, body };
  await untilStored(step.host, () =>
    store.steps.commit(step.attempt, { result: null, settle: [result], events: [event] }),
  );
}

/** A result as text: JSON, or the plain string when the tool returned one. */
interface EncodedResult {
  readonly text: string;
  readonly isJson: boolean;
  readonly isError: boolean;
}

function encode(tool: string, outcome: ToolOutcome): EncodedResult {
  if (outcome.kind === "error") return encodedError(outcome.error);
  if (typeof outcome.value === "string")
    return checkedSize(tool, { text: outcome.value, isJson: false, isError: false });
  try {
    // A tool that returns nothing still answers its call.
    const text: string | undefined = JSON.stringify(outcome.value ?? null);
    if (text === undefined) return encodedError(notJson(tool, typeof outcome.value));
    return checkedSize(tool, { text, isJson: true, isError: false });
  } catch (error) {
    return encodedError(
      notJson(tool, error instanceof Error ? error.message.split("\n", 1).join("") : "an unreadable value"),
    );
  }
}

function checkedSize(tool: string, encoded: EncodedResult): EncodedResult {
  const size = byteLength(encoded.text);
  if (size <= TOOL_RESULT_BYTES) return encoded;
  return encodedError({
    code: "TOOL_RESULT_TOO_LARGE",
    message: `Tool "${tool}" returned ${size} bytes; at most ${TOOL_RESULT_BYTES} are kept.`,
    hint: "Ask for less, or let the tool return a reference.",
  });
}

function notJson(tool: string, received: string): ErrorInfo {
  return { code: "TOOL_RESULT_INVALID", message: `Tool "${tool}" must return a JSON value; received ${received}.` };
}

function encodedError(error: ErrorInfo): EncodedResult {
  return { text: capText(errorText(error), TOOL_RESULT_MODEL_BYTES), isJson: false, isError: true };
}

async function callResult(step: ToolStep, { text, isError }: EncodedResult): Promise<CallResult> {
  const { callId } = step.call;
  const content = capText(text, TOOL_RESULT_MODEL_BYTES);
  if (content === text) return { callId, content, isError };
  const blob = await step.place.store.blobs.put(new TextEncoder().encode(text));
  return { callId, content, isError, blob };
}

function readable({ text, isJson }: EncodedResult): Json {
  if (!isJson || byteLength(text) > TOOL_RESULT_MODEL_BYTES) return capText(text, TOOL_RESULT_MODEL_BYTES);
  return JSON.parse(text) as Json; // what JSON.stringify wrote
}
