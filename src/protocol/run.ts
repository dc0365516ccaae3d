import * as z from "zod";
import { FinishReason } from "./event.ts";
import { ContentHash, RunId, ThreadId, ToolCallId, TurnId } from "./ids.ts";
import { Usage } from "./usage.ts";

/** Where a run stands. `starting` and `queued` have no workflow of their own yet; the last three are final. */
export const RunStatus = z.enum(["starting", "queued", "running", "completed", "failed", "cancelled"]);
export type RunStatus = z.infer<typeof RunStatus>;

/** Whether nothing more will happen to a run. */
export function isFinalRunStatus(status: RunStatus): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}

/** One row of the run list; everything a person asks first. */
export const RunRecord = z.strictObject({
  runId: RunId,
  threadId: ThreadId,
  app: z.string(),
  agent: z.string(),
  status: RunStatus,
  workflowId: z.string(),
  /** Temporal's own run id, once a worker picked the run up. */
  executionId: z.string().nullable(),
  /** The Temporal namespace of the workflow. */
  namespace: z.string(),
  /** The person who asked, as whoever started the run named them; null when nobody was named. */
  requestedBy: z.string().nullable(),
  promptHash: ContentHash,
  promptPreview: z.string(),
  manifestHash: ContentHash.nullable(),
  finish: FinishReason.nullable(),
  text: z.string().nullable(),
  error: z.strictObject({ code: z.string(), message: z.string(), hint: z.string().optional() }).nullable(),
  usage: Usage,
  createdAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  lastSeq: z.number().int().nonnegative(),
});
export type RunRecord = z.infer<typeof RunRecord>;

/** A routed agent's turn inside a run, or the root turn itself. */
export const TurnRecord = z.strictObject({
  turn: TurnId,
  runId: RunId,
  parent: z.strictObject({ turn: TurnId, callId: ToolCallId }).nullable(),
  agent: z.string(),
  status: RunStatus,
  head: ContentHash.nullable(),
  text: z.string().nullable(),
  error: z.strictObject({ code: z.string(), message: z.string(), hint: z.string().optional() }).nullable(),
});
export type TurnRecord = z.infer<typeof TurnRecord>;

/** The latest committed message of each agent that remembers this thread. */
export const ThreadRecord = z.strictObject({
  threadId: ThreadId,
  heads: z.record(z.string(), ContentHash),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  lastRunId: RunId.nullable(),
});
export type ThreadRecord = z.infer<typeof ThreadRecord>;

/** One page of a list; `next` is the token of the following page. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** Which page of a list is wanted. */
export interface PageRequest {
  readonly limit?: number;
  /** The `next` of the page before. */
  readonly after?: string;
}
