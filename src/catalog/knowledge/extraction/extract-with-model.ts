import type { ModelProvider } from "../../../models/port.ts";
import { BridleError, errorInfo, type ErrorInfo } from "../../../protocol/errors.ts";
import { KNOWLEDGE_EXTRACT_CONCURRENCY } from "../../../protocol/limits/knowledge.ts";
import type { KeyValueStore } from "../../key-value/port.ts";
import { askModel } from "./ask-model.ts";
import { type Part, extractionKey, partHash } from "./found-item.ts";
import {
  type ExtractionEstimate,
  type PlannedCall,
  chunksOf,
  estimateExtraction,
  planExtraction,
} from "./plan-extraction.ts";
import { TokenBudget } from "./token-budget.ts";

/** Which model looks for terms, metrics and rules that no structure marks, and how much of it may be used. */
export interface ExtractionModel {
  readonly provider: ModelProvider;
  readonly model: string;
  /** No call is begun that could bring the tokens of this ingestion above it; 0 asks nothing. */
  readonly maxTokens?: number;
  /** Hears what it would take before anything is asked. */
  readonly onEstimate?: (estimate: ExtractionEstimate) => void;
}

/** What asking a model came to. */
export interface ExtractionReport {
  readonly estimate: ExtractionEstimate;
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly parts: number;
  readonly items: number;
  /** Parts that were not asked about: over the limit, or behind the error. The next ingestion goes on with them. */
  readonly left: number;
  readonly error?: ErrorInfo;
}

/** What an extraction works with. */
export interface ExtractionWork {
  readonly keyValue: KeyValueStore;
  readonly contents: Iterable<string>;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Asks a model about every part of the contents that it has not been asked about, a few calls side by side. Each answer is kept at
 * once, so that whoever interrupts it pays for nothing twice. An error of the provider ends the asking and is part of the report.
 */
export async function extractWithModel(work: ExtractionWork, wish: ExtractionModel): Promise<ExtractionReport> {
  const plan = await planExtraction(work.keyValue, work.contents, wish.model);
  const estimate = estimateExtraction(wish.model, plan);
  wish.onEstimate?.(estimate);
  const asking = {
    ...work,
    ...wish,
    total: estimate.parts,
    budget: new TokenBudget(wish.maxTokens ?? Infinity),
    counts: { parts: 0, items: 0 },
  };
  const error = await askAll(asking, plan);
  const left = estimate.parts - asking.counts.parts;
  return { estimate, ...asking.budget.used, ...asking.counts, left, ...(error === undefined ? {} : { error }) };
}

interface Asking extends ExtractionWork, ExtractionModel {
  readonly total: number;
  readonly budget: TokenBudget;
  readonly counts: { parts: number; items: number };
}

async function askAll(asking: Asking, plan: readonly PlannedCall[]): Promise<ErrorInfo | undefined> {
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(asking.signal === undefined ? [] : [asking.signal])]);
  const waiting = plan.values();
  const lane = async (): Promise<void> => {
    try {
      for (const call of waiting) {
        signal.throwIfAborted();
        if (!(await askOne(asking, call, signal))) return;
      }
    } catch (error) {
      failed.abort(error);
    }
  };
  await Promise.all(Array.from({ length: KNOWLEDGE_EXTRACT_CONCURRENCY }, lane));
  asking.signal?.throwIfAborted();
  if (failed.signal.reason instanceof BridleError) return errorInfo(failed.signal.reason);
  failed.signal.throwIfAborted();
  return undefined;
}

/** Says whether the budget lasted. */
async function askOne(asking: Asking, call: PlannedCall, signal: AbortSignal): Promise<boolean> {
  const { keyValue, provider, model, budget, counts, total } = asking;
  const chunks = await chunksOf(keyValue, call.content);
  const parts = call.chunks.flatMap((index): readonly Part[] => chunks.slice(index, index + 1));
  const seed = `${call.content}/${call.chunks.join(",")}`;
  const found = await askModel({ provider, model, budget, signal }, parts, seed);
  const answered = parts.flatMap((part, index) => {
    const extraction = found[index];
    return extraction === undefined ? [] : [{ part, extraction }];
  });
  await keyValue.put(
    answered.map(({ part, extraction }) => ({
      key: extractionKey(partHash(part)),
      value: JSON.stringify(extraction),
    })),
  );
  counts.parts += answered.length;
  counts.items += answered.reduce((sum, { extraction }) => sum + extraction.items.length, 0);
  asking.onProgress?.(counts.parts, total);
  return answered.length === parts.length;
}
