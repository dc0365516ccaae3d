import type { GateQuestion } from "../../src/engine/judge-answer.ts";
import type { ApprovalRule } from "../../src/protocol/approval.ts";
import type { Gate } from "../../src/protocol/gate.ts";
import { ContentHash } from "../../src/protocol/ids.ts";
import type { DecisionRecord } from "../../src/protocol/plan.ts";

/** Two contents of a plan. */
export const HASH_A: ContentHash = ContentHash.parse("a".repeat(64));
export const HASH_B: ContentHash = ContentHash.parse("b".repeat(64));

/** Inside the day that gates of these tests are open. */
export const NOON = "2026-03-01T12:00:00.000Z";
export const MIDNIGHT = "2026-03-02T00:00:00.000Z";

/** A plan's gate on content A. */
export function gateOn(rule: ApprovalRule, more: Partial<Gate> = {}): Gate {
  return {
    id: "gate_1",
    subject: { kind: "plan", planId: "p", revision: 1 },
    contentHash: HASH_A,
    rule,
    requestedBy: "planner",
    openedAt: "2026-03-01T00:00:00.000Z",
    deadline: null,
    ...more,
  };
}

/** A question whose answer is a bare approval. */
export function question(more: Partial<GateQuestion> = {}): GateQuestion {
  return {
    gate: gateOn({ kind: "always" }),
    contentHash: HASH_A,
    status: "draft",
    answer: { decision: "approve" },
    earlier: [],
    at: NOON,
    authn: "none",
    mode: "open",
    ...more,
  };
}

/** Ann's approval of content A at the first gate. */
export function decision(more: Partial<DecisionRecord> = {}): DecisionRecord {
  return {
    decisionId: "d1",
    gate: "gate_1",
    contentHash: HASH_A,
    decision: "approve",
    by: "ann",
    at: "2026-03-01T10:00:00.000Z",
    authn: "none",
    channel: "cli",
    note: null,
    revision: 1,
    refused: null,
    ...more,
  };
}
