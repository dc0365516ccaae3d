import type { ErrorInfo } from "../../protocol/errors.ts";
import type { EventBody, EventDraft } from "../../protocol/event.ts";
import type { ModelDelta } from "../../models/port.ts";
import type { ScopedStore, StepAttempt, StepNews } from "../../state/port.ts";
import { DeltaWriter } from "./delta-writer.ts";
import { executionKey } from "../step-attempt.ts";

/** What readers hear of one attempt of a model step while it runs. */
export interface StepLog {
  /** An event of this step; `name` makes its key. */
  draft(name: string, body: EventBody): EventDraft;
  /**
   * The attempt begins, after what it found: the results of the calls before, so that no reader hears of this step before them, and
   * the attempts up to `superseded` that ended without a word, with their workers. What was told already is not told again.
   */
  started(model: string, found: StepFindings): Promise<void>;
  /** This attempt failed and another will follow. */
  retrying(reason: ErrorInfo, retryInMs: number): Promise<void>;
  deltas(signal: AbortSignal, passed: () => void): DeltaStream;
}

/** What a model step knows when it begins. */
export interface StepFindings {
  readonly superseded: number | null;
  readonly news: StepNews;
}

/** Takes text as it arrives; its signal also ends the call when the text can no longer be written. */
export interface DeltaStream {
  readonly signal: AbortSignal;
  add(delta: ModelDelta): void;
  /** Resolves when all of it is in the log; rejects when it could not be written. */
  flush(): Promise<void>;
  /** Resolves when nothing is being written any more. */
  settled(): Promise<void>;
}

/** Writes again while the store is away; a model that goes on speaking meanwhile is not cut. */
export type WhenBack = (write: () => Promise<void>) => Promise<void>;

interface StepLogOptions {
  readonly store: ScopedStore;
  readonly attempt: StepAttempt;
  readonly agent: string;
  readonly number: number;
  readonly whenBack: WhenBack;
}

/**
 * Opens the log of one attempt. Keys are made of turn, step, execution and attempt, so writing twice writes once; after a reset
 * attempts count from 1 again and are told apart by their execution.
 */
export function stepLog({ store, attempt, agent, number: step, whenBack }: StepLogOptions): StepLog {
  const { runId, turn } = attempt;
  const execution = executionKey(attempt);
  const draft = (name: string, body: EventBody): EventDraft => ({
    key: `${turn}:${attempt.step}:${name}`,
    turn,
    agent,
    body,
  });
  const append = (drafts: readonly EventDraft[]): Promise<void> => store.log.append(runId, drafts, attempt);
  const retryDraft = (superseded: number, reason: ErrorInfo, retryInMs?: number): EventDraft =>
    draft(`retry:${execution}:${superseded}`, {
      type: "step-retry",
      step,
      supersededAttempt: superseded,
      reason,
      ...(retryInMs === undefined ? {} : { retryInMs }),
    });
  const lostDrafts = (last: number): readonly EventDraft[] => {
    if (last < attempt.attempt) return Array.from({ length: last }, (_, index) => retryDraft(index + 1, WORKER_LOST));
    const body = { type: "step-retry", step, supersededAttempt: last, reason: WORKER_LOST } as const;
    return [draft(`retry:${execution}:reset`, body)];
  };
  return {
    draft,
    started: (model, { superseded, news }) => {
      const start = draft(`start:${execution}:${attempt.attempt}`, {
        type: "step-start",
        step,
        attempt: attempt.attempt,
        model,
      });
      return store.steps.tell(attempt, { ...news, events: [...news.events, ...lostDrafts(superseded ?? 0), start] });
    },
    retrying: (reason, retryInMs) => append([retryDraft(attempt.attempt, reason, retryInMs)]),
    deltas(outer, passed) {
      const cut = new AbortController();
      const writer = new DeltaWriter({
        draft: ({ type, text }, index) =>
          draft(`delta:${execution}:${attempt.attempt}:${index}`, { type, step, attempt: attempt.attempt, text }),
        append: async (drafts) => {
          await whenBack(() => append(drafts));
          passed();
        },
        onFailure: (error) => cut.abort(error),
      });
      return {
        signal: AbortSignal.any([outer, cut.signal]),
        add: (delta) => writer.add(delta),
        flush: () => writer.flush(),
        settled: () => writer.settled(),
      };
    },
  };
}

const WORKER_LOST: ErrorInfo = {
  code: "NO_WORKER",
  message: "The attempt before stopped without an answer; this one starts over.",
};
