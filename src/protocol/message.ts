import * as z from "zod";
import { ToolCallId, ContentHash } from "./ids.ts";
import { Json, JsonObject } from "./json.ts";

/**
 * One message of a transcript, independent of any provider. Messages are content-addressed, so nothing volatile (time,
 * attempt, usage) may ever be added here.
 */

export const TextPart = z.strictObject({ type: z.literal("text"), text: z.string() });
export type TextPart = z.infer<typeof TextPart>;

/** Reasoning as the provider gave it; `opaque` goes back to the same provider verbatim (signatures, redacted blocks). */
export const ReasoningPart = z.strictObject({
  type: z.literal("reasoning"),
  text: z.string(),
  opaque: JsonObject.optional(),
});
export type ReasoningPart = z.infer<typeof ReasoningPart>;

export const ToolCallPart = z.strictObject({
  type: z.literal("tool-call"),
  id: ToolCallId,
  name: z.string(),
  args: Json,
});
export type ToolCallPart = z.infer<typeof ToolCallPart>;

/** What the model sees of a tool's result; `blob` holds the whole value when `content` was cut. */
export const ToolResultPart = z.strictObject({
  type: z.literal("tool-result"),
  id: ToolCallId,
  name: z.string(),
  content: z.string(),
  isError: z.boolean(),
  blob: ContentHash.optional(),
});
export type ToolResultPart = z.infer<typeof ToolResultPart>;

/** Why the model stopped, in our words. */
export const StopReason = z.enum(["end", "tools", "length", "refusal", "pause"]);
export type StopReason = z.infer<typeof StopReason>;

/** What was asked. */
export const UserMessage = z.strictObject({ role: z.literal("user"), parts: z.array(TextPart).readonly() });
/** What was asked. */
export type UserMessage = z.infer<typeof UserMessage>;

/** What the model answered: words, reasoning and tool calls in their order. */
export const AssistantMessage = z.strictObject({
  role: z.literal("assistant"),
  parts: z.array(z.discriminatedUnion("type", [TextPart, ReasoningPart, ToolCallPart])).readonly(),
  model: z.string(),
  stop: StopReason,
});
/** What the model answered: words, reasoning and tool calls in their order. */
export type AssistantMessage = z.infer<typeof AssistantMessage>;

/** The results of the calls of the message before, one each. */
export const ToolMessage = z.strictObject({ role: z.literal("tool"), parts: z.array(ToolResultPart).readonly() });
/** The results of the calls of the message before, one each. */
export type ToolMessage = z.infer<typeof ToolMessage>;

/** One message of a conversation. */
export const Message = z.discriminatedUnion("role", [UserMessage, AssistantMessage, ToolMessage]);
/** One message of a conversation. */
export type Message = z.infer<typeof Message>;
