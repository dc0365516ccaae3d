import type { Message } from "../protocol/message.ts";
import type { Usage } from "../protocol/usage.ts";

/** A made-up but repeatable usage for providers that have no tokens: a token is four characters. */
export function textUsage(messages: readonly Message[], output: string): Usage {
  const inputChars = messages.reduce(
    (sum, message) => sum + message.parts.reduce((chars, part) => chars + lengthOf(part), 0),
    0,
  );
  return {
    inputTokens: tokens(inputChars),
    outputTokens: tokens(output.length),
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
  };
}

function lengthOf(part: Message["parts"][number]): number {
  switch (part.type) {
    case "text":
    case "reasoning":
      return part.text.length;
    case "tool-result":
      return part.content.length;
    case "tool-call":
      return part.name.length;
  }
}

function tokens(chars: number): number {
  return Math.ceil(chars / 4);
}
