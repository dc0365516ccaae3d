import { Context } from "@temporalio/activity";
import { isApproved } from "../engine/judge-answer.ts";
import { toolGate, toolGateId } from "../engine/tool-gate.ts";
import type { Gate } from "../protocol/gate.ts";
import type { OpenToolGateInput, ToolGateOpened } from "../protocol/turn.ts";
import type { OpenGate } from "../state/plan-port.ts";
import { askPredicate } from "./ask-predicate.ts";
import { findCall, type FoundCall, gatedCall } from "./find-call.ts";
import type { ActivityHost } from "./host.ts";
import { tellGate } from "./tool-gate-news.ts";

/**
 * Opens the gate of a call that needs a person, or says that it may run at once. A gate that is there already is found again, with
 * its deadline and whatever was decided: an attempt before this one opened it, or a history that came to its end.
 */
export async function openToolGate(host: ActivityHost, input: OpenToolGateInput): Promise<ToolGateOpened> {
  const found = await findCall(host, input);
  const known = await found.place.store.gates.get(toolGateId(gatedCall(found)));
  const open = known ?? (await openNew(found, input));
  if (open === null) return { kind: "free" };
  await tellGate(found, open.gate);
  host.crashPoints.pass("gate.opened");
  return standing(found, open);
}

async function openNew(found: FoundCall, { rule, at }: OpenToolGateInput): Promise<OpenGate | null> {
  const asked = rule.kind === "dynamic" ? await askPredicate(found, rule.value) : ASKS;
  if (!asked.asks) return null;
  const { reason } = asked;
  const { store, runId, binding } = found.place;
  const requestedBy = (await store.runs.get(runId))?.requestedBy ?? null;
  const asking = { rule, at, requestedBy, ...(reason === undefined ? {} : { reason }) };
  const gate = { ...toolGate(gatedCall(found), asking), mode: binding.approvals.mode };
  const open = openGate(found, gate);
  const { gates } = store;
  await gates.open(open);
  // Another attempt may have been first, at another time.
  return (await gates.get(gate.id)) ?? open;
}

const ASKS = { asks: true, reason: undefined } as const;

function openGate({ place, call }: FoundCall, gate: Gate): OpenGate {
  const { runId, turn } = place;
  const workflowId = Context.current().info.workflowExecution?.workflowId ?? "";
  return { gate, workflowId, runId, call: { turn, callId: call.callId }, status: "open" };
}

async function standing({ place }: FoundCall, { gate, status }: OpenGate): Promise<ToolGateOpened> {
  if (status === "open") return { kind: "waits", gate };
  const decisions = await place.store.gates.decisions(gate.id);
  const { mode } = place.binding.approvals;
  return { kind: "decided", gate: gate.id, isApproved: isApproved(gate, decisions, mode) };
}
