import { BridleError } from "../../src/protocol/errors.ts";
import { ToolCallId } from "../../src/protocol/ids.ts";
import type { AssistantMessage, Message, ToolCallPart, ToolResultPart } from "../../src/protocol/message.ts";
import type { ModelCallContext, ModelDelta, ModelRequest } from "../../src/models/port.ts";

export function user(text: string): Message {
  return { role: "user", parts: [{ type: "text", text }] };
}

export function assistant(parts: AssistantMessage["parts"], stop: AssistantMessage["stop"] = "end"): Message {
  return { role: "assistant", parts, model: "claude-test", stop };
}

export function toolCall(id: string, name = "lookup", args: ToolCallPart["args"] = {}): ToolCallPart {
  return { type: "tool-call", id: ToolCallId.parse(id), name, args };
}

export function toolResult(id: string, content: string, fields: Partial<ToolResultPart> = {}): ToolResultPart {
  return { type: "tool-result", id: ToolCallId.parse(id), name: "lookup", content, isError: false, ...fields };
}

export function results(...parts: readonly ToolResultPart[]): Message {
  return { role: "tool", parts };
}

export function modelRequest(messages: readonly Message[], fields: Partial<ModelRequest> = {}): ModelRequest {
  return {
    model: { id: "claude-test", provider: "anthropic", maxTokens: 1024 },
    system: { cacheKey: "k", layers: [{ name: "identity", text: "You are a data agent." }] },
    tools: [],
    messages,
    seed: "turn-1/step-1",
    ...fields,
  };
}

export function modelContext(
  signal: AbortSignal = new AbortController().signal,
): ModelCallContext & { readonly deltas: ModelDelta[] } {
  const deltas: ModelDelta[] = [];
  return { signal, deltas, onDelta: (delta) => void deltas.push(delta) };
}

/** What a call failed with; fails itself when the call did not fail, or with anything but a BridleError. */
export async function failureOf(call: Promise<unknown>): Promise<BridleError> {
  const outcome = await call.then(
    () => "no error",
    (error: unknown) => error,
  );
  if (outcome instanceof BridleError) return outcome;
  throw new Error(`expected a BridleError, received ${String(outcome)}`);
}
