import * as z from "zod";

/**
 * The streaming events of the Messages API, as far as we read them. The provider may add fields, block kinds, delta kinds and
 * events at any time: those are let through or skipped, never refused.
 */

const count = z.number().int().nonnegative();

export const WireUsage = z.looseObject({
  input_tokens: count.nullish(),
  output_tokens: count.nullish(),
  cache_read_input_tokens: count.nullish(),
  cache_creation_input_tokens: count.nullish(),
});
export type WireUsage = z.infer<typeof WireUsage>;

export const WireBlock = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  thinking: z.string().optional(),
  signature: z.string().optional(),
  data: z.string().optional(),
  id: z.string().optional(),
  name: z.string().optional(),
  input: z.unknown().optional(),
});
export type WireBlock = z.infer<typeof WireBlock>;

export const WireDelta = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  thinking: z.string().optional(),
  signature: z.string().optional(),
  partial_json: z.string().optional(),
});
export type WireDelta = z.infer<typeof WireDelta>;

export const WireEvent = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("message_start"), message: z.looseObject({ usage: WireUsage.optional() }) }),
  z.looseObject({ type: z.literal("content_block_start"), index: count, content_block: WireBlock }),
  z.looseObject({ type: z.literal("content_block_delta"), index: count, delta: WireDelta }),
  z.looseObject({ type: z.literal("content_block_stop"), index: count }),
  z.looseObject({
    type: z.literal("message_delta"),
    delta: z.looseObject({ stop_reason: z.string().nullish() }),
    usage: WireUsage.optional(),
  }),
  z.looseObject({ type: z.literal("message_stop") }),
  z.looseObject({ type: z.literal("error"), error: z.looseObject({ type: z.string(), message: z.string() }) }),
]);
export type WireEvent = z.infer<typeof WireEvent>;

/** Events that carry something for us; any other is skipped. */
export const WIRE_EVENT_TYPES: ReadonlySet<string> = new Set(
  WireEvent.options.map((option) => option.shape.type.value),
);
