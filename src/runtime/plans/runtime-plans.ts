import type { ActionRecord, DecisionRecord, PlanStatus } from "../../protocol/plan.ts";
import type { Page, PageRequest } from "../../protocol/run.ts";
import type { PlanFilter, PlanRecord, PlanRevision } from "../../state/plan-port.ts";
import type { Approver } from "../approvals/approver.ts";
import { parseRunId } from "../parse-id.ts";
import type { RunPlace } from "../place.ts";
import { type CancelRequest, cancelPlan, type PlanCancelled } from "./cancel-plan.ts";
import { compensatePlan, type Undone, type UndoRequest } from "./compensate-plan.ts";
import { type ExecuteOptions, executePlan } from "./execute-plan.ts";
import { findPlan } from "./find-plan.ts";
import type { PlanCard } from "./plan-card.ts";
import { type PlanGate, planGates } from "./plan-gates.ts";
import { planLedger } from "./plan-ledger.ts";
import { readPlanCard } from "./read-plan-card.ts";
import { type ActionFinding, settlePlanAction } from "./settle-action.ts";
import { type HostPlan, storeHostPlan } from "./store-host-plan.ts";
import { undosOf } from "./undos-of.ts";

/** The plans of a workspace. Only an approved one is ever applied, and only once. */
export interface RuntimePlans {
  /** Stores a revision that host code made; the gate opens at once. */
  store(plan: HostPlan): Promise<PlanRecord>;
  get(planId: string): Promise<PlanRecord>;
  /** Newest first, one page at a time. */
  list(filter?: PlanListing): Promise<Page<PlanRecord>>;
  /** Has a plan applied once it is approved; resolves when it has ended or was sent back. */
  execute(planId: string, options?: ExecuteOptions): Promise<PlanRecord>;
  /** Where every action stands. */
  actions(planId: string): Promise<readonly ActionRecord[]>;
  /** Every answer, the refused ones too, oldest first. */
  decisions(planId: string): Promise<readonly DecisionRecord[]>;
  revisions(planId: string): Promise<readonly PlanRevision[]>;
  /** What was required of people and what they decided: every gate that was answered or waits, oldest first. */
  gates(planId: string): Promise<readonly PlanGate[]>;
  /** Records what a person found out about an action whose outcome is unknown; the plan stays as it ended. */
  settle(planId: string, index: number, finding: ActionFinding): Promise<ActionRecord>;
  /** Stops a plan after the action under way; resolves when it has ended, or after a minute unless said. Needs no signature. */
  cancel(planId: string, request: CancelRequest): Promise<PlanCancelled>;
  /** Takes back what a failed plan applied, in a plan of its own that needs an approval like the first; resolves when it has ended or waits for other people. */
  compensate(planId: string, request: UndoRequest): Promise<Undone>;
  /** The plans that took back what a plan applied, oldest first. */
  undos(planId: string): Promise<readonly PlanRecord[]>;
  /** What people are shown. */
  card(planId: string): Promise<PlanCard>;
}

/** Which plans to list. */
export interface PlanListing extends PageRequest {
  readonly status?: PlanStatus;
  readonly runId?: string;
}

/** The plans of the workspace that `open` opens. */
export function runtimePlans(open: () => Promise<RunPlace>, approver: Approver): RuntimePlans {
  const at = async (planId: string): Promise<{ readonly place: RunPlace; readonly plan: PlanRecord }> => {
    const place = await open();
    return { place, plan: await findPlan(place, planId) };
  };
  return {
    store: async (plan) => storeHostPlan(await open(), plan),
    get: async (planId) => (await at(planId)).plan,
    list: async (listing = {}) => (await open()).store.plans.list(planFilter(listing)),
    execute: async (planId, options) => executePlan(await open(), planId, options),
    async actions(planId) {
      const { place, plan } = await at(planId);
      return planLedger(place, plan);
    },
    async decisions(planId) {
      const { place, plan } = await at(planId);
      return place.store.plans.decisions(plan.planId);
    },
    async revisions(planId) {
      const { place, plan } = await at(planId);
      return place.store.plans.revisions(plan.planId);
    },
    async gates(planId) {
      const { place, plan } = await at(planId);
      return planGates(place, plan);
    },
    settle: async (planId, index, finding) => settlePlanAction(await open(), { planId, index, finding }),
    cancel: async (planId, request) => cancelPlan(await open(), { planId, request }),
    compensate: async (planId, request) => compensatePlan(await open(), { planId, request, approver }),
    async undos(planId) {
      const { place, plan } = await at(planId);
      return undosOf(place.store, plan.planId);
    },
    async card(planId) {
      const { place, plan } = await at(planId);
      const spec = place.app.spec.plans.find(({ name }) => name === plan.spec);
      return readPlanCard(place, plan, spec?.displayAliases);
    },
  };
}

function planFilter({ runId, ...rest }: PlanListing): PlanFilter {
  return runId === undefined ? rest : { ...rest, runId: parseRunId(runId) };
}
