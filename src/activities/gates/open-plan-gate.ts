import { POLICY } from "../../engine/approval-stands.ts";
import { gateDeadline } from "../../engine/gate-deadline.ts";
import { planRule } from "../../engine/plan-rule.ts";
import { sha256 } from "../../lib/sha256.ts";
import { stableJson } from "../../lib/stable-json.ts";
import type { ApprovalRule } from "../../protocol/approval.ts";
import type { Gate } from "../../protocol/gate.ts";
import type { DecisionRecord } from "../../protocol/plan.ts";
import type { OpenGateInput, PlanState } from "../../protocol/plan-flow.ts";
import type { PlanRecord } from "../../state/plan-port.ts";
import { keepPreviews } from "./keep-previews.ts";
import { findPlan, type PlanPlace, planState, readPlan } from "../plans/find-plan.ts";
import type { ActivityHost } from "../host.ts";
import { decisionNews, gateNews, listeners, type PlanNews, statusNews, tellRuns } from "../plans/tell-runs.ts";

/**
 * Opens the gate of a plan's current revision. Where the rule asks for nobody, the policy approves it as soon as someone wants it
 * executed. A revision that was sent back stays so until its planner stores one again.
 */
export async function openPlanGate(host: ActivityHost, input: OpenGateInput): Promise<PlanState> {
  const place = await findPlan(host, input.ref);
  const plan = await readPlan(place);
  if (plan.status !== "draft" || hasOwnGate(plan)) return planState(await announced(place, plan, input));
  const decisions = await place.store.plans.decisions(place.planId);
  const sentBack = decisions.filter((decision) => isSentBack(decision, plan)).length;
  if (input.reason === "execute" && sentBack > 0) return planState(plan);
  const rule = ruleOf(place, plan);
  const gate = newGate(place, plan, { rule, at: input.at, opening: sentBack });
  if (rule.kind !== "never") await keepPreviews(place, plan);
  if (rule.kind !== "never") return planState(await announced(place, await opened(place, plan, gate), input));
  return input.reason === "execute" ? byPolicy(place, gate, input) : planState(plan);
}

/** The rule that holds for a plan on this worker. */
export function ruleOf(
  { binding }: Pick<PlanPlace, "binding">,
  { planId, origin }: Pick<PlanRecord, "planId" | "origin">,
): ApprovalRule {
  return planRule(binding.spec.manifest, { planId, agent: origin.agent });
}

/** A gate that was opened just before the next revision was stored is nobody's. */
function hasOwnGate({ gate, planHash }: PlanRecord): boolean {
  return gate?.contentHash === planHash;
}

function isSentBack({ decision, refused, contentHash }: DecisionRecord, plan: PlanRecord): boolean {
  return decision === "revise" && refused === null && contentHash === plan.planHash;
}

/** The id derives from what it is for, so that every attempt opens the same gate. */
export function newGate(
  { binding, planId }: PlanPlace,
  { revision, planHash, origin, alsoAskedBy }: Pick<PlanRecord, "revision" | "planHash" | "origin" | "alsoAskedBy">,
  { rule, at, opening }: { readonly rule: ApprovalRule; readonly at: string; readonly opening: number },
): Gate {
  const place = [binding.tenant, binding.workspace, planId, revision, planHash, opening];
  return {
    id: `gate_${sha256(stableJson(place)).slice(0, 24)}`,
    subject: { kind: "plan", planId, revision },
    contentHash: planHash,
    mode: binding.approvals.mode,
    rule,
    requestedBy: origin.requestedBy,
    ...(alsoAskedBy.length === 0 ? {} : { alsoAskedBy }),
    ...(origin.agent === null ? {} : { agent: origin.agent }),
    openedAt: at,
    deadline: gateDeadline(rule, at),
  };
}

async function opened({ store, planId }: PlanPlace, before: PlanRecord, gate: Gate): Promise<PlanRecord> {
  const { plan } = await store.plans.change({
    key: `open:${gate.id}`,
    planId,
    from: ["draft"],
    planHash: before.planHash,
    gate,
  });
  return plan.planHash === before.planHash ? plan : before;
}

async function announced(place: PlanPlace, plan: PlanRecord, { waiters }: OpenGateInput): Promise<PlanRecord> {
  if (plan.gate === null) return plan;
  const news: readonly PlanNews[] = [gateNews(place, plan.gate, plan), statusNews(place, plan)];
  for (const item of news) await tellRuns(place, listeners(plan, waiters), item);
  return plan;
}

async function byPolicy(place: PlanPlace, gate: Gate, { at, waiters }: OpenGateInput): Promise<PlanState> {
  const decision: DecisionRecord = {
    decisionId: `policy_${gate.id}`,
    gate: gate.id,
    contentHash: gate.contentHash,
    decision: "approve",
    by: "policy",
    at,
    authn: "none",
    channel: POLICY,
    note: null,
    revision: gate.subject.kind === "plan" ? gate.subject.revision : 1,
    refused: null,
  };
  const key = `policy:${gate.id}`;
  const { kind, plan } = await place.store.plans.change({
    key,
    planId: place.planId,
    from: ["draft"],
    planHash: gate.contentHash,
    status: "approved",
    approvedGate: gate,
    decision,
  });
  if (kind === "conflict") return planState(plan);
  const told = listeners(plan, waiters);
  await tellRuns(place, told, decisionNews(place, decision));
  await tellRuns(place, told, statusNews(place, plan));
  return planState(plan);
}
