import { setTimeout as sleep } from "node:timers/promises";
import { sha256 } from "../lib/sha256.ts";
import { ToolCallId } from "../protocol/ids.ts";
import type { AssistantMessage, Message } from "../protocol/message.ts";
import type { ModelCallContext, ModelProvider, ModelReply, ModelRequest } from "./port.ts";
import { resolveArgs } from "./scripted-args.ts";
import { parseScript, type ScriptReply, type ScriptWords } from "./scripted-script.ts";
import { textUsage } from "./text-usage.ts";

/** How the scripted provider streams; by default a whole text at once. */
export interface ScriptedProviderOptions {
  /** Pause between two pieces of text. */
  readonly chunkDelayMs?: number;
  /** Characters of one piece of text. */
  readonly chunkChars?: number;
}

/**
 * A deterministic provider without a network: the prompt is a JSON script of tool calls and texts and is run step by step; any
 * other prompt is answered with itself. Where it stands follows from the conversation alone, so a retry gives the same reply.
 */
export function scriptedProvider(options: ScriptedProviderOptions = {}): ModelProvider {
  return {
    name: "scripted",
    async call(request, context) {
      context.signal.throwIfAborted();
      const { words, calls } = nextReply(request.messages);
      const callParts = calls.map((call, index) => ({
        type: "tool-call" as const,
        id: ToolCallId.parse(`call_${sha256(request.seed).slice(0, 12)}_${index}`),
        name: call.tool,
        args: resolveArgs(call, request.messages),
      }));
      await stream(words, options, context);
      return toReply(request, [...words, ...callParts]);
    },
  };
}

function nextReply(messages: readonly Message[]): ScriptReply {
  const promptAt = messages.findLastIndex((message) => message.role === "user");
  const prompt = messages[promptAt]?.role === "user" ? messages[promptAt].parts : [];
  const text = prompt.map((part) => part.text).join("");
  const replies = parseScript(text) ?? [{ words: [{ type: "text", text }], calls: [] }];
  const position = messages.slice(promptAt + 1).filter((message) => message.role === "assistant").length;
  const reply = replies[Math.min(position, replies.length - 1)] ?? { words: [], calls: [] };
  const isSilentEnd = reply.calls.length === 0 && !reply.words.some((word) => word.type === "text");
  return isSilentEnd
    ? { words: [...reply.words, { type: "text", text: lastResults(messages.slice(promptAt + 1)) }], calls: [] }
    : reply;
}

/** How much of the last results a script without a final text ends with. */
const RESULT_CHARS = 500;

function lastResults(messages: readonly Message[]): string {
  const last = messages.findLast((message) => message.role === "tool");
  const contents = last?.role === "tool" ? last.parts.map((part) => part.content) : [];
  return contents.join("\n").slice(0, RESULT_CHARS).toWellFormed();
}

async function stream(
  words: readonly ScriptWords[],
  options: ScriptedProviderOptions,
  context: ModelCallContext,
): Promise<void> {
  for (const { type, text } of words) {
    for (const piece of pieces(text, options.chunkChars)) {
      await pause(options.chunkDelayMs ?? 0, context.signal);
      context.onDelta({ type, text: piece });
    }
  }
}

function pieces(text: string, chunkChars: number | undefined): readonly string[] {
  if (chunkChars === undefined) return text === "" ? [] : [text];
  const chars = Array.from(text);
  const size = Math.max(1, chunkChars);
  return Array.from({ length: Math.ceil(chars.length / size) }, (_, index) =>
    chars.slice(index * size, (index + 1) * size).join(""),
  );
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => undefined);
  signal.throwIfAborted();
}

function toReply(request: ModelRequest, content: AssistantMessage["parts"]): ModelReply {
  const parts = content.filter((part) => part.type === "tool-call" || part.text !== "");
  const stop = parts.some((part) => part.type === "tool-call") ? "tools" : "end";
  const output = parts.map((part) => (part.type === "tool-call" ? JSON.stringify(part.args) : part.text)).join("");
  return {
    message: { role: "assistant", parts, model: request.model.id, stop },
    usage: textUsage(request.messages, output),
    malformedArgs: {},
  };
}
