import type { Kysely, Transaction } from "kysely";
import { DecisionRecord, type PlanId } from "../../protocol/plan.ts";
import type { Page } from "../../protocol/run.ts";
import type { ScopeKey, StateDatabase } from "../database.ts";
import { pageLimit, pageOf, pageStart } from "../page.ts";
import { listActions, moveAction, moveActions, openLedger } from "./plan-actions.ts";
import { type ChangeOutcome, changePlan, type EncodedChange } from "./plan-change.ts";
import type { PlanChange, PlanFilter, PlanRecord, PlanStore } from "../plan-port.ts";
import { encodeRevision, lastRevision, listRevisions, readRevision, storeRevision } from "./plan-revisions.ts";
import { findPlan, planRecord } from "./plan-row.ts";
import type { BlobStore } from "../port.ts";
import type { RunHubs } from "../log/run-hubs.ts";
import type { StateTables } from "../schema.ts";
import { parseStoredJson } from "../stored-json.ts";

/** The plans of one scope. */
export function createPlanStore(
  database: StateDatabase,
  scope: ScopeKey,
  shared: { readonly blobs: BlobStore; readonly hubs: RunHubs },
): PlanStore {
  const { blobs, hubs } = shared;
  const context = { scope, locksRows: database.locksRows };
  return {
    get: async (planId) => {
      const row = await database.read((db) => findPlan(db, scope, planId));
      return row === undefined ? null : planRecord(row);
    },
    list: (filter) => database.read((db) => listPlans(db, scope, filter)),
    storeRevision: async (revision) => {
      const encoded = await encodeRevision(revision);
      return await database.write((tx) => storeRevision({ ...context, tx }, encoded));
    },
    revisions: async (planId) => {
      const rows = await database.read((db) => listRevisions(db, scope, planId));
      return await Promise.all(rows.map((row) => readRevision(row, blobs)));
    },
    current: async (planId) => {
      const row = await database.read((db) => lastRevision(db, scope, planId));
      return row === undefined ? null : await readRevision(row, blobs);
    },
    keepPreviews: async (planId, revision, previews) => {
      await database.statement((db) =>
        db
          .updateTable("plan_revisions")
          .set({ previews: JSON.stringify(previews) })
          .where((is) => is.and({ ...scope, plan_id: planId, revision }))
          .where("previews", "is", null)
          .execute(),
      );
    },
    change: async (change) => {
      const encoded = await encodeChange(change);
      const isForGood = change.decision !== undefined || change.status !== undefined;
      const work = (tx: Transaction<StateTables>): Promise<ChangeOutcome> => changePlan({ ...context, tx }, encoded);
      const { outcome, events } = await (isForGood ? database.writeToLast(work) : database.write(work));
      if (events !== null) hubs.publish(scope, events.runId, events.written);
      return outcome;
    },
    decisions: (planId) => database.read((db) => listDecisions(db, scope, planId)),
    actions: (planId) => database.read((db) => listActions(db, scope, planId)),
    openLedger: (planId, lines) => database.write((tx) => openLedger({ ...context, tx }, planId, lines)),
    // An intent that a power cut took would be an effect that nobody remembers.
    moveActions: (planId, moves) => database.writeToLast((tx) => moveActions({ ...context, tx }, planId, moves)),
    moveAction: (planId, move) => database.writeToLast((tx) => moveAction({ ...context, tx }, planId, move)),
  };
}

/** Serialising and compressing needs no transaction. */
async function encodeChange({ revision, ...change }: PlanChange): Promise<EncodedChange> {
  if (revision === undefined) return { ...change, revision: null };
  return { ...change, revision: { ...(await encodeRevision(revision)), number: revision.number } };
}

async function listPlans(db: Kysely<StateTables>, scope: ScopeKey, filter: PlanFilter): Promise<Page<PlanRecord>> {
  const limit = pageLimit(filter);
  const start = pageStart(filter);
  let query = db
    .selectFrom("plans")
    .selectAll()
    .where((is) => is.and({ ...scope }));
  if (filter.status !== undefined) query = query.where("status", "=", filter.status);
  if (filter.runId !== undefined) query = query.where("run_id", "=", filter.runId);
  if (start !== null) query = query.where((is) => is(is.refTuple("created_at", "plan_id"), "<", is.tuple(...start)));
  const rows = await query
    .orderBy("created_at", "desc")
    .orderBy("plan_id", "desc")
    .limit(limit + 1)
    .execute();
  return pageOf(rows, limit, { place: (row) => [row.created_at, row.plan_id], item: planRecord });
}

async function listDecisions(
  db: Kysely<StateTables>,
  scope: ScopeKey,
  planId: PlanId,
): Promise<readonly DecisionRecord[]> {
  const rows = await db
    .selectFrom("plan_decisions")
    .select("decision")
    .where((is) => is.and({ ...scope, plan_id: planId }))
    .orderBy("position")
    .execute();
  return rows.map((row) => parseStoredJson(DecisionRecord, row.decision, `decision on plan ${planId}`));
}
