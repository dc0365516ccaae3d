import { type GateEnd, gateEnd } from "../../engine/gate-end.ts";
import { withoutUndefined } from "../../lib/without-undefined.ts";
import type { Gate } from "../../protocol/gate.ts";
import type { PlanRecord } from "../../state/plan-port.ts";
import type { StorePlace } from "../place.ts";

/** What was required of people for one content of a plan, and what they decided. */
export interface PlanGate extends Pick<
  Gate,
  "contentHash" | "rule" | "mode" | "requestedBy" | "alsoAskedBy" | "agent" | "openedAt" | "deadline"
> {
  readonly gateId: string;
  readonly revision: number;
  readonly status: "open" | "closed";
  /** What was decided; null while it waits, and where it was closed without a decision. */
  readonly outcome: GateEnd | null;
}

/** Every gate of a plan that was answered, approved it, or waits; oldest first. */
export async function planGates({ store }: StorePlace, plan: PlanRecord): Promise<readonly PlanGate[]> {
  const decisions = await store.plans.decisions(plan.planId);
  const answered = await Promise.all(
    [...new Set(decisions.map(({ gate }) => gate))].map(async (id) => (await store.gates.get(id))?.gate),
  );
  const gates = new Map<string, Gate>();
  for (const gate of [...answered, plan.approvedGate, plan.gate]) if (gate) gates.set(gate.id, gate);
  const oldestFirst = [...gates.values()].sort((a, b) => (a.openedAt < b.openedAt ? -1 : 1));
  return oldestFirst.flatMap((gate) => {
    const { id, subject, contentHash, rule, mode = "open", requestedBy, alsoAskedBy, agent, openedAt, deadline } = gate;
    if (subject.kind !== "plan" || subject.planId !== plan.planId) return [];
    const status = plan.gate?.id === id && plan.status === "draft" ? "open" : "closed";
    const outcome = gateEnd(gate, decisions);
    const { revision } = subject;
    return [
      {
        gateId: id,
        revision,
        contentHash,
        rule,
        mode,
        requestedBy,
        ...withoutUndefined({ alsoAskedBy, agent }),
        openedAt,
        deadline,
        status,
        outcome,
      },
    ] as const;
  });
}
