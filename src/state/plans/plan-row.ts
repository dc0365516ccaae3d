import type { Kysely } from "kysely";
import * as z from "zod";
import { type ErrorCode, type ErrorInfo, InputError } from "../../protocol/errors.ts";
import { Gate } from "../../protocol/gate.ts";
import { ContentHash, RunId, TurnId } from "../../protocol/ids.ts";
import { PlanId, PlanStatus } from "../../protocol/plan.ts";
import type { ScopeKey, ScopedTransaction } from "../database.ts";
import type { PlanRecord } from "../plan-port.ts";
import type { PlanRow, StateTables } from "../schema.ts";
import { parseStored, parseText } from "../stored-json.ts";

/** A stored plan as callers see it. */
export function planRecord(row: PlanRow): PlanRecord {
  const what = `plan ${row.plan_id}`;
  const record = {
    planId: row.plan_id,
    spec: row.spec,
    status: row.status,
    revision: row.revision,
    planHash: row.plan_hash,
    origin: {
      app: parseText(row.app, what),
      runId: row.run_id,
      turn: row.turn,
      agent: row.agent,
      requestedBy: parseText(row.requested_by, what),
    },
    alsoAskedBy: parseText(row.also_asked_by, what) ?? [],
    workflowId: row.workflow_id,
    gate: parseText(row.gate, what),
    approvedGate: parseText(row.approved_gate, what),
    fence: row.fence,
    result: parseText(row.result, what),
    error: parseText(row.error, what),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
  return parseStored(StoredPlan, record, what);
}

/** An error as it was stored, with a code that some version of this package gave. */
const StoredError: z.ZodType<ErrorInfo> = z.strictObject({
  code: z.custom<ErrorCode>((code) => typeof code === "string"),
  message: z.string(),
  hint: z.string().exactOptional(),
});

/** The row of a plan. */
export async function findPlan(db: Kysely<StateTables>, scope: ScopeKey, planId: string): Promise<PlanRow | undefined> {
  return await selectPlan(db, scope, planId).executeTakeFirst();
}

/** The row of a plan, held until the transaction ends. Rows are locked in one order everywhere: plan, blobs, run. */
export async function lockPlan(context: ScopedTransaction, planId: string): Promise<PlanRow> {
  const query = selectPlan(context.tx, context.scope, planId);
  const row = await (context.locksRows ? query.forUpdate() : query).executeTakeFirst();
  if (row === undefined) throw unknownPlan(planId);
  return row;
}

/** Whether a status is one that never changes again. */
export function isFinalPlanStatus(status: PlanStatus): boolean {
  return status === "executed" || status === "failed" || status === "rejected" || status === "expired";
}

const StoredPlan = z.strictObject({
  planId: PlanId,
  spec: z.string(),
  status: PlanStatus,
  revision: z.number().int().positive(),
  planHash: ContentHash,
  origin: z.strictObject({
    app: z.string(),
    runId: RunId.nullable(),
    turn: TurnId.nullable(),
    agent: z.string().nullable(),
    requestedBy: z.string(),
  }),
  alsoAskedBy: z.array(z.string()).readonly(),
  workflowId: z.string(),
  gate: Gate.nullable(),
  approvedGate: Gate.nullable(),
  fence: z.number().int(),
  result: z.strictObject({ entitiesAffected: z.number(), summary: z.string().nullable() }).nullable(),
  error: StoredError.nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

function selectPlan(db: Kysely<StateTables>, scope: ScopeKey, planId: string) {
  return db
    .selectFrom("plans")
    .selectAll()
    .where((is) => is.and({ ...scope, plan_id: planId }));
}

function unknownPlan(planId: string): InputError {
  return new InputError("PLAN_UNKNOWN", `no plan ${planId} in this workspace`, {
    hint: "check the plan id, the tenant and the workspace",
  });
}
