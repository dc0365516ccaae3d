import type { ModelProvider } from "./port.ts";
import { textUsage } from "./text-usage.ts";

/** A provider that answers every call with the same text and never asks for a tool. */
export function mockProvider(text: string): ModelProvider {
  return {
    name: "mock",
    async call(request, context) {
      context.signal.throwIfAborted();
      if (text !== "") context.onDelta({ type: "text", text });
      return {
        message: {
          role: "assistant",
          parts: text === "" ? [] : [{ type: "text", text }],
          model: request.model.id,
          stop: "end",
        },
        usage: textUsage(request.messages, text),
        malformedArgs: {},
      };
    },
  };
}
