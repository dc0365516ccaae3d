import type { ApprovalRule } from "../../protocol/approval.ts";
import type { Gate } from "../../protocol/gate.ts";
import { requesterKind } from "../../protocol/requester.ts";
import type { Json } from "../../protocol/json.ts";
import type { DecisionRecord } from "../../protocol/plan.ts";
import type { ApprovalDetail, WaitingApproval } from "../../runtime/approvals/approval-inbox.ts";
import type { PlanCard } from "../../runtime/plans/plan-card.ts";

/** Something that waits for a person, as scripts see it. */
export interface GateDocument extends Pick<Gate, "contentHash" | "requestedBy" | "openedAt" | "deadline"> {
  readonly schemaVersion: 1;
  /** What to answer: a plan's id, or the gate's own for a tool call. */
  readonly id: string;
  readonly gateId: string;
  readonly kind: Gate["subject"]["kind"];
  readonly tool: string | null;
  /** Who else asked for an earlier revision of the plan; `notRequester` keeps them out as well. */
  readonly alsoAskedBy: readonly string[];
  /** The agent whose plan or call it is. */
  readonly agent: string | null;
  /** Whether `requestedBy` names a person; otherwise the agent, or the program, that nobody was named for. */
  readonly requesterKind: ReturnType<typeof requesterKind>;
  /** Why a person is asked where the rule alone does not say. */
  readonly reason: string | null;
  /** The root run, and its thread. */
  readonly runId: string | null;
  readonly threadId: string | null;
  /** The turn that waits: the run's own, or a routed agent's. */
  readonly turn: string | null;
  readonly callId: string | null;
  readonly workflowId: string;
  /** How many answers to it were refused; `decisions` of the detail says why. */
  readonly refusedCount: number;
}

/** A gate with all that people decide on. */
export interface GateDetail extends GateDocument {
  readonly status: "open" | "closed";
  readonly rule: ApprovalRule;
  /** Whether only signed answers count. */
  readonly mode: NonNullable<Gate["mode"]>;
  /** The whole arguments of a tool call; null for a plan. */
  readonly args: Json;
  /** All that a plan would do, as people are shown it; null for a tool call. */
  readonly card: PlanCard | null;
  /** What was decided; null while it waits, and where it was closed without a decision. */
  readonly outcome: ApprovalDetail["outcome"];
  /** Every answer, the refused ones too. */
  readonly decisions: readonly DecisionRecord[];
}

/** The stable document of a gate in lists. */
export function gateDocument({ gate, workflowId, runId, threadId, call, refusedCount }: WaitingApproval): GateDocument {
  const { id: gateId, subject, contentHash, requestedBy, openedAt, deadline, reason = null } = gate;
  const { alsoAskedBy = [] } = gate;
  return {
    schemaVersion: 1,
    id: subject.kind === "plan" ? subject.planId : gateId,
    gateId,
    kind: subject.kind,
    tool: subject.kind === "tool" ? subject.tool : null,
    reason,
    contentHash,
    requestedBy,
    alsoAskedBy,
    agent: gate.agent ?? null,
    requesterKind: requesterKind(gate),
    openedAt,
    deadline,
    runId,
    threadId,
    turn: call?.turn ?? null,
    callId: call?.callId ?? null,
    workflowId,
    refusedCount,
  };
}

/** The stable document of one gate; with the card of the plan that it is about. */
export function gateDetail(detail: ApprovalDetail, card: PlanCard | null): GateDetail {
  const { status, gate, args, decisions, outcome } = detail;
  const { rule, mode = "open" } = gate;
  return { ...gateDocument(detail), status, rule, mode, args, card, outcome, decisions };
}
