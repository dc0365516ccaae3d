import { hash } from "node:crypto";
import * as z from "zod";

/** Names and units are one line. */
const LINE = /^[^\p{Cc}\u2028\u2029]+$/u;

/** Changes with what models are asked. */
const QUESTION_VERSION = 1;

/** What a model found in one part of a document: a proposal, with the words of the document that it rests on. */
export const FoundItem = z.strictObject({
  kind: z.enum(["term", "metric", "rule"]).describe("what it is"),
  name: z.string().trim().min(1).max(200).regex(LINE).describe("what people call it, as the document writes it"),
  definition: z
    .string()
    .trim()
    .min(1)
    .max(2_000)
    .describe("what the document says it means, in one to three sentences"),
  quote: z.string().trim().min(8).max(1_000).describe("the words of the part that say so, copied exactly"),
  sql: z
    .string()
    .trim()
    .min(1)
    .max(4_000)
    .optional()
    .describe("the formula or SQL, only when the part states it, copied"),
  unit: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .regex(LINE)
    .optional()
    .describe("the unit of a metric, only when the part states it"),
});
export type FoundItem = z.infer<typeof FoundItem>;

/** What is kept of the answer about one part. */
export const StoredExtraction = z.strictObject({
  model: z.string(),
  items: z.array(FoundItem),
  /** What was wrong with the answer; the part is not asked about again. */
  problem: z.string().optional(),
});
export type StoredExtraction = z.infer<typeof StoredExtraction>;

/** A part of a document as a model is shown it. */
export interface Part {
  readonly headings: readonly string[];
  readonly text: string;
}

/** Names what a part says, wherever it stands: the same words under the same headings are asked about once. */
export function partHash({ headings, text }: Part): string {
  return hash("sha256", JSON.stringify([QUESTION_VERSION, headings, text]), "hex");
}

/** The key of what was found in a part. */
export function extractionKey(part: string): string {
  return `${EXTRACTION_PREFIX}${part}`;
}

/** What begins the keys of everything that models found. */
export const EXTRACTION_PREFIX = "knowledge/extraction/";
