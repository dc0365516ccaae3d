import { KNOWLEDGE_EXTRACT_CHARS, KNOWLEDGE_EXTRACT_REPLY_TOKENS } from "../../../protocol/limits/knowledge.ts";
import type { KeyValueStore } from "../../key-value/port.ts";
import { StoredContent, contentKey } from "../stored-document.ts";
import { type Part, StoredExtraction, extractionKey, partHash } from "./found-item.ts";
import { questionTokens } from "./question.ts";

/** One call to make: parts of one content that the model has not been asked about. */
export interface PlannedCall {
  readonly content: string;
  /** Which chunks of the content. */
  readonly chunks: readonly number[];
  readonly inputTokens: number;
}

/** What asking a model would take; tokens are estimates, those of answers a usual one and the most there can be. */
export interface ExtractionEstimate {
  readonly model: string;
  readonly parts: number;
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly maxOutputTokens: number;
}

/** The calls that it takes to have asked the model about every part of the contents. */
export async function planExtraction(
  keyValue: KeyValueStore,
  contents: Iterable<string>,
  model: string,
): Promise<readonly PlannedCall[]> {
  const calls: PlannedCall[] = [];
  const planned = new Set<string>();
  for (const content of contents) {
    const chunks = await chunksOf(keyValue, content);
    const parts = chunks.map((part, index) => ({ part, index, hash: partHash(part) }));
    const known = await keyValue.get(parts.map(({ hash }) => extractionKey(hash)));
    const missing = parts.filter(({ hash }) => {
      const stored = known.get(extractionKey(hash));
      if (planned.has(hash)) return false;
      return stored === undefined || StoredExtraction.parse(JSON.parse(stored)).model !== model;
    });
    for (const { hash } of missing) planned.add(hash);
    for (const batch of batches(missing)) {
      const inputTokens = questionTokens(batch.map(({ part }) => part));
      calls.push({ content, chunks: batch.map(({ index }) => index), inputTokens });
    }
  }
  return calls;
}

/** The chunks of a stored content. */
export async function chunksOf(keyValue: KeyValueStore, content: string): Promise<readonly Part[]> {
  const key = contentKey(content);
  const stored = (await keyValue.get([key])).get(key);
  if (stored === undefined) return [];
  return StoredContent.parse(JSON.parse(stored)).chunks.map(({ headings, text }) => ({ headings, text }));
}

/** Sums up what was planned. */
export function estimateExtraction(model: string, calls: readonly PlannedCall[]): ExtractionEstimate {
  const parts = calls.reduce((sum, { chunks }) => sum + chunks.length, 0);
  const maxOutputTokens = calls.length * KNOWLEDGE_EXTRACT_REPLY_TOKENS;
  return {
    model,
    parts,
    calls: calls.length,
    inputTokens: calls.reduce((sum, { inputTokens }) => sum + inputTokens, 0),
    outputTokens: Math.min(maxOutputTokens, parts * TOKENS_FOUND),
    maxOutputTokens,
  };
}

/** What is found in a part of ordinary prose. */
const TOKENS_FOUND = 200;

interface Missing {
  readonly part: Part;
  readonly index: number;
  readonly hash: string;
}

/** Neighbours together, as many as one question holds. */
function batches(missing: readonly Missing[]): readonly (readonly Missing[])[] {
  const all: Missing[][] = [];
  let chars = 0;
  for (const one of missing) {
    const open = all.at(-1);
    if (open === undefined || chars + one.part.text.length > KNOWLEDGE_EXTRACT_CHARS) {
      all.push([one]);
      chars = one.part.text.length;
    } else {
      open.push(one);
      chars += one.part.text.length;
    }
  }
  return all;
}
