import { defineQuery, defineSignal, setHandler } from "@temporalio/workflow";
import { QUEUED_PROMPTS } from "../protocol/limits/turn.ts";
import type { PlanSettled } from "../protocol/plan-flow.ts";
import type { QueuedPrompt } from "../protocol/turn.ts";

/** Another prompt for this thread; it runs when the current one ended. */
const promptSignal = defineSignal<[unknown]>("prompt");
/** Stops one run of this thread, whether it runs or waits. */
const cancelSignal = defineSignal<[unknown]>("cancel");
/** A plan that this turn waits for stands still. */
export const planSettledSignal = defineSignal<[PlanSettled]>("planSettled");
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
  /** Runs that will not start and whose end is being recorded. */
  readonly closing: readonly string[];
}

/** One thing a turn waits for. */
export interface PendingItem {
  readonly kind: "model" | "tool" | "agent" | "plan" | "gate";
  readonly name: string;
  /** Of a gate: what to name in an answer. */
  readonly gate?: string;
  readonly callId?: string;
  /** Of a gate: when answers stop to count. */
  readonly deadline?: string | null;
}

/** A queued prompt that will not run, and why. */
export interface DroppedPrompt {
  readonly prompt: QueuedPrompt;
  readonly reason: "cancelled" | "full";
}

/**
 * Holds what arrived from outside until the main loop looks. Handlers only write here and never act: an acting signal handler
 * beside an update can write a history that never replays. Signals may be sent by hand, so what does not fit is ignored; an error
 * in a handler would stop the workflow for ever.
 */
export class TurnInbox {
  readonly #runId: string;
  readonly #queue: QueuedPrompt[];
  readonly #dropped: DroppedPrompt[] = [];
  readonly #settled = new Set<string>();
  #cancelled = false;

  constructor(runId: string, carried: readonly QueuedPrompt[]) {
    this.#runId = runId;
    this.#queue = [...carried];
    setHandler(promptSignal, (prompt) => this.#enqueue(prompt), {
      description: 'Queue another prompt of this thread. Input: {"runId":"run_..."}, stored beforehand.',
    });
    setHandler(cancelSignal, (target) => this.#cancel(target), {
      description: 'Stop a run of this thread: the current one, or the one named by {"runId":"run_..."}.',
    });
    setHandler(planSettledSignal, (given) => void (hasText(given, "callId") && this.#settled.add(given.callId)), {
      description: "A plan that this turn waits for stands still.",
    });
  }

  /** Whether the plan that this call waits for stands still. */
  isSettled(callId: string): boolean {
    return this.#settled.has(callId);
  }

  get isCancelled(): boolean {
    return this.#cancelled;
  }

  get queue(): readonly QueuedPrompt[] {
    return this.#queue;
  }

  /** Prompts that will not run and whose end is not recorded yet. */
  get dropped(): readonly DroppedPrompt[] {
    return this.#dropped;
  }

  /** The end of the first dropped prompt is recorded, as far as it can be. */
  forgetDropped(): void {
    this.#dropped.shift();
  }

  #enqueue(given: unknown): void {
    if (!isQueuedPrompt(given)) return;
    const isKnown = given.runId === this.#runId || this.#queue.some((queued) => queued.runId === given.runId);
    if (isKnown) return;
    if (this.#queue.length >= QUEUED_PROMPTS) this.#dropped.push({ prompt: given, reason: "full" });
    else this.#queue.push(given);
  }

  /** Without a run id the one that runs is meant: that is what a person who sends an empty signal sees. */
  #cancel(target: unknown): void {
    const runId = hasText(target, "runId") ? target.runId : this.#runId;
    if (runId === this.#runId) this.#cancelled = true;
    const index = this.#queue.findIndex((queued) => queued.runId === runId);
    const [prompt] = index < 0 ? [] : this.#queue.splice(index, 1);
    if (prompt !== undefined) this.#dropped.push({ prompt, reason: "cancelled" });
  }
}

function isQueuedPrompt(given: unknown): given is QueuedPrompt {
  return hasText(given, "runId");
}

function hasText<Key extends string>(given: unknown, key: Key): given is { readonly [key in Key]: string } {
  return typeof given === "object" && given !== null && typeof Reflect.get(given, key) === "string";
}
