import type { Kysely } from "kysely";
import { InternalError, StateError } from "../../protocol/errors.ts";
import { ActionRecord, type PlanId } from "../../protocol/plan.ts";
import type { ScopeKey, ScopedTransaction } from "../database.ts";
import type { ActionMove } from "../plan-port.ts";
import { lockPlan } from "./plan-row.ts";
import type { PlanActionRow, StateTables } from "../schema.ts";
import { parseStored, parseText } from "../stored-json.ts";

/** The ledger of a plan in the order of its actions. */
export async function listActions(
  db: Kysely<StateTables>,
  scope: ScopeKey,
  planId: PlanId,
): Promise<readonly ActionRecord[]> {
  const rows = await db
    .selectFrom("plan_actions")
    .selectAll()
    .where((is) => is.and({ ...scope, plan_id: planId }))
    .orderBy("position")
    .execute();
  return rows.map(actionRecord);
}

/** Writes the ledger's first lines, unless there are lines. The plan is held so that two openers cannot mix theirs. */
export async function openLedger(
  context: ScopedTransaction,
  planId: PlanId,
  lines: readonly Pick<ActionRecord, "index" | "kind" | "idempotencyKey">[],
): Promise<void> {
  const { tx, scope } = context;
  await lockPlan(context, planId);
  const known = await tx
    .selectFrom("plan_actions")
    .select("position")
    .where((is) => is.and({ ...scope, plan_id: planId }))
    .limit(1)
    .executeTakeFirst();
  if (known !== undefined) return;
  const rows = lines.map((line) => firstRow(scope, planId, line));
  for (let start = 0; start < rows.length; start += ROWS_PER_INSERT) {
    await tx
      .insertInto("plan_actions")
      .values(rows.slice(start, start + ROWS_PER_INSERT))
      .execute();
  }
}

/**
 * Moves one line when it is in one of `from`, and tells how it stands either way. `at` is when the line came to its state, so
 * further attempts of an intent leave the time of its first one.
 */
export async function moveAction(
  context: ScopedTransaction,
  planId: PlanId,
  move: ActionMove,
): Promise<{ readonly moved: boolean; readonly action: ActionRecord }> {
  const { tx, scope, locksRows } = context;
  const line = { ...scope, plan_id: planId, position: move.index };
  const query = tx
    .selectFrom("plan_actions")
    .selectAll()
    .where((is) => is.and(line));
  const row = await (locksRows ? query.forUpdate() : query).executeTakeFirst();
  if (row === undefined) throw new InternalError(`plan ${planId} has no action ${move.index} in its ledger`);
  const action = actionRecord(row);
  if (!move.from.includes(action.state)) return { moved: false, action };
  if (move.ifAttempts !== undefined && move.ifAttempts !== action.attempts) return { moved: false, action };
  const at = move.to === action.state ? row.at : new Date().toISOString();
  const moved: PlanActionRow = { ...row, ...patchOf(move), at };
  await tx
    .updateTable("plan_actions")
    .set(moved)
    .where((is) => is.and(line))
    .execute();
  return { moved: true, action: actionRecord(moved) };
}

/** Whether an action of the plan took effect, or may have. */
export async function mayHaveEffects({ tx, scope }: ScopedTransaction, planId: PlanId): Promise<boolean> {
  const line = await tx
    .selectFrom("plan_actions")
    .select("position")
    .where((is) => is.and({ ...scope, plan_id: planId }))
    .where("state", "in", ["done", "unknown", "intent"])
    .limit(1)
    .executeTakeFirst();
  return line !== undefined;
}

/** Moves all of the lines or none of them. */
export async function moveActions(
  context: ScopedTransaction,
  planId: PlanId,
  moves: readonly ActionMove[],
): Promise<void> {
  for (const move of moves) {
    const { moved, action } = await moveAction(context, planId, move);
    if (!moved)
      throw new StateError("STEP_SUPERSEDED", `Action ${move.index} of plan ${planId} is ${action.state} by now.`, {
        retryable: true,
      });
  }
}

const ROWS_PER_INSERT = 200;

function firstRow(
  scope: ScopeKey,
  planId: PlanId,
  { index, kind, idempotencyKey }: Pick<ActionRecord, "index" | "kind" | "idempotencyKey">,
): PlanActionRow {
  return {
    tenant: scope.tenant,
    workspace: scope.workspace,
    plan_id: planId,
    position: index,
    kind: JSON.stringify(kind),
    idempotency_key: JSON.stringify(idempotencyKey),
    state: "pending",
    attempts: 0,
    entities_affected: null,
    summary: null,
    details: "null",
    error: null,
    at: null,
    called_at: null,
    settlement: null,
  };
}

function patchOf(move: ActionMove): Partial<PlanActionRow> {
  const { to, attempts, calledAt, entitiesAffected, summary, details, error, settlement } = move;
  return {
    state: to,
    ...(calledAt === undefined ? {} : { called_at: calledAt }),
    ...(settlement === undefined ? {} : { settlement: JSON.stringify(settlement) }),
    ...(attempts === undefined ? {} : { attempts }),
    ...(entitiesAffected === undefined ? {} : { entities_affected: entitiesAffected }),
    ...(summary === undefined ? {} : { summary: summary === null ? null : JSON.stringify(summary) }),
    ...(details === undefined ? {} : { details: JSON.stringify(details) }),
    ...(error === undefined ? {} : { error: error === null ? null : JSON.stringify(error) }),
  };
}

function actionRecord(row: PlanActionRow): ActionRecord {
  const what = `action ${row.position} of plan ${row.plan_id}`;
  const record = {
    index: row.position,
    kind: parseText(row.kind, what),
    state: row.state,
    idempotencyKey: parseText(row.idempotency_key, what),
    attempts: row.attempts,
    entitiesAffected: row.entities_affected,
    summary: parseText(row.summary, what),
    details: parseText(row.details, what),
    error: parseText(row.error, what),
    at: row.at,
    calledAt: row.called_at,
    settlement: parseText(row.settlement, what),
  };
  return parseStored(ActionRecord, record, what);
}
