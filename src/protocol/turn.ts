import * as z from "zod";
import type { ApprovalRule } from "./approval.ts";
import type { ErrorInfo } from "./errors.ts";
import type { FinishReason } from "./event.ts";
import type { Gate } from "./gate.ts";
import { ContentHash, RunId, ThreadId, ToolCallId, TenantId, TurnId, WorkspaceId } from "./ids.ts";
import { PROMPT_BYTES } from "./limits/turn.ts";
import type { AgentSlice } from "./manifest.ts";
import { PersonName } from "./person-name.ts";
import type { AnswerResult } from "./plan-flow.ts";

/**
 * What goes in and out of the `agentTurn` workflow and its activities. Everything here may enter history, so it is handles,
 * names and counts; the first activity parses what a person could have typed.
 */

/** A prompt waiting behind a busy thread, as the `prompt` signal carries it. */
export const QueuedPrompt = z.strictObject({
  runId: RunId,
  app: z.string().optional(),
  agent: z.string().optional(),
  manifest: ContentHash.optional(),
});
export type QueuedPrompt = z.infer<typeof QueuedPrompt>;

/** Where a routed agent's turn hangs: its prompt is the arguments of this call. */
export const TurnParent = z.strictObject({
  /** The parent's turn. */
  turn: TurnId,
  callId: ToolCallId,
  depth: z.number().int().positive(),
});
export type TurnParent = z.infer<typeof TurnParent>;

/** Input of `agentTurn`. `app`, `prompt` and `threadId` are all a person must give; the rest is filled in. */
export const TurnInput = z
  .looseObject({
    app: z.string().min(1),
    threadId: ThreadId,
    prompt: z.string().max(PROMPT_BYTES).optional(),
    agent: z.string().optional(),
    tenant: TenantId.optional(),
    workspace: WorkspaceId.optional(),
    runId: RunId.optional(),
    /** The person who asks, for a run that is not in the store yet. */
    requestedBy: PersonName.optional(),
    /** The run's prompt is in the store under its run id. */
    stored: z.boolean().optional(),
    manifest: ContentHash.optional(),
    heartbeatMs: z.number().int().positive().optional(),
    /** Set with `parent`: this routed turn's own id. */
    turn: TurnId.optional(),
    parent: TurnParent.optional(),
  })
  .refine(({ turn, parent }) => (turn === undefined) === (parent === undefined), "`turn` and `parent` go together");
export type TurnInput = z.infer<typeof TurnInput>;

/** What a continued run carries over besides its input: prompts that wait, and the turn when it was in the middle. */
export interface Carried {
  readonly queue: readonly QueuedPrompt[];
  readonly turn?: CarriedTurn;
}

/** A turn cut at a step boundary, or while calls wait for people. */
export interface CarriedTurn {
  readonly ref: TurnRef;
  readonly state: TurnState;
  readonly outcomes: readonly CallOutcome[];
  /** Calls of the step that still wait at their gates. */
  readonly calls?: readonly RequestedCall[];
  readonly childCount: number;
}

/** Names a turn to an activity. Tenant, workspace and agent are known once the first model step returned. */
export interface TurnRef {
  readonly app: string;
  readonly tenant?: string;
  readonly workspace?: string;
  readonly threadId: string;
  readonly runId: string;
  readonly turn: string;
  readonly agent?: string;
}

/** Where the loop of a turn stands. */
export interface TurnState {
  /** Model steps asked for so far. */
  readonly step: number;
  readonly head: string | null;
  readonly slice: AgentSlice | null;
  /** Replies in a row of which no tool call could run. */
  readonly invalidInARow: number;
}

/** How a tool call ended when the store cannot know by itself. */
export type CallOutcome =
  | { readonly callId: string; readonly turn: string }
  | { readonly callId: string; readonly error: ErrorInfo }
  | { readonly callId: string; readonly plan: string }
  /** Its gate was closed and nobody approved it; the store knows who said what. */
  | { readonly callId: string; readonly gate: string };

/** Input of `callModel`. */
export interface CallModelInput {
  readonly ref: TurnRef;
  readonly step: number;
  readonly head: string | null;
  readonly outcomes?: readonly CallOutcome[];
  /** Only on the first step of a turn. */
  readonly first?: FirstStep;
}

/** What the first step of a turn needs to find its place. */
export interface FirstStep {
  readonly input: TurnInput;
  readonly workflowId: string;
  readonly executionId: string;
}

/** A valid tool call of a reply, for the workflow to route. */
export interface RequestedCall {
  readonly id: string;
  readonly name: string;
  /** The routed agent when the call is `call_agent`. */
  readonly agent?: string;
  /** The plan when the call is `executePlan`. */
  readonly plan?: string;
  /** Set for the plan tools of a role: their gate is the plan's, so that no rule about tools holds for them. */
  readonly builtIn?: true;
}

/** Result of `callModel`. */
export interface CallModelResult {
  readonly head: string;
  /** `calls`: run them and call again; `again`: call again at once; `end`: the turn is committed; `duplicate`: another execution has this run. */
  readonly next: "calls" | "again" | "end" | "duplicate";
  readonly calls?: readonly RequestedCall[];
  /** With `again`: nothing in the reply could be used. */
  readonly invalid?: true;
  readonly finish?: FinishReason;
  /** Start of the final text. */
  readonly preview?: string;
  /** Only on the first step. */
  readonly found?: FoundTurn;
}

/** What the first step found out about its turn. */
export interface FoundTurn {
  readonly tenant: string;
  readonly workspace: string;
  readonly agent: string;
  readonly slice: AgentSlice;
}

/** Input of `runTool`. */
export interface RunToolInput {
  readonly ref: TurnRef;
  readonly callId: string;
  /** The gate that let the call through, when there was one. */
  readonly gate?: string;
}

/** A rule that may ask a person. */
export type GateRule = Exclude<ApprovalRule, { kind: "never" }>;

/** Input of `openToolGate`. */
export interface OpenToolGateInput {
  readonly ref: TurnRef;
  readonly callId: string;
  readonly rule: GateRule;
  /** Workflow time. */
  readonly at: string;
}

/** Result of `openToolGate`: the call may run at once, or waits, or was decided on before, or could never be approved. */
export type ToolGateOpened =
  | { readonly kind: "refused"; readonly error: ErrorInfo }
  | { readonly kind: "free" }
  | { readonly kind: "waits"; readonly gate: Gate }
  | { readonly kind: "decided"; readonly gate: string; readonly isApproved: boolean };

/** Input of `answerToolGate`. */
export interface AnswerToolGateInput {
  readonly ref: TurnRef;
  /** The gates of this turn that wait. */
  readonly gates: readonly string[];
  /** As it arrived; a person may have typed it. */
  readonly answer: unknown;
  /** Numbers the answers of one execution, so that one without an id gets the same id on every attempt. */
  readonly sequence: number;
  /** Workflow time: deadlines are judged by it and by nothing else. */
  readonly at: string;
}

/** Result of `answerToolGate`. */
export interface ToolGateAnswered {
  readonly result: AnswerResult;
  /** The gate that the answer closed. */
  readonly closed: { readonly gate: string; readonly isApproved: boolean } | null;
}

/** Input of `endTurn`: closes a turn that its last model step could not close. */
export interface EndTurnInput {
  readonly ref: TurnRef;
  readonly status: "failed" | "cancelled";
  readonly finish: FinishReason;
  readonly error?: ErrorInfo;
  readonly step: number;
  /** A routed agent's parent call, which hears of the end too. */
  readonly parent?: TurnParent;
  /** The execution that asks; a run that another one has is left alone. */
  readonly executionId: string;
}

/** Result of the `agentTurn` workflow. */
export interface TurnResult {
  readonly runId: string;
  readonly turn: string;
  readonly status: "completed" | "cancelled" | "duplicate";
  readonly finish: FinishReason;
  /** Start of the answer; the whole of it is in the store. */
  readonly text: string;
  readonly head: string | null;
}

/** The activities as the workflow sees them. */
export interface TurnActivities {
  callModel(input: CallModelInput): Promise<CallModelResult>;
  runTool(input: RunToolInput): Promise<void>;
  /** The same for a `storePlan` call. */
  validatePlan(input: RunToolInput): Promise<void>;
  /** Asks the predicate where there is one, and opens the gate of a call that needs a person. */
  openToolGate(input: OpenToolGateInput): Promise<ToolGateOpened>;
  /** Judges one answer and records it. */
  answerToolGate(input: AnswerToolGateInput): Promise<ToolGateAnswered>;
  endTurn(input: EndTurnInput): Promise<void>;
}
