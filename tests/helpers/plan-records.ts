import { sha256 } from "../../src/lib/sha256.ts";
import type { Gate } from "../../src/protocol/gate.ts";
import { ContentHash, RunId, ToolCallId, TurnId } from "../../src/protocol/ids.ts";
import { type DecisionRecord, PlanId, type PlanStatus, type ReferenceHandle } from "../../src/protocol/plan.ts";
import type { NewRevision, OpenGate, PlanChange, PlanRecord } from "../../src/state/plan-port.ts";

export const PLAN = PlanId.parse("plan_1");

/** Every status a plan can have. */
export const ANY_STATUS: readonly PlanStatus[] = [
  "draft",
  "approved",
  "executing",
  "executed",
  "failed",
  "rejected",
  "expired",
];

/** A revision of `plan_1` with one action; `text` decides its content and its hash. */
export function newRevision(text: string, changes: Partial<NewRevision> = {}): NewRevision {
  return {
    planId: PLAN,
    spec: "refunds",
    specHash: hashOf("refunds"),
    body: { spec: "refunds", context: { text }, actions: [{ kind: "refund", payload: { text }, references: [] }] },
    document: { text },
    planHash: hashOf(text),
    origin: {
      app: "acme",
      runId: RunId.parse("run_1"),
      turn: TurnId.parse("run_1"),
      agent: "boss",
      requestedBy: "ann",
    },
    workflowId: "acme/main/plan/plan_1",
    editedBy: null,
    ...changes,
  };
}

/** `plan_1` as the store tells of it. */
export function planRecord(changes: Partial<PlanRecord> = {}): PlanRecord {
  const { planId, spec, planHash, origin, workflowId } = newRevision("first");
  const at = "2026-01-01T00:00:00.000Z";
  const nothing = { alsoAskedBy: [], gate: null, approvedGate: null, fence: 0, result: null, error: null };
  const dates = { createdAt: at, updatedAt: at };
  return { planId, spec, status: "draft", revision: 1, planHash, origin, workflowId, ...nothing, ...dates, ...changes };
}

/** A revision whose one action names references. */
export function revisionWith(text: string, references: readonly ReferenceHandle[]): NewRevision {
  const handles = references.map(({ kind, id }) => ({ kind, id }));
  const actions = [{ kind: "refund", payload: { text }, references: handles }];
  return newRevision(text, { body: { spec: "refunds", context: { text }, actions } });
}

export function planChange(key: string, changes: Partial<PlanChange> = {}): PlanChange {
  return { key, planId: PLAN, from: ["draft"], ...changes };
}

export function planGate(id = "gate_plan", openedAt = "2026-01-01T00:00:00.000Z"): Gate {
  return {
    id,
    subject: { kind: "plan", planId: PLAN, revision: 1 },
    contentHash: hashOf("first"),
    rule: { kind: "always" },
    requestedBy: "ann",
    openedAt,
    deadline: null,
  };
}

export function toolGate(id: string, openedAt = "2026-01-01T00:00:00.000Z"): OpenGate {
  const subject = { kind: "tool", turn: "run_1", callId: "call_1", tool: "query" } as const;
  return {
    gate: { ...planGate(id, openedAt), subject },
    workflowId: "acme/main/thread/thread_1",
    runId: RunId.parse("run_1"),
    call: { turn: TurnId.parse("run_1"), callId: ToolCallId.parse("call_1") },
    status: "open",
  };
}

export function decision(decisionId: string, changes: Partial<DecisionRecord> = {}): DecisionRecord {
  return {
    decisionId,
    gate: "gate_plan",
    contentHash: hashOf("first"),
    decision: "approve",
    by: "bob",
    at: "2026-01-01T00:01:00.000Z",
    authn: "none",
    channel: "cli",
    note: null,
    revision: 1,
    refused: null,
    ...changes,
  };
}

export function hashOf(text: string): ContentHash {
  return ContentHash.parse(sha256(text));
}
