import type { EventDraft, RunEvent } from "../../protocol/event.ts";
import type { Gate } from "../../protocol/gate.ts";
import type { RunId } from "../../protocol/ids.ts";
import type { DecisionRecord } from "../../protocol/plan.ts";
import { isFinalRunStatus } from "../../protocol/run.ts";
import type { ScopedTransaction } from "../database.ts";
import { keepClosedGate } from "./gates.ts";
import type { PlanChange, PlanChanged, PlanRecord } from "../plan-port.ts";
import { type EncodedRevision, replaceRevision } from "./plan-revisions.ts";
import { isFinalPlanStatus, lockPlan, planRecord } from "./plan-row.ts";
import { mayHaveEffects } from "./plan-actions.ts";
import { unpinReferences } from "../references/reference-pins.ts";
import { writeEvents } from "../log/run-events.ts";
import { runStatus } from "../runs/run-row.ts";
import type { PlanRow } from "../schema.ts";

/** What a change came to, and the events that readers of a run must be told of. */
export interface ChangeOutcome {
  readonly outcome: PlanChanged;
  readonly events: { readonly runId: RunId; readonly written: readonly RunEvent[] } | null;
}

/** A change with its revision ready to be written. */
export interface EncodedChange extends Omit<PlanChange, "revision"> {
  readonly revision: (EncodedRevision & { readonly number: number }) | null;
}

/** Everything about a change, inside one transaction that holds the plan from its first look to its last write. */
export async function changePlan(context: ScopedTransaction, change: EncodedChange): Promise<ChangeOutcome> {
  const row = await lockPlan(context, change.planId);
  const plan = planRecord(row);
  if (await isApplied(context, change)) return { outcome: { kind: "again", plan }, events: null };
  if (isOther(plan, change) || !change.from.includes(plan.status) || wouldReopen(plan, change))
    return { outcome: { kind: "conflict", plan }, events: null };
  const { revision } = change;
  const current = revision === null ? row : await replaceRevision(context, revision, row);
  const changed: PlanRow = { ...current, ...patchOf(change), updated_at: new Date().toISOString() };
  await context.tx
    .updateTable("plans")
    .set(changed)
    .where((is) => is.and({ ...context.scope, plan_id: change.planId }))
    .execute();
  await keepClosedGate(context, current, changed);
  await context.tx
    .insertInto("plan_changes")
    .values({ ...context.scope, plan_id: change.planId, key: JSON.stringify(change.key) })
    .execute();
  if (change.decision !== undefined) await appendDecision(context, change.planId, change.decision);
  await letGoOfReferences(context, change);
  const runId = change.eventsRun ?? plan.origin.runId;
  const written = runId === null ? [] : await tellRun(context, runId, change.events ?? []);
  return {
    outcome: { kind: "applied", plan: planRecord(changed) },
    events: runId === null ? null : { runId, written },
  };
}

/** A plan that failed part-way keeps what its actions refer to, so that what it applied can be taken back. */
async function letGoOfReferences(context: ScopedTransaction, { status, planId }: EncodedChange): Promise<void> {
  if (status === undefined || !isFinalPlanStatus(status)) return;
  if (status === "failed" && (await mayHaveEffects(context, planId))) return;
  await unpinReferences(context, planId);
}

async function isApplied({ tx, scope }: ScopedTransaction, change: EncodedChange): Promise<boolean> {
  const known = await tx
    .selectFrom("plan_changes")
    .select("key")
    .where((is) => is.and({ ...scope, plan_id: change.planId, key: JSON.stringify(change.key) }))
    .executeTakeFirst();
  return known !== undefined;
}

/** Whether the change was decided on other content than there is now. */
function isOther(plan: PlanRecord, { planHash, revision, gate, approvedGate }: EncodedChange): boolean {
  if (planHash !== undefined && planHash !== plan.planHash) return true;
  // Content that was replaced and came back is a revision of its own, which other people may have asked for.
  if (!isGateOf(gate, revision?.number ?? plan.revision) || !isGateOf(approvedGate, plan.revision)) return true;
  return revision !== null && (plan.status !== "draft" || revision.number !== plan.revision + 1);
}

function isGateOf(gate: Gate | null | undefined, revision: number): boolean {
  return gate?.subject.kind !== "plan" || gate.subject.revision === revision;
}

/** What is final takes no other status, no gate and no decision that counts; refused ones are kept all the same. */
function wouldReopen(plan: PlanRecord, { status, gate, decision }: EncodedChange): boolean {
  if (!isFinalPlanStatus(plan.status)) return false;
  if (status !== undefined && status !== plan.status) return true;
  if (gate !== undefined && gate !== null) return true;
  return decision !== undefined && decision.refused === null;
}

function patchOf({ status, gate, approvedGate, fence, result, error }: EncodedChange): Partial<PlanRow> {
  return {
    ...(status === undefined ? {} : { status }),
    ...(approvedGate === undefined ? {} : { approved_gate: JSON.stringify(approvedGate) }),
    ...(gate === undefined
      ? {}
      : {
          gate: gate === null ? null : JSON.stringify(gate),
          gate_id: gate?.id ?? null,
          gate_opened_at: gate?.openedAt ?? null,
        }),
    ...(fence === undefined ? {} : { fence }),
    ...(result === undefined ? {} : { result: JSON.stringify(result) }),
    ...(error === undefined ? {} : { error: JSON.stringify(error) }),
  };
}

async function appendDecision(
  { tx, scope }: ScopedTransaction,
  planId: string,
  decision: DecisionRecord,
): Promise<void> {
  await tx
    .insertInto("plan_decisions")
    .values((is) => ({
      ...scope,
      plan_id: planId,
      position: is
        .selectFrom("plan_decisions as before")
        .select((count) => count.fn.countAll<number>().as("count"))
        .where((before) => before.and({ ...scope, plan_id: planId })),
      decision: JSON.stringify(decision),
    }))
    .execute();
}

/** A run that ended or that was never there hears nothing: a plan outlives the run it came from. */
async function tellRun(
  context: ScopedTransaction,
  runId: RunId,
  drafts: readonly EventDraft[],
): Promise<readonly RunEvent[]> {
  if (drafts.length === 0) return [];
  const { tx, scope, locksRows } = context;
  const query = tx
    .selectFrom("runs")
    .select(["last_seq", "status"])
    .where((is) => is.and({ ...scope, run_id: runId }));
  const run = await (locksRows ? query.forUpdate() : query).executeTakeFirst();
  if (run === undefined || isFinalRunStatus(runStatus(run))) return [];
  const events = await writeEvents(context, { runId, lastSeq: run.last_seq }, drafts);
  await tx
    .updateTable("runs")
    .set({ last_seq: run.last_seq + events.length })
    .where((is) => is.and({ ...scope, run_id: runId }))
    .execute();
  return events;
}
