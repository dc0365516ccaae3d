import * as z from "zod";
import { DecisionKind } from "./decision-kind.ts";
import { ContentHash, RunId, ToolCallId, TurnId } from "./ids.ts";
import { Json } from "./json.ts";
import { PlanStatus } from "./plan.ts";
import { Usage } from "./usage.ts";

/**
 * What a reader of a run sees, in the order it happened. `seq` is 1, 2, 3 … per run, written in one transaction with what it
 * tells of, and never changes once read.
 */

const count = z.number().int().nonnegative();
const errorFields = { code: z.string(), message: z.string(), hint: z.string().optional() };

/** Why a run ended. */
export const FinishReason = z.enum(["stop", "length", "refusal", "max-turns", "cancelled", "error"]);
/** Why a run ended. */
export type FinishReason = z.infer<typeof FinishReason>;

/** The part of an event that its writer knows. */
export const EventBody = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("step-start"), step: count, attempt: count, model: z.string() }),
  /** The text and reasoning of `supersededAttempt` of this step no longer count; a client drops them. */
  z.strictObject({
    type: z.literal("step-retry"),
    step: count,
    supersededAttempt: count,
    reason: z.strictObject(errorFields),
    retryInMs: count.optional(),
  }),
  z.strictObject({ type: z.literal("text"), step: count, attempt: count, text: z.string() }),
  z.strictObject({ type: z.literal("reasoning"), step: count, attempt: count, text: z.string() }),
  z.discriminatedUnion("state", [
    z.strictObject({
      type: z.literal("tool-invocation"),
      state: z.literal("call"),
      toolInvocationId: ToolCallId,
      toolName: z.string(),
      args: Json,
    }),
    z.strictObject({
      type: z.literal("tool-invocation"),
      state: z.literal("result"),
      toolInvocationId: ToolCallId,
      toolName: z.string(),
      result: Json,
      isError: z.boolean(),
    }),
  ]),
  /** What a handler tells while it runs; a `tool-retry` of its call takes it back. */
  z.strictObject({
    type: z.literal("tool-progress"),
    toolInvocationId: ToolCallId,
    toolName: z.string(),
    attempt: count,
    progress: Json,
  }),
  /** The call is made again, after an attempt or a workflow reset. What it told of its progress so far no longer counts; a client drops it. */
  z.strictObject({
    type: z.literal("tool-retry"),
    toolInvocationId: ToolCallId,
    toolName: z.string(),
    /** The last attempt before; after a reset the next one is number 1 again. */
    supersededAttempt: count,
  }),
  z.discriminatedUnion("state", [
    z.strictObject({
      type: z.literal("tool-agent"),
      state: z.literal("call"),
      toolInvocationId: ToolCallId,
      agentName: z.string(),
      prompt: z.string(),
    }),
    z.strictObject({
      type: z.literal("tool-agent"),
      state: z.literal("result"),
      toolInvocationId: ToolCallId,
      agentName: z.string(),
      result: z.string(),
      isError: z.boolean(),
    }),
  ]),
  z.strictObject({ type: z.literal("data-tool-agent"), agentName: z.string(), model: z.string(), usage: Usage }),
  z.strictObject({ type: z.literal("usage"), step: count, model: z.string(), usage: Usage }),
  /** Where a plan stands; `display` is what people see instead of the status, `pending_approval` while its gate is open. */
  z.strictObject({
    type: z.literal("plan-status"),
    planId: z.string(),
    status: PlanStatus,
    revision: count,
    planHash: ContentHash,
    display: z.string().optional(),
  }),
  /** A person must decide before this goes on. */
  z.strictObject({
    type: z.literal("approval-required"),
    gate: z.string(),
    contentHash: ContentHash,
    title: z.string(),
    deadline: z.iso.datetime().nullable(),
    planId: z.string().optional(),
    tool: z.string().optional(),
    /** The call that waits, of a tool. */
    toolInvocationId: ToolCallId.optional(),
  }),
  /** A decision that counted. */
  z.strictObject({
    type: z.literal("approval-decision"),
    gate: z.string(),
    decision: DecisionKind,
    by: z.string(),
    note: z.string().nullable(),
    planId: z.string().optional(),
    tool: z.string().optional(),
    toolInvocationId: ToolCallId.optional(),
  }),
  z.strictObject({ type: z.literal("error"), ...errorFields }),
  z.strictObject({ type: z.literal("finish"), reason: FinishReason, text: z.string(), usage: Usage }),
]);
export type EventBody = z.infer<typeof EventBody>;

/** Where an event stands and who wrote it. */
export const EventHead = z.strictObject({
  runId: RunId,
  seq: z.number().int().positive(),
  /** `{runId}#{seq}`: reading again from it gives the events after this one. */
  cursor: z.string(),
  at: z.iso.datetime(),
  turn: TurnId,
  agent: z.string(),
});
export type EventHead = z.infer<typeof EventHead>;

/** One event as readers get it. */
export type RunEvent = EventHead & EventBody;

/** An event on its way into the log. `key` is unique in the run, so that a retry writes nothing twice. */
export interface EventDraft {
  readonly key: string;
  readonly turn: TurnId;
  readonly agent: string;
  readonly body: EventBody;
}
