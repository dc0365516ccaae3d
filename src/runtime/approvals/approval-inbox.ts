import { type GateEnd, gateEnd } from "../../engine/gate-end.ts";
import { refusedCount } from "../../engine/gate-progress.ts";
import { InputError } from "../../protocol/errors.ts";
import type { Gate } from "../../protocol/gate.ts";
import type { ThreadId } from "../../protocol/ids.ts";
import type { Json } from "../../protocol/json.ts";
import { type DecisionRecord, PlanId } from "../../protocol/plan.ts";
import type { Page, PageRequest } from "../../protocol/run.ts";
import type { OpenGate, PlanRecord } from "../../state/plan-port.ts";
import type { ScopedStore } from "../../state/port.ts";

/** Something that waits for a person, with the run and the thread it belongs to; a routed agent's call belongs to its root's. */
export interface WaitingApproval extends OpenGate {
  readonly threadId: ThreadId | null;
  /** How many answers to it were refused; each is kept with why. */
  readonly refusedCount: number;
}

/** All that people decide on, and what they said so far. */
export interface ApprovalDetail extends WaitingApproval {
  /** The whole arguments of a tool call; null for a plan, whose card tells more. */
  readonly args: Json;
  /** Every answer, the refused ones too, oldest first. */
  readonly decisions: readonly DecisionRecord[];
  /** What was decided; null while it waits, and where it was closed without a decision. */
  readonly outcome: GateEnd | null;
}

/** What waits for people in a workspace. */
export interface RuntimeApprovals {
  /** Oldest first, one page at a time: plans and calls of every agent, routed ones too. */
  list(page?: PageRequest): Promise<Page<WaitingApproval>>;
  /** One of them by its gate or by the id of a plan, also after it was decided. Fails with GATE_UNKNOWN. */
  get(id: string): Promise<ApprovalDetail>;
}

/** The approvals of the workspace that `open` opens. */
export function runtimeApprovals(open: () => Promise<ScopedStore>): RuntimeApprovals {
  return {
    list: async (page = {}) => listApprovals(await open(), page),
    get: async (id) => findApproval(await open(), id),
  };
}

/** One page of what waits. */
export async function listApprovals(store: ScopedStore, page: PageRequest): Promise<Page<WaitingApproval>> {
  const { items, next } = await store.gates.waiting(page);
  const threads = new Map<string, ThreadId | null>();
  for (const { runId } of items)
    if (runId !== null && !threads.has(runId)) threads.set(runId, (await store.runs.get(runId))?.threadId ?? null);
  const waiting = items.map(async (open): Promise<WaitingApproval> => ({
    ...open,
    threadId: threads.get(open.runId ?? "") ?? null,
    refusedCount: refusedCount(open.gate, await decisionsOf(store, open.gate)),
  }));
  return { items: await Promise.all(waiting), next };
}

/** Finds one gate with all that is to know of it. */
export async function findApproval(store: ScopedStore, id: string): Promise<ApprovalDetail> {
  const plan = await findPlanRecord(store, id);
  const open = plan === null ? await store.gates.get(id) : await gateOfPlan(store, plan);
  if (open === null) throw plan === null ? unknownGate(id) : unaskedPlan(plan);
  const { gate, runId, call } = open;
  const [run, record, decisions] = await Promise.all([
    runId === null ? null : store.runs.get(runId),
    call === null ? null : store.steps.call(call.turn, call.callId),
    decisionsOf(store, gate),
  ]);
  const read = { refusedCount: refusedCount(gate, decisions), outcome: gateEnd(gate, decisions) };
  return { ...open, ...read, threadId: run?.threadId ?? null, args: record?.args ?? null, decisions };
}

function decisionsOf({ plans, gates }: ScopedStore, { id, subject }: Gate): Promise<readonly DecisionRecord[]> {
  return subject.kind === "plan" ? plans.decisions(PlanId.parse(subject.planId)) : gates.decisions(id);
}

async function findPlanRecord({ plans }: ScopedStore, id: string): Promise<PlanRecord | null> {
  const planId = PlanId.safeParse(id);
  return planId.success ? plans.get(planId.data) : null;
}

/** The gate that a plan waits at, or else the last one that was decided. */
async function gateOfPlan({ gates, plans }: ScopedStore, plan: PlanRecord): Promise<OpenGate | null> {
  const { gate, approvedGate, planId, workflowId, origin } = plan;
  if (gate !== null) return gates.get(gate.id);
  if (approvedGate !== null)
    return { gate: approvedGate, workflowId, runId: origin.runId, call: null, status: "closed" };
  const last = (await plans.decisions(planId)).findLast(({ refused }) => refused === null);
  return last === undefined ? null : gates.get(last.gate);
}

function unaskedPlan({ planId, status }: PlanRecord): InputError {
  return new InputError("GATE_UNKNOWN", `Plan "${planId}" is ${status}, and nobody was asked about it.`, {
    hint: `\`bridle plans show ${planId} --audit\` tells how it stands; where its rule asks for people, a worker opens the gate.`,
  });
}

function unknownGate(id: string): InputError {
  return new InputError(
    "GATE_UNKNOWN",
    `Nothing waits and nothing waited under ${JSON.stringify(id)} in this workspace.`,
    {
      hint: "`bridle approvals list` shows what waits; `bridle plans show` shows a plan that does not.",
    },
  );
}
