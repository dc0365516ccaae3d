import type {
  ContentBlockParam,
  MessageParam,
  ToolResultBlockParam,
  ToolUseBlockParam,
} from "@anthropic-ai/sdk/resources/messages";
import * as z from "zod";
import { sha256 } from "../lib/sha256.ts";
import type { AssistantMessage, Message, ReasoningPart } from "../protocol/message.ts";

/**
 * Our transcript as the Messages API takes it. A pure function of the messages, so that the same transcript gives the same bytes
 * and the provider's prompt cache holds. Whatever the transcript went through, the result is one the API accepts: roles
 * alternate, no block is empty, every tool call is answered right after it, and no answer stands alone.
 */
export function toAnthropicMessages(messages: readonly Message[]): MessageParam[] {
  const turns = answered(merged(messages.map(toTurn)))
    .map((turn) => (turn.role === "assistant" ? withoutTrailingReasoning(turn) : resultsFirst(turn)))
    .filter((turn) => turn.content.length > 0);
  return merged(turns).map(({ role, content }) => ({ role, content: [...content] }));
}

interface Turn {
  readonly role: "user" | "assistant";
  readonly content: readonly ContentBlockParam[];
}

function toTurn(message: Message): Turn {
  switch (message.role) {
    case "user":
      return { role: "user", content: message.parts.flatMap((part) => textBlock(part.text)) };
    case "tool":
      return {
        role: "user",
        content: message.parts.map((part) => ({
          type: "tool_result",
          tool_use_id: toolUseId(part.id),
          content: part.content,
          ...(part.isError ? { is_error: true } : {}),
        })),
      };
    case "assistant":
      return { role: "assistant", content: message.parts.flatMap(assistantBlock) };
  }
}

function assistantBlock(part: AssistantMessage["parts"][number]): readonly ContentBlockParam[] {
  switch (part.type) {
    case "text":
      return textBlock(part.text);
    case "reasoning":
      return reasoningBlock(part);
    case "tool-call":
      return [
        { type: "tool_use", id: toolUseId(part.id), name: part.name, input: isObject(part.args) ? part.args : {} },
      ];
  }
}

/** The API refuses text blocks without a visible character. */
function textBlock(text: string): readonly ContentBlockParam[] {
  return text.trim() === "" ? [] : [{ type: "text", text }];
}

const Opaque = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("thinking"), signature: z.string() }),
  z.looseObject({ type: z.literal("redacted_thinking"), data: z.string() }),
]);

/** Reasoning without our mark comes from another provider, or was cut before it was signed; the API would refuse it. */
function reasoningBlock(part: ReasoningPart): readonly ContentBlockParam[] {
  const opaque = Opaque.safeParse(part.opaque);
  if (!opaque.success) return [];
  return opaque.data.type === "thinking"
    ? [{ type: "thinking", thinking: part.text, signature: opaque.data.signature }]
    : [{ type: "redacted_thinking", data: opaque.data.data }];
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The API takes letters, digits, dash and underscore. Ids from elsewhere keep what they can plus a mark that keeps them apart. */
function toolUseId(id: string): string {
  if (/^[A-Za-z0-9_-]+$/.test(id)) return id;
  return `${id.replaceAll(/[^A-Za-z0-9_-]/g, "_")}_${sha256(id).slice(0, 8)}`;
}

function merged(turns: readonly Turn[]): readonly Turn[] {
  const result: { role: Turn["role"]; content: ContentBlockParam[] }[] = [];
  for (const { role, content } of turns) {
    if (content.length === 0) continue;
    const last = result.at(-1);
    if (last?.role === role) last.content.push(...content);
    else result.push({ role, content: [...content] });
  }
  return result;
}

/** Gives every call its answer in the very next turn, and drops answers to calls that are not there. */
function answered(turns: readonly Turn[]): readonly Turn[] {
  return turns.flatMap((turn, index): readonly Turn[] => {
    const previous = turns[index - 1];
    const next = turns[index + 1];
    const calls = turn.role === "assistant" ? turn.content.filter(isToolUse) : [];
    const results = turn.role === "user" ? turn.content.filter(isToolResult) : [];
    if (results.length > 0) {
      const asked = new Set(previous?.content.filter(isToolUse).map((call) => call.id));
      const missing = [...asked].filter((id) => !results.some((result) => result.tool_use_id === id)).map(noResult);
      const kept = turn.content.filter((block) => block.type !== "tool_result" || asked.delete(block.tool_use_id));
      return [{ role: "user", content: [...kept, ...missing] }];
    }
    const isUnanswered = calls.length > 0 && !(next?.content.some(isToolResult) ?? false);
    return isUnanswered ? [turn, { role: "user", content: calls.map((call) => noResult(call.id)) }] : [turn];
  });
}

function isToolUse(block: ContentBlockParam): block is ToolUseBlockParam {
  return block.type === "tool_use";
}

function isToolResult(block: ContentBlockParam): block is ToolResultBlockParam {
  return block.type === "tool_result";
}

function noResult(id: string): ToolResultBlockParam {
  return { type: "tool_result", tool_use_id: id, content: "This call was not run.", is_error: true };
}

function resultsFirst(turn: Turn): Turn {
  const results = turn.content.filter(isToolResult);
  return { role: turn.role, content: [...results, ...turn.content.filter((block) => !isToolResult(block))] };
}

/** An assistant turn that ends in reasoning (nothing visible came after it) is refused. */
function withoutTrailingReasoning(turn: Turn): Turn {
  const end = turn.content.findLastIndex((block) => block.type !== "thinking" && block.type !== "redacted_thinking");
  return { role: turn.role, content: turn.content.slice(0, end + 1) };
}
