import { Context } from "@temporalio/activity";
import { isApproved } from "../../engine/judge-answer.ts";
import { toolGate, toolGateId } from "../../engine/tool-gate.ts";
import { UNMEETABLE_HINT, whyUnmeetable } from "../../engine/why-unmeetable.ts";
import type { ErrorInfo } from "../../protocol/errors.ts";
import type { Gate } from "../../protocol/gate.ts";
import type { OpenToolGateInput, ToolGateOpened } from "../../protocol/turn.ts";
import type { OpenGate } from "../../state/plan-port.ts";
import { askPredicate } from "./ask-predicate.ts";
import { findCall, type FoundCall, gatedCall } from "../tools/find-call.ts";
import type { ActivityHost } from "../host.ts";
import { tellGate } from "./tool-gate-news.ts";

/**
 * Opens the gate of a call that needs a person, or says that it may run at once. A gate that is there already is found again, with
 * its deadline and whatever was decided: an attempt before this one opened it, or a history that came to its end.
 */
export async function openToolGate(host: ActivityHost, input: OpenToolGateInput): Promise<ToolGateOpened> {
  const found = await findCall(host, input);
  const known = await found.place.store.gates.get(toolGateId(gatedCall(found)));
  if (known !== null) return waiting(host, found, known);
  const gate = await newGate(found, input);
  if (gate === null) return { kind: "free" };
  const never = whyUnmeetable(gate);
  if (never !== null) return { kind: "refused", error: unmeetable(found, never) };
  return waiting(host, found, await keepGate(found, gate));
}

async function waiting(host: ActivityHost, found: FoundCall, open: OpenGate): Promise<ToolGateOpened> {
  await tellGate(found, open.gate);
  host.crashPoints.pass("gate.opened");
  return standing(found, open);
}

async function newGate(found: FoundCall, { rule, at }: OpenToolGateInput): Promise<Gate | null> {
  const asked = rule.kind === "dynamic" ? await askPredicate(found, rule.value) : ASKS;
  if (!asked.asks) return null;
  const { reason } = asked;
  const { store, runId, binding } = found.place;
  const requestedBy = (await store.runs.get(runId))?.requestedBy ?? null;
  const asking = { rule, at, requestedBy, ...(reason === undefined ? {} : { reason }) };
  return { ...toolGate(gatedCall(found), asking), mode: binding.approvals.mode };
}

const ASKS = { asks: true, reason: undefined } as const;

/** A call that nobody could let pass is answered at once: its turn would wait for ever. */
function unmeetable({ call }: FoundCall, why: string): ErrorInfo {
  const message = `This call of "${call.name}" was not run, because nobody could ever have it approved: ${why}.`;
  return { code: "APPROVAL_IMPOSSIBLE", message, hint: UNMEETABLE_HINT };
}

/** Opens the gate, or finds it where another attempt was first, at another time. */
async function keepGate(found: FoundCall, gate: Gate): Promise<OpenGate> {
  const { gates } = found.place.store;
  const open = openGate(found, gate);
  await gates.open(open);
  return (await gates.get(gate.id)) ?? open;
}

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
