import { defineQuery, defineSignal, setHandler } from "@temporalio/workflow";
import { QUEUED_PROMPTS } from "../protocol/limits.ts";
import type { QueuedPrompt } from "../protocol/turn.ts";

/** Another prompt for this thread; it runs when the current one ended. */
export const promptSignal = defineSignal<[QueuedPrompt]>("prompt");
/** Stops one run of this thread, whether it runs or waits. */
export const cancelSignal = defineSignal<[{ readonly runId: string }]>("cancel");
/** What the turn is doing, for people. */
export const statusQuery = defineQuery<TurnStatus>("status");
/** What the turn waits for. */
export const pendingQuery = defineQuery<readonly PendingItem[]>("pending");

/** Answer of the `status` query. */
export interface TurnStatus {
  readonly runId: string;
  readonly turn: string;
  readonly step: number;
  readonly doing: string;
  readonly queued: readonly string[];
}

/** One thing a turn waits for. */
export interface PendingItem {
  readonly kind: "model" | "tool" | "agent";
  readonly name: string;
}

/**
 * Holds what arrived from outside until the main loop looks. Handlers only write here and never act: an acting signal handler
 * beside an update can write a history that never replays.
 */
export class TurnInbox {
  readonly #runId: string;
  readonly #queue: QueuedPrompt[];
  #cancelled = false;
  readonly #dropped: QueuedPrompt[] = [];

  constructor(runId: string, carried: readonly QueuedPrompt[]) {
    this.#runId = runId;
    this.#queue = [...carried];
    setHandler(promptSignal, (prompt) => this.#enqueue(prompt), {
      description: 'Queue another prompt of this thread. Input: {"runId":"run_..."}, stored beforehand.',
    });
    setHandler(cancelSignal, ({ runId }) => this.#cancel(runId), {
      description: 'Stop a run of this thread. Input: {"runId":"run_..."}',
    });
  }

  get cancelled(): boolean {
    return this.#cancelled;
  }

  get queue(): readonly QueuedPrompt[] {
    return this.#queue;
  }

  /** Queued prompts that were cancelled or did not fit, taken once. */
  takeDropped(): readonly QueuedPrompt[] {
    return this.#dropped.splice(0);
  }

  get hasDropped(): boolean {
    return this.#dropped.length > 0;
  }

  #enqueue(prompt: QueuedPrompt): void {
    const known = prompt.runId === this.#runId || this.#queue.some((queued) => queued.runId === prompt.runId);
    if (known) return;
    if (this.#queue.length >= QUEUED_PROMPTS) this.#dropped.push(prompt);
    else this.#queue.push(prompt);
  }

  #cancel(runId: string): void {
    if (runId === this.#runId) this.#cancelled = true;
    const index = this.#queue.findIndex((queued) => queued.runId === runId);
    if (index >= 0) this.#dropped.push(...this.#queue.splice(index, 1));
  }
}
