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
export const ReasoningPart = z.strictObject({ type: z.literal("reasoning"), text: z.string(), opaque: JsonObject.optional() });
export type ReasoningPart = z.infer<typeof ReasoningPart>;

export const ToolCallPart = z.strictObject({ type: z.literal("tool-call"), id: ToolCallId, name: z.string(), args: Json });
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

export const UserMessage = z.strictObject({ role: z.literal("user"), parts: z.array(TextPart).readonly() });
export type UserMessage = z.infer<typeof UserMessage>;

export const AssistantMessage = z.strictObject({
  role: z.literal("assistant"),
  parts: z.array(z.discriminatedUnion("type", [TextPart, ReasoningPart, ToolCallPart])).readonly(),
  model: z.string(),
  stop: StopReason,
});
export type AssistantMessage = z.infer<typeof AssistantMessage>;

export const ToolMessage = z.strictObject({ role: z.literal("tool"), parts: z.array(ToolResultPart).readonly() });
export type ToolMessage = z.infer<typeof ToolMessage>;

export const Message = z.discriminatedUnion("role", [UserMessage, AssistantMessage, ToolMessage]);
export type Message = z.infer<typeof Message>;
