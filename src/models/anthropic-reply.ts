import { ToolCallId } from "../protocol/ids.ts";
import type { AssistantMessage, ReasoningPart, StopReason, TextPart, ToolCallPart } from "../protocol/message.ts";
import type { Usage } from "../protocol/usage.ts";
import { protocolError } from "./anthropic-error.ts";
import type { WireBlock, WireDelta, WireEvent, WireUsage } from "./anthropic-wire.ts";
import type { ModelDelta, ModelReply } from "./port.ts";
import { parseToolInput } from "./tool-input.ts";

/**
 * Builds one reply from the events of a stream, in the order the protocol promises; anything out of order is a protocol error.
 * Tool arguments stay text until the end: only then is it known whether the reply was cut.
 */
export class AnthropicReply {
  readonly #model: string;
  readonly #blocks: Block[] = [];
  #phase: "before" | "content" | "ending" | "finished" = "before";
  #stopReason: string | undefined;
  #usage: Usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };

  constructor(model: string) {
    this.#model = model;
  }

  get isFinished(): boolean {
    return this.#phase === "finished";
  }

  /** Takes the next event and returns the text or reasoning it brought, if any. */
  add(event: WireEvent): ModelDelta | undefined {
    switch (event.type) {
      case "message_start":
        this.#expect(event.type, "before");
        this.#phase = "content";
        this.#usage = merged(this.#usage, event.message.usage);
        return undefined;
      case "content_block_start":
        this.#expect(event.type, "content");
        if (event.index !== this.#blocks.length)
          throw protocolError(`block ${event.index} began where ${this.#blocks.length} was due`);
        return deltaOf(this.#blocks[this.#blocks.push(startBlock(event.content_block)) - 1]);
      case "content_block_delta":
        return extend(this.#openBlock(event.type, event.index), event.delta);
      case "content_block_stop":
        this.#openBlock(event.type, event.index).isOpen = false;
        return undefined;
      case "message_delta":
        if (this.#phase !== "ending") this.#expect(event.type, "content");
        this.#phase = "ending";
        this.#stopReason = event.delta.stop_reason ?? this.#stopReason;
        this.#usage = merged(this.#usage, event.usage);
        return undefined;
      case "message_stop":
        this.#expect(event.type, "ending");
        this.#phase = "finished";
        return undefined;
      case "error":
        throw protocolError("an error event was not handled");
    }
  }

  /** The whole reply, once the stream said that it is whole. */
  finish(): ModelReply {
    if (!this.isFinished) throw protocolError("it ended before message_stop");
    const wasCut = LENGTH_REASONS.has(this.#stopReason ?? "");
    const last = this.#blocks.at(-1);
    if (this.#blocks.some((block) => block.isOpen && !(wasCut && block === last)))
      throw protocolError("a block was never closed");
    const malformedArgs: Record<string, string> = {};
    const usedIds = new Set<string>();
    const parts = this.#blocks.flatMap((block): readonly Part[] => {
      if (block.kind !== "tool") return partOf(block);
      const { args, complaint } = parseToolInput(block.text || block.initial, wasCut && block === last);
      const id = uniqueId(block.id, usedIds);
      if (complaint !== undefined) malformedArgs[id] = complaint;
      return [{ type: "tool-call", id, name: block.name, args }];
    });
    const stop = stopOf(
      this.#stopReason,
      parts.some((part) => part.type === "tool-call"),
    );
    const message: AssistantMessage = { role: "assistant", parts, model: this.#model, stop };
    return { message, usage: this.#usage, malformedArgs };
  }

  #expect(type: string, phase: "before" | "content" | "ending"): void {
    if (this.#phase !== phase) throw protocolError(`${type} came out of order`);
  }

  #openBlock(type: string, index: number): Block {
    this.#expect(type, "content");
    const block = this.#blocks[index];
    if (block === undefined || !block.isOpen) throw protocolError(`${type} names block ${index}, which is not open`);
    return block;
  }
}

type Part = TextPart | ReasoningPart | ToolCallPart;

/** `text` collects what the block streams; blocks of a kind we do not know are followed but give nothing. */
type Block = { isOpen: boolean; text: string } & (
  | { readonly kind: "text" }
  | { readonly kind: "thinking"; signature: string }
  | { readonly kind: "redacted"; readonly data: string }
  | { readonly kind: "tool"; readonly id: string; readonly name: string; readonly initial: string }
  | { readonly kind: "unknown" }
);

function startBlock(block: WireBlock): Block {
  switch (block.type) {
    case "text":
      return { kind: "text", isOpen: true, text: block.text ?? "" };
    case "thinking":
      return { kind: "thinking", isOpen: true, text: block.thinking ?? "", signature: block.signature ?? "" };
    case "redacted_thinking":
      return { kind: "redacted", isOpen: true, text: "", data: block.data ?? "" };
    case "tool_use":
      if (!ToolCallId.safeParse(block.id).success || !block.name)
        throw protocolError("a tool call has no usable id or name");
      return {
        kind: "tool",
        isOpen: true,
        text: "",
        id: block.id ?? "",
        name: block.name,
        initial: initialInput(block.input),
      };
    default:
      return { kind: "unknown", isOpen: true, text: "" };
  }
}

/** Normally an empty placeholder for the deltas that follow; some gateways send the whole input here and no deltas. */
function initialInput(input: unknown): string {
  return typeof input === "object" && input !== null && Object.keys(input).length > 0 ? JSON.stringify(input) : "";
}

function deltaOf(block: Block | undefined): ModelDelta | undefined {
  if (block === undefined || block.text === "") return undefined;
  if (block.kind === "text") return { type: "text", text: block.text };
  return block.kind === "thinking" ? { type: "reasoning", text: block.text } : undefined;
}

function extend(block: Block, delta: WireDelta): ModelDelta | undefined {
  switch (delta.type) {
    case "text_delta":
      return append(block, "text", delta.text);
    case "thinking_delta":
      return append(block, "thinking", delta.thinking);
    case "input_json_delta":
      return append(block, "tool", delta.partial_json);
    case "signature_delta":
      if (block.kind !== "thinking") throw protocolError(`a signature_delta came inside a ${block.kind} block`);
      block.signature += delta.signature ?? "";
      return undefined;
    default:
      return undefined;
  }
}

function append(block: Block, kind: "text" | "thinking" | "tool", text: string | undefined): ModelDelta | undefined {
  if (block.kind === "unknown") return undefined;
  if (block.kind !== kind || text === undefined) throw protocolError(`a delta does not fit its ${block.kind} block`);
  block.text += text;
  if (text === "" || kind === "tool") return undefined;
  return { type: kind === "text" ? "text" : "reasoning", text };
}

function partOf(block: Exclude<Block, { kind: "tool" }>): readonly Part[] {
  const text = block.text.toWellFormed();
  switch (block.kind) {
    case "text":
      return text === "" ? [] : [{ type: "text", text }];
    case "thinking":
      // Without its signature (a reply cut inside its reasoning) a block cannot go back to the provider.
      if (block.signature === "") return text === "" ? [] : [{ type: "reasoning", text }];
      return [{ type: "reasoning", text, opaque: { type: "thinking", signature: block.signature } }];
    case "redacted":
      return [{ type: "reasoning", text: "", opaque: { type: "redacted_thinking", data: block.data } }];
    case "unknown":
      return [];
  }
}

function uniqueId(id: string, used: Set<string>): ToolCallId {
  let unique = id;
  for (let copy = 2; used.has(unique); copy++) unique = `${id}_${copy}`;
  used.add(unique);
  const parsed = ToolCallId.safeParse(unique);
  if (!parsed.success) throw protocolError("a tool call has no usable id");
  return parsed.data;
}

const LENGTH_REASONS: ReadonlySet<string> = new Set(["max_tokens", "model_context_window_exceeded"]);

/** A reply that holds calls and merely ended wants them run, whatever a gateway calls its reason. */
function stopOf(reason: string | undefined, hasCalls: boolean): StopReason {
  if (reason === "refusal") return "refusal";
  if (reason === "pause_turn") return "pause";
  if (LENGTH_REASONS.has(reason ?? "")) return "length";
  return hasCalls ? "tools" : "end";
}

/** Counts in later events are totals and replace earlier ones where given. */
function merged(usage: Usage, update: WireUsage | undefined): Usage {
  return {
    inputTokens: update?.input_tokens ?? usage.inputTokens,
    outputTokens: update?.output_tokens ?? usage.outputTokens,
    cacheReadTokens: update?.cache_read_input_tokens ?? usage.cacheReadTokens,
    cacheWriteTokens: update?.cache_creation_input_tokens ?? usage.cacheWriteTokens,
  };
}
