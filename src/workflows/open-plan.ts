import { setCurrentDetails, workflowInfo } from "@temporalio/workflow";
import { gateText } from "../engine/gate-text.ts";
import type { AskedStop, CarriedPlan, ExecuteRequest, PlanRef, PlanState, PlanWaiter } from "../protocol/plan-flow.ts";
import type { PlanInbox } from "./plan-inbox.ts";

/** A plan while its workflow runs. */
export interface OpenPlan {
  readonly ref: PlanRef;
  readonly inbox: PlanInbox;
  state: PlanState;
  /** Who wants the plan executed and was not told yet how it stands. Each takes back only its own. */
  requests: readonly ExecuteRequest[];
  /** Numbers what is recorded, so that an attempt finds what the one before it wrote. */
  sequence: number;
  /** The expiry of the gate is not asked for again before this time. */
  expireAfter: number;
  /** Set while a fresh history goes on with actions that were begun in the one before. */
  goesOn: boolean;
  /** Who cancelled the plan, until the store has it: what is applied stays, and nothing is begun. */
  stop: AskedStop | null;
}

/** A plan at the beginning of a history. */
export function openPlan(ref: PlanRef, inbox: PlanInbox, { state, stop, ...carried }: CarriedPlan): OpenPlan {
  return { ref, inbox, state, ...carried, goesOn: false, stop: stop ?? null };
}

/** The turns that wait for the plan. */
export function waitersOf({ requests }: OpenPlan): readonly PlanWaiter[] {
  return requests.flatMap(({ waiter }) => waiter ?? []);
}

/** Tells people in the Temporal UI what the plan does or waits for. */
export function describePlan({ state, ref }: OpenPlan, doing = "waiting"): void {
  const head = `Plan **${ref.planId}**, revision ${state.revision}: ${state.status}, ${doing}.`;
  setCurrentDetails(state.gate === null ? head : `${head}\n\n${gateText(state.gate, workflowInfo().workflowId)}`);
}

/** Workflow time. */
export function now(): string {
  return new Date().toISOString();
}
