import type {
  ContentBlockParam,
  MessageCreateParamsStreaming,
  MessageParam,
  TextBlockParam,
  Tool,
} from "@anthropic-ai/sdk/resources/messages";
import type { PromptManifest } from "../protocol/manifest.ts";
import { toAnthropicMessages } from "./anthropic-messages.ts";
import type { ModelRequest, ModelTool } from "./port.ts";

/**
 * The body of one call. Everything that stays the same between the steps of a turn comes first and in a fixed order, and
 * nothing but the request enters it, so that the provider finds the prefix in its prompt cache.
 */
export function toAnthropicRequest(request: ModelRequest): MessageCreateParamsStreaming {
  const { model } = request;
  const system = systemBlocks(request.system);
  const tools = request.tools.toSorted(byName).map(toTool);
  // Of a type without fields: the SDK no longer knows `temperature` and closes the list of `thinking`, but what a model takes
  // is for the API to say.
  const asDeclared: object = {
    ...(model.temperature === undefined ? {} : { temperature: model.temperature }),
    ...(model.thinking === undefined ? {} : { thinking: model.thinking }),
  };
  return {
    model: model.id,
    max_tokens: model.maxTokens,
    stream: true,
    ...asDeclared,
    ...(tools.length === 0 ? {} : { tools }),
    ...(system.length === 0 ? {} : { system }),
    messages: withCacheMark(toAnthropicMessages(request.messages)),
  };
}

const CACHED = { type: "ephemeral" } as const;

/** One block per layer; the mark on the last one covers the tools too, which come before it. */
function systemBlocks(prompt: PromptManifest): TextBlockParam[] {
  const layers = prompt.layers.filter((layer) => layer.text.trim() !== "");
  return layers.map(({ text }, index) => ({
    type: "text",
    text,
    ...(index === layers.length - 1 ? { cache_control: CACHED } : {}),
  }));
}

function byName(a: ModelTool, b: ModelTool): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function toTool(tool: ModelTool): Tool {
  return { name: tool.name, description: tool.description, input_schema: { ...tool.input, type: "object" } };
}

/** Marks the end of the conversation, so that the next call, which continues it, reads all of this one from the cache. */
function withCacheMark(messages: readonly MessageParam[]): MessageParam[] {
  return messages.map((message, index) => {
    if (index !== messages.length - 1 || typeof message.content === "string" || message.role === "system")
      return message;
    return {
      role: message.role,
      content: message.content.map((block, at, all) => (at === all.length - 1 ? marked(block) : block)),
    };
  });
}

function marked(block: ContentBlockParam): ContentBlockParam {
  return block.type === "thinking" || block.type === "redacted_thinking" ? block : { ...block, cache_control: CACHED };
}
