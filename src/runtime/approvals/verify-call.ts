import { isApproved } from "../../engine/judge-answer.ts";
import { quorum } from "../../engine/may-decide.ts";
import { callHash } from "../../engine/tool-gate.ts";
import type { AnswerTarget, Gate } from "../../protocol/gate.ts";
import { ToolCallId, TurnId } from "../../protocol/ids.ts";
import type { ApprovalProof } from "../../specs/hosted-app.ts";
import type { OpenGate } from "../../state/plan-port.ts";
import type { ScopedStore } from "../../state/port.ts";
import type { StorePlace } from "../place.ts";
import {
  checkDecisions,
  FINE,
  type Findings,
  note,
  problem,
  together,
  type Verification,
  verifiedPeople,
} from "./verification.ts";

/** A gate of a tool call. */
export interface CallGate extends Pick<OpenGate, "gate" | "status"> {
  readonly subject: Extract<Gate["subject"], { kind: "tool" }>;
}

/** Checks the decisions on a tool call, and that the call is the one they are about. */
export async function verifyCall(
  { store, scope }: StorePlace,
  { gate, status, subject }: CallGate,
  proof: ApprovalProof,
): Promise<Verification> {
  const { turn, callId } = subject;
  const target: AnswerTarget = { ...scope, subject: { kind: "tool", turn, callId } };
  const records = await store.gates.decisions(gate.id);
  const { decisions, verified } = await checkDecisions(records, {
    target,
    verify: proof.verify,
    whyOtherEdit: async () => null,
  });
  const mustBeSigned = proof.mode === "signed" || gate.mode === "signed";
  const isUnproven = mustBeSigned && isApproved(gate, records, "open") && !isApproved(gate, verified, "signed");
  const wanted = `It is approved, and its rule wants ${quorum(gate.rule)} to approve this call`;
  const unproven = isUnproven ? problem(`${wanted}; ${verifiedPeople(verified)}.`) : FINE;
  const other = await otherCall(store, gate.contentHash, subject);
  return { kind: "tool", status, decisions, ...together(unproven, other) };
}

async function otherCall(
  { steps, runs }: ScopedStore,
  hash: string,
  { turn, callId, tool }: CallGate["subject"],
): Promise<Findings> {
  const turnId = TurnId.parse(turn);
  const [call, owner] = await Promise.all([steps.call(turnId, ToolCallId.parse(callId)), runs.turn(turnId)]);
  if (call === null || owner === null) return note("The call itself is not in the store any more.");
  const { name, args } = call;
  if (name === tool && callHash({ agent: owner.agent, tool, args }) === hash) return FINE;
  return problem(`The call as stored is not the one that was asked about: its hash is not ${hash}.`);
}
