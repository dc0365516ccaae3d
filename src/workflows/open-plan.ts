import { setCurrentDetails, workflowInfo } from "@temporalio/workflow";
import { gateText } from "../engine/gate-text.ts";
import type { PlanRef, PlanState, PlanWaiter } from "../protocol/plan-flow.ts";
import type { PlanInbox } from "./plan-inbox.ts";

/** A plan while its workflow runs. */
export interface OpenPlan {
  readonly ref: PlanRef;
  readonly inbox: PlanInbox;
  state: PlanState;
  /** Set when someone asked for the plan to be executed. */
  isWanted: boolean;
  readonly requests: Set<string>;
  waiters: readonly PlanWaiter[];
  /** Numbers what is recorded, so that an attempt finds what the one before it wrote. */
  sequence: number;
  /** The gate whose deadline was dealt with. */
  expired: string | null;
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
