import * as z from "zod";

const count = z.number().int().nonnegative();

/** Tokens of one or more model calls. */
export const Usage = z.strictObject({
  inputTokens: count,
  outputTokens: count,
  cacheReadTokens: count,
  cacheWriteTokens: count,
});
export type Usage = z.infer<typeof Usage>;
