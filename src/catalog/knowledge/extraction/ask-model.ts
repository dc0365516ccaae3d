import { setTimeout as sleep } from "node:timers/promises";
import type { ModelProvider, ModelReply, ModelRequest } from "../../../models/port.ts";
import { ModelError } from "../../../protocol/errors.ts";
import {
  KNOWLEDGE_EXTRACT_ATTEMPTS,
  KNOWLEDGE_EXTRACT_REPLY_TOKENS,
  KNOWLEDGE_EXTRACT_WAIT_MS,
} from "../../../protocol/limits/knowledge.ts";
import type { Part, StoredExtraction } from "./found-item.ts";
import { question, questionTokens } from "./question.ts";
import { type Answer, readAnswer } from "./read-answer.ts";
import type { TokenBudget } from "./token-budget.ts";

/** Who is asked, and out of which budget. */
export interface AskedModel {
  readonly provider: ModelProvider;
  readonly model: string;
  readonly budget: TokenBudget;
  readonly signal: AbortSignal;
}

/**
 * What a model finds in each of the parts, in their order; undefined where the budget was used up. A provider that is busy is asked
 * again, an answer without form once more, and parts whose answer is too long are asked about in halves.
 */
export async function askModel(
  asked: AskedModel,
  parts: readonly Part[],
  seed: string,
): Promise<readonly (StoredExtraction | undefined)[]> {
  const { model } = asked;
  const first = await ask(asked, parts, `${seed}/1`);
  const answer = first?.kind === "unusable" ? await ask(asked, parts, `${seed}/2`) : first;
  if (answer === undefined) return parts.map(() => undefined);
  if (answer.kind === "cut" && parts.length > 1) {
    const half = Math.ceil(parts.length / 2);
    const before = await askModel(asked, parts.slice(0, half), `${seed}/a`);
    return [...before, ...(await askModel(asked, parts.slice(half), `${seed}/b`))];
  }
  if (answer.kind !== "items") {
    const problem = answer.kind === "cut" ? "the answer was longer than is read" : answer.problem;
    return parts.map(() => ({ model, items: [], problem }));
  }
  return answer.byPart.map((items, index) => {
    const isTold = index === 0 && answer.dropped > 0;
    return { model, items: [...items], ...(isTold ? { problem: droppedText(answer.dropped) } : {}) };
  });
}

function droppedText(count: number): string {
  return `${count} of the model's items left out: without the form asked for, or not in the words of the document`;
}

async function ask(asked: AskedModel, parts: readonly Part[], seed: string): Promise<Answer | undefined> {
  const most = questionTokens(parts) + KNOWLEDGE_EXTRACT_REPLY_TOKENS;
  const request = question(asked.model, parts, seed);
  const reply = await asked.budget.spend(most, async () => await callPatiently(asked, request));
  return reply === undefined ? undefined : readAnswer(reply, parts);
}

async function callPatiently({ provider, signal }: AskedModel, request: ModelRequest): Promise<ModelReply> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await provider.call(request, { signal, onDelta: () => undefined });
    } catch (error) {
      const isWorthIt = error instanceof ModelError && error.retryable && attempt < KNOWLEDGE_EXTRACT_ATTEMPTS;
      if (!isWorthIt) throw error;
      const wait = error.retryAfterMs ?? FIRST_WAIT_MS * 2 ** attempt;
      await sleep(Math.min(wait, KNOWLEDGE_EXTRACT_WAIT_MS), undefined, { signal });
    }
  }
}

const FIRST_WAIT_MS = 250;
