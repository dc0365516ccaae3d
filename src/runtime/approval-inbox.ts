import { InputError } from "../protocol/errors.ts";
import type { ThreadId } from "../protocol/ids.ts";
import type { Json } from "../protocol/json.ts";
import { type DecisionRecord, PlanId } from "../protocol/plan.ts";
import type { Page, PageRequest } from "../protocol/run.ts";
import type { OpenGate } from "../state/plan-port.ts";
import type { ScopedStore } from "../state/port.ts";

/** Something that waits for a person, with the run and the thread it belongs to; a routed agent's call belongs to its root's. */
export interface WaitingApproval extends OpenGate {
  readonly threadId: ThreadId | null;
}

/** All that people decide on, and what they said so far. */
export interface ApprovalDetail extends WaitingApproval {
  /** The whole arguments of a tool call; null for a plan, whose card tells more. */
  readonly args: Json;
  /** Every answer, the refused ones too, oldest first. */
  readonly decisions: readonly DecisionRecord[];
}

/** What waits for people in a workspace. */
export interface RuntimeApprovals {
  /** Oldest first, one page at a time: plans and calls of every agent, routed ones too. */
  list(page?: PageRequest): Promise<Page<WaitingApproval>>;
  /** One of them by its gate, also after it was decided, or by the id of a plan that waits. Fails with GATE_UNKNOWN. */
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
  return { items: items.map((open) => ({ ...open, threadId: threads.get(open.runId ?? "") ?? null })), next };
}

/** Finds one gate with all that is to know of it. */
export async function findApproval(store: ScopedStore, id: string): Promise<ApprovalDetail> {
  const open = await store.gates.get((await gateOfPlan(store, id)) ?? id);
  if (open === null) throw unknownGate(id);
  const { gate, runId, call } = open;
  const [run, record, decisions] = await Promise.all([
    runId === null ? null : store.runs.get(runId),
    call === null ? null : store.steps.call(call.turn, call.callId),
    gate.subject.kind === "plan"
      ? store.plans.decisions(PlanId.parse(gate.subject.planId))
      : store.gates.decisions(gate.id),
  ]);
  return { ...open, threadId: run?.threadId ?? null, args: record?.args ?? null, decisions };
}

async function gateOfPlan({ plans }: ScopedStore, id: string): Promise<string | undefined> {
  const planId = PlanId.safeParse(id);
  return planId.success ? (await plans.get(planId.data))?.gate?.id : undefined;
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
