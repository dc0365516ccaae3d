import type { JsonObject } from "../protocol/json.ts";

/** A tool call of a fake reply. */
export interface FakeToolCall {
  readonly name: string;
  readonly args?: JsonObject;
  /** Sent as the argument text instead of `args`, as it is: malformed, cut or huge. */
  readonly argsText?: string;
  /** Default `toolu_{request}_{index}`; give two calls the same id to see what happens. */
  readonly id?: string;
}

/** A reasoning block of a fake reply: signed text, or a redacted block. */
export type FakeReasoning = { readonly text: string; readonly signature?: string } | { readonly redacted: string };

/** Tokens that a fake reply claims. */
export interface FakeUsage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cacheReadTokens?: number;
  readonly cacheWriteTokens?: number;
}

/** An error in the words of the Messages API. */
export interface FakeError {
  /** For example `rate_limit_error`, `overloaded_error`, `invalid_request_error`. */
  readonly type: string;
  readonly message?: string;
}

/** An error answered instead of a reply. */
export interface FakeHttpError extends FakeError {
  readonly status: number;
  /** Sent as the `retry-after` header: seconds or an HTTP date. */
  readonly retryAfter?: string;
  readonly headers?: { readonly [name: string]: string };
}

/**
 * One answer of the fake Messages API. Content comes in the order reasoning, text, tool calls; every field is optional, and an
 * empty object is an empty answer. A chunk is one delta event.
 */
export interface FakeReply {
  readonly reasoning?: string | readonly FakeReasoning[];
  /** Several texts are sent as the deltas of one block. */
  readonly text?: string | readonly string[];
  readonly toolCalls?: readonly FakeToolCall[];
  /** Default `tool_use` with tool calls and `end_turn` without. */
  readonly stopReason?: string;
  readonly usage?: FakeUsage;

  /** Answers with this error instead of content. */
  readonly error?: FakeHttpError;
  /** Ends the stream with this error event after the content. */
  readonly streamError?: FakeError;

  /** Waits before the headers. */
  readonly delayMs?: number;
  /** Waits before every chunk. */
  readonly chunkDelayMs?: number;
  /** Characters of one chunk; by default a block is sent in at most 64 chunks. */
  readonly chunkChars?: number;

  /** Never sends headers. */
  readonly stallBeforeHeaders?: boolean;
  /** Sends headers and then nothing. */
  readonly stallAfterHeaders?: boolean;
  /** Sends nothing more after this many chunks. */
  readonly stallAfterChunks?: number;
  /** Destroys the connection after this many chunks. */
  readonly cutAfterChunks?: number;
  /** Sends these bytes after the first chunk, or at the end when there is none. */
  readonly rubbish?: string | Uint8Array;
  /** Ends the response in good order, without `message_stop`. */
  readonly endWithoutStop?: boolean;
  /** Sends everything and then leaves the response open. */
  readonly neverEnd?: boolean;
}

/** A content block as the API sends it. */
export type FakeBlock =
  | { readonly type: "text"; readonly text: string; readonly deltas: readonly string[] }
  | {
      readonly type: "thinking";
      readonly thinking: string;
      readonly signature: string;
      readonly deltas: readonly string[];
    }
  | { readonly type: "redacted_thinking"; readonly data: string; readonly deltas: readonly string[] }
  | { readonly type: "tool_use"; readonly id: string; readonly name: string; readonly deltas: readonly string[] };

/** The content blocks of a reply, each with the texts of its deltas. */
export function blocksOf(reply: FakeReply, requestIndex: number): readonly FakeBlock[] {
  const { reasoning = [], text = [], toolCalls = [] } = reply;
  const reasonings = typeof reasoning === "string" ? [{ text: reasoning }] : reasoning;
  const texts = typeof text === "string" ? chunks(text, reply.chunkChars) : text;
  return [
    ...reasonings.map((block) => reasoningBlock(block, reply.chunkChars)),
    ...(texts.length === 0 ? [] : [{ type: "text" as const, text: texts.join(""), deltas: texts }]),
    ...toolCalls.map((call, index) => ({
      type: "tool_use" as const,
      id: call.id ?? `toolu_${requestIndex}_${index}`,
      name: call.name,
      deltas: chunks(call.argsText ?? JSON.stringify(call.args ?? {}), reply.chunkChars),
    })),
  ];
}

/** The stop reason of a reply. */
export function stopReasonOf(reply: FakeReply): string {
  return reply.stopReason ?? ((reply.toolCalls ?? []).length > 0 ? "tool_use" : "end_turn");
}

function reasoningBlock(block: FakeReasoning, chunkChars: number | undefined): FakeBlock {
  if ("redacted" in block) return { type: "redacted_thinking", data: block.redacted, deltas: [] };
  const signature = block.signature ?? "fake-signature";
  return { type: "thinking", thinking: block.text, signature, deltas: chunks(block.text, chunkChars) };
}

function chunks(text: string, chunkChars: number | undefined): readonly string[] {
  const size = chunkChars ?? Math.max(16, Math.ceil(text.length / 64));
  const result: string[] = [];
  let chunk = "";
  for (const char of text) {
    chunk += char;
    if (chunk.length < size) continue;
    result.push(chunk);
    chunk = "";
  }
  return chunk === "" ? result : [...result, chunk];
}
