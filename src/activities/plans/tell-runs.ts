import { preview } from "../../lib/cap-text.ts";
import type { EventBody } from "../../protocol/event.ts";
import { type Gate } from "../../protocol/gate.ts";
import { RunId, TurnId } from "../../protocol/ids.ts";
import { PREVIEW_CHARS } from "../../protocol/limits/text.ts";
import { type DecisionRecord, PlanStatus } from "../../protocol/plan.ts";
import type { PlanWaiter } from "../../protocol/plan-flow.ts";
import type { PlanRecord } from "../../state/plan-port.ts";
import type { PlanPlace } from "./find-plan.ts";

/** Something that the runs around a plan hear of, once each. */
export interface PlanNews {
  /** Unique in the plan. */
  readonly name: string;
  readonly bodies: readonly EventBody[];
}

/** Tells the run that stored a plan and the runs that wait for it. Runs that have ended hear nothing. */
export async function tellRuns(
  { store, planId }: PlanPlace,
  listeners: readonly RunListener[],
  { name, bodies }: PlanNews,
): Promise<void> {
  const byRun = new Map(listeners.map((listener) => [listener.runId, listener] as const));
  for (const { runId, turn, agent } of byRun.values()) {
    const events = bodies.map((body, index) => ({
      key: `plan:${planId}:${name}:${index}`,
      turn: TurnId.parse(turn),
      agent,
      body,
    }));
    const key = `tell:${name}:${runId}`;
    await store.plans.change({ key, planId, from: ANY_STATUS, events, eventsRun: RunId.parse(runId) });
  }
}

/** A run that hears of a plan. */
export type RunListener = Pick<PlanWaiter, "runId" | "turn" | "agent">;

/** Who hears of a plan: the run it came from, and those that wait for it. */
export function listeners({ origin }: PlanRecord, waiters: readonly PlanWaiter[]): readonly RunListener[] {
  const { runId, turn, agent } = origin;
  return runId === null ? waiters : [...waiters, { runId, turn: turn ?? runId, agent: agent ?? "planner" }];
}

/** Every status: for changes that only add to the record. */
export const ANY_STATUS: readonly PlanStatus[] = PlanStatus.options;

/** Where a plan stands, for readers. */
export function statusNews({ binding }: PlanPlace, plan: PlanRecord): PlanNews {
  const { planId, status, revision, planHash, gate, spec } = plan;
  const display = gate === null ? aliasOf(binding.spec.manifest.plans[spec]?.displayAliases ?? {}, status) : PENDING;
  const body = { type: "plan-status", planId, status, revision, planHash } as const;
  const name = `status:${revision}:${status}:${gate?.id ?? "-"}`;
  return { name, bodies: [display === undefined ? body : { ...body, display }] };
}

/** A gate that waits, for readers. */
export function gateNews({ planId }: PlanPlace, gate: Gate, plan: PlanRecord): PlanNews {
  const { id, contentHash, deadline } = gate;
  const title = preview(`Plan ${planId} (${plan.spec}), revision ${plan.revision}`, PREVIEW_CHARS);
  return {
    name: `gate:${id}`,
    bodies: [{ type: "approval-required", gate: id, contentHash, title, deadline, planId }],
  };
}

/** A decision that counted, for readers. */
export function decisionNews(
  { planId }: PlanPlace,
  { decisionId, gate, decision, by, note }: DecisionRecord,
): PlanNews {
  return { name: `decision:${decisionId}`, bodies: [{ type: "approval-decision", gate, decision, by, note, planId }] };
}

const PENDING = "pending_approval";

function aliasOf(aliases: { readonly [status: string]: string | undefined }, status: PlanStatus): string | undefined {
  return aliases[status];
}
