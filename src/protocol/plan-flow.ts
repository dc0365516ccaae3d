import * as z from "zod";
import type { ErrorInfo } from "./errors.ts";
import type { Gate, RefusalCode } from "./gate.ts";
import { TenantId, WorkspaceId } from "./ids.ts";
import { PlanId, type PlanStatus } from "./plan.ts";

/** What goes in and out of the `plan` workflow and its activities: names, hashes and counts, never a plan's content. */

/** Input of the `plan` workflow. */
export const PlanInput = z.looseObject({
  app: z.string().min(1),
  tenant: TenantId,
  workspace: WorkspaceId,
  planId: PlanId,
});
export type PlanInput = z.infer<typeof PlanInput>;

/** Names a plan to an activity. */
export interface PlanRef {
  readonly app: string;
  readonly tenant: string;
  readonly workspace: string;
  readonly planId: string;
}

/** Someone who wants a plan executed and waits for what comes of it. */
export interface ExecuteRequest {
  /** The same request twice is one request. */
  readonly requestId: string;
  /** The turn that waits, when a model asked. */
  readonly waiter?: PlanWaiter;
}

/** A turn that waits for a plan. */
export interface PlanWaiter {
  readonly workflowId: string;
  readonly runId: string;
  readonly turn: string;
  readonly agent: string;
  readonly callId: string;
}

/** Tells a waiting turn that its plan stands still: executed, failed, closed, or sent back. */
export interface PlanSettled {
  readonly callId: string;
}

/** What a plan carries into a fresh history; which action is next is in the ledger. */
export interface CarriedPlan {
  readonly state: PlanState;
  /** Those who wait. */
  readonly requests: readonly ExecuteRequest[];
  readonly sequence: number;
  /** The expiry of the gate is not asked for again before this time. */
  readonly expireAfter: number;
  /** A cancel that is not recorded yet. */
  readonly stop?: AskedStop;
}

/** Where the workflow of a plan stands. */
export interface PlanState {
  readonly status: PlanStatus;
  readonly revision: number;
  readonly planHash: string;
  readonly gate: Gate | null;
  /** Bumped by cancel and supersede, so that a target can refuse a late writer. */
  readonly fence: number;
}

/** Answer to a typed answer: what it did, or why it did nothing. */
export type AnswerResult =
  | {
      readonly kind: "counted";
      readonly decisionId: string;
      readonly status: PlanStatus;
      readonly waitsForMore: boolean;
      /** Of a plan that this approved: whether somebody waited for its execution then. Where nobody did, nothing is applied until one asks. */
      readonly isExecutionAsked?: boolean;
    }
  | { readonly kind: "refused"; readonly code: RefusalCode; readonly message: string };

/** The activities of a plan as its workflow sees them. */
export interface PlanActivities {
  /** Finds the current revision and opens its gate, or approves it by policy where that is the rule. */
  openPlanGate(input: OpenGateInput): Promise<PlanState>;
  /** Judges one answer and records it; `expire` is the workflow's own. */
  answerPlanGate(input: AnswerInput): Promise<Answered>;
  /** Withdraws a plan before anything was applied. */
  withdrawPlan(input: WithdrawInput): Promise<PlanState>;
  /** Checks every reference and opens the ledger, or takes an opened one over. */
  beginPlan(input: { readonly ref: PlanRef; readonly waiters: readonly PlanWaiter[] }): Promise<BegunPlan>;
  dispatchAction(input: DispatchInput): Promise<DispatchOutcome>;
  /** Applies all actions in one call. */
  dispatchActions(input: Omit<DispatchInput, "index">): Promise<DispatchOutcome>;
  /** Reads the ledger and closes the plan. */
  closePlan(input: ClosePlanInput): Promise<PlanState>;
  /** Asks for a plan's execution in a turn's name, or tells that there is nothing to wait for. The same request twice is one. */
  requestPlan(input: RequestPlanInput): Promise<PlanRequested>;
}

/** Result of `beginPlan`. */
export interface BegunPlan {
  readonly state: PlanState;
  /** How many actions there are to apply; none when the plan could not be begun. */
  readonly actions: number;
  /** The first one that is not applied yet. */
  readonly next: number;
  /** Whether they go to the dispatcher in one call. */
  readonly isBatch: boolean;
  /** How often an action must be heard of, as the worker that began the plan was told. */
  readonly heartbeatMs?: number;
}

/** Input of `requestPlan`. */
export interface RequestPlanInput {
  readonly ref: PlanRef;
  /** The agent that wants it executed. */
  readonly agent: string;
  readonly request: ExecuteRequest;
}

/** Result of `requestPlan`. */
export type PlanRequested =
  | { readonly kind: "waits" }
  /** How the plan stands is in the store. */
  | { readonly kind: "settled" }
  | { readonly kind: "refused"; readonly error: ErrorInfo };

/** Input of `openPlanGate`. */
export interface OpenGateInput {
  readonly ref: PlanRef;
  readonly at: string;
  /** Who asks: a planner stored a revision, or someone wants it executed. */
  readonly reason: "stored" | "execute";
  readonly waiters: readonly PlanWaiter[];
}

/** Input of `answerPlanGate`. */
export interface AnswerInput {
  readonly ref: PlanRef;
  /** As it arrived; a person may have typed it. */
  readonly answer: unknown;
  /** Numbers the answers of one execution, so that one without an id gets the same id on every attempt. */
  readonly sequence: number;
  /** Workflow time: deadlines are judged by it and by nothing else. */
  readonly at: string;
  readonly waiters: readonly PlanWaiter[];
}

/** Result of `answerPlanGate`. */
export interface Answered {
  readonly state: PlanState;
  readonly result: AnswerResult;
  /** Whether those who wait for the plan get their answer now. */
  readonly settles: boolean;
}

/** Someone's word that a plan shall stop, as it arrived. */
export interface PlanStop {
  /** `anonymous` when nobody said who. */
  readonly by: string;
  readonly note: string | null;
  /** Through what it came: `cli`, `http`, `host`, a `signal` by hand, or `temporal` for a cancel of the workflow itself. */
  readonly channel: string;
  /** Workflow time. */
  readonly at: string;
}

/** A stop, and what it is meant for. */
export interface AskedStop extends PlanStop {
  /** The content that is meant; null for whatever it is now. */
  readonly contentHash: string | null;
}

/** Input of `withdrawPlan`. */
export interface WithdrawInput extends AskedStop {
  readonly ref: PlanRef;
  readonly sequence: number;
  readonly waiters: readonly PlanWaiter[];
}

/** Input of `closePlan`. */
export interface ClosePlanInput {
  readonly ref: PlanRef;
  readonly waiters: readonly PlanWaiter[];
  readonly isCancelled: boolean;
  /** Who had it cancelled. */
  readonly stop?: PlanStop;
  /** Why an action came to no end of its own, such as a reference that was lost. */
  readonly failure?: ErrorInfo;
}

/** Input of `dispatchAction`. */
export interface DispatchInput {
  readonly ref: PlanRef;
  readonly index: number;
  /** The run that asked for the execution. */
  readonly runId: string | null;
}

/** How one action ended; anything but `done` ends the plan. */
export interface DispatchOutcome {
  readonly state: "done" | "failed" | "unknown";
}
