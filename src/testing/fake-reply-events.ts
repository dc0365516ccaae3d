import { blocksOf, type FakeBlock, type FakeReply, stopReasonOf } from "./fake-reply.ts";

/** One server-sent event of a fake stream; `isChunk` marks the deltas that carry content. */
export interface FakeEvent {
  readonly name: string;
  readonly data: object;
  readonly isChunk: boolean;
}

/** What identifies the request that is answered. */
export interface FakeAnswered {
  readonly index: number;
  readonly model: string;
}

/** A reply as the events of the streaming wire format. */
export function eventsOf(reply: FakeReply, answered: FakeAnswered): readonly FakeEvent[] {
  const usage = usageOf(reply);
  const start = {
    ...messageHead(answered),
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...usage, output_tokens: 1 },
  };
  const end = [
    event("message_delta", { delta: { stop_reason: stopReasonOf(reply), stop_sequence: null }, usage }),
    event("message_stop", {}),
  ];
  return [
    event("message_start", { message: start }),
    event("ping", {}),
    ...blocksOf(reply, answered.index).flatMap(blockEvents),
    ...(reply.streamError === undefined ? (reply.endWithoutStop === true ? [] : end) : [errorEvent(reply.streamError)]),
  ];
}

/** A reply as the body of a call without `stream: true`. */
export function messageOf(reply: FakeReply, answered: FakeAnswered): object {
  const content = blocksOf(reply, answered.index).map(({ deltas, ...block }) =>
    block.type === "tool_use" ? { ...block, input: inputOf(deltas.join("")) } : block,
  );
  return {
    ...messageHead(answered),
    content,
    stop_reason: stopReasonOf(reply),
    stop_sequence: null,
    usage: usageOf(reply),
  };
}

function messageHead({ index, model }: FakeAnswered): object {
  return { id: `msg_fake_${index}`, type: "message", role: "assistant", model };
}

function event(name: string, fields: object): FakeEvent {
  return { name, data: { type: name, ...fields }, isChunk: false };
}

function errorEvent(error: { readonly type: string; readonly message?: string }): FakeEvent {
  return event("error", { error: { type: error.type, message: error.message ?? error.type } });
}

function blockEvents(block: FakeBlock, index: number): readonly FakeEvent[] {
  const deltas = block.deltas.map((text) => ({
    ...event("content_block_delta", { index, delta: deltaOf(block, text) }),
    isChunk: true,
  }));
  const signed =
    block.type === "thinking"
      ? [event("content_block_delta", { index, delta: { type: "signature_delta", signature: block.signature } })]
      : [];
  return [
    event("content_block_start", { index, content_block: emptyBlock(block) }),
    ...deltas,
    ...signed,
    event("content_block_stop", { index }),
  ];
}

function emptyBlock(block: FakeBlock): object {
  switch (block.type) {
    case "text":
      return { type: "text", text: "" };
    case "thinking":
      return { type: "thinking", thinking: "", signature: "" };
    case "redacted_thinking":
      return { type: "redacted_thinking", data: block.data };
    case "tool_use":
      return { type: "tool_use", id: block.id, name: block.name, input: {} };
  }
}

function deltaOf(block: FakeBlock, text: string): object {
  switch (block.type) {
    case "text":
      return { type: "text_delta", text };
    case "thinking":
      return { type: "thinking_delta", thinking: text };
    case "tool_use":
      return { type: "input_json_delta", partial_json: text };
    case "redacted_thinking":
      return {};
  }
}

function inputOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function usageOf({ usage = {} }: FakeReply): object {
  return {
    input_tokens: usage.inputTokens ?? 10,
    output_tokens: usage.outputTokens ?? 5,
    cache_read_input_tokens: usage.cacheReadTokens ?? 0,
    cache_creation_input_tokens: usage.cacheWriteTokens ?? 0,
  };
}
