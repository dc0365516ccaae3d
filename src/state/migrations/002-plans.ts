import type { Kysely } from "kysely";
import type { StateTables } from "../schema.ts";
import type { ColumnTypes, Migration } from "./migration.ts";
import { index, notNull, scoped } from "./scoped-table.ts";

/** Plans with their revisions, decisions and ledgers; gates of tool calls; references. */
export const plans: Migration = {
  version: 2,
  name: "plans",
  up: async (db, types) => {
    await createPlans(db, types);
    await createPlanHistory(db, types);
    await createLedger(db, types);
    await createGates(db, types);
    await createReferences(db, types);
  },
};

async function createPlans(db: Kysely<StateTables>, types: ColumnTypes): Promise<void> {
  await scoped(db, "plans", types)
    .addColumn("plan_id", types.key, notNull)
    .addColumn("spec", "text", notNull)
    .addColumn("app", "text", notNull)
    .addColumn("status", types.key, notNull)
    .addColumn("revision", "integer", notNull)
    .addColumn("plan_hash", types.key, notNull)
    .addColumn("run_id", types.key)
    .addColumn("turn", types.key)
    .addColumn("agent", "text")
    .addColumn("requested_by", "text", notNull)
    .addColumn("workflow_id", "text", notNull)
    .addColumn("gate", "text")
    .addColumn("gate_id", types.key)
    .addColumn("gate_opened_at", types.key)
    .addColumn("approved_gate", "text")
    .addColumn("fence", "integer", notNull)
    .addColumn("result", "text")
    .addColumn("error", "text")
    .addColumn("created_at", types.key, notNull)
    .addColumn("updated_at", types.key, notNull)
    .addPrimaryKeyConstraint("plans_pk", ["tenant", "workspace", "plan_id"])
    .execute();
  await index(db, "plans", ["created_at", "plan_id"]);
  await index(db, "plans", ["status", "created_at", "plan_id"]);
  await index(db, "plans", ["run_id", "created_at", "plan_id"]);
  await index(db, "plans", ["gate_id", "plan_id"]);
  await scoped(db, "plan_changes", types)
    .addColumn("plan_id", types.key, notNull)
    .addColumn("key", types.key, notNull)
    .addPrimaryKeyConstraint("plan_changes_pk", ["tenant", "workspace", "plan_id", "key"])
    .modifyEnd(types.clustered)
    .execute();
}

async function createPlanHistory(db: Kysely<StateTables>, types: ColumnTypes): Promise<void> {
  await scoped(db, "plan_revisions", types)
    .addColumn("plan_id", types.key, notNull)
    .addColumn("revision", "integer", notNull)
    .addColumn("spec", "text", notNull)
    .addColumn("spec_hash", types.key, notNull)
    .addColumn("plan_hash", types.key, notNull)
    .addColumn("body", "text")
    .addColumn("body_blob", types.key)
    .addColumn("document", "text")
    .addColumn("document_blob", types.key)
    .addColumn("edited_by", "text")
    .addColumn("at", "text", notNull)
    .addPrimaryKeyConstraint("plan_revisions_pk", ["tenant", "workspace", "plan_id", "revision"])
    .execute();
  await scoped(db, "plan_decisions", types)
    .addColumn("plan_id", types.key, notNull)
    .addColumn("position", "integer", notNull)
    .addColumn("decision", "text", notNull)
    .addPrimaryKeyConstraint("plan_decisions_pk", ["tenant", "workspace", "plan_id", "position"])
    .modifyEnd(types.clustered)
    .execute();
}

async function createLedger(db: Kysely<StateTables>, types: ColumnTypes): Promise<void> {
  await scoped(db, "plan_actions", types)
    .addColumn("plan_id", types.key, notNull)
    .addColumn("position", "integer", notNull)
    .addColumn("kind", "text", notNull)
    .addColumn("idempotency_key", "text", notNull)
    .addColumn("state", types.key, notNull)
    .addColumn("attempts", "integer", notNull)
    .addColumn("entities_affected", "bigint")
    .addColumn("summary", "text")
    .addColumn("details", "text", notNull)
    .addColumn("error", "text")
    .addColumn("at", "text")
    .addPrimaryKeyConstraint("plan_actions_pk", ["tenant", "workspace", "plan_id", "position"])
    .execute();
}

async function createGates(db: Kysely<StateTables>, types: ColumnTypes): Promise<void> {
  await scoped(db, "gates", types)
    .addColumn("gate_id", types.key, notNull)
    .addColumn("gate", "text", notNull)
    .addColumn("workflow_id", "text", notNull)
    .addColumn("run_id", types.key)
    .addColumn("turn", types.key)
    .addColumn("call_id", types.key)
    .addColumn("status", types.key, notNull)
    .addColumn("opened_at", types.key, notNull)
    .addPrimaryKeyConstraint("gates_pk", ["tenant", "workspace", "gate_id"])
    .execute();
  await index(db, "gates", ["status", "opened_at", "gate_id"]);
  await scoped(db, "gate_decisions", types)
    .addColumn("gate_id", types.key, notNull)
    .addColumn("key", types.key, notNull)
    .addColumn("position", "integer", notNull)
    .addColumn("decision", "text", notNull)
    .addPrimaryKeyConstraint("gate_decisions_pk", ["tenant", "workspace", "gate_id", "key"])
    .modifyEnd(types.clustered)
    .execute();
}

/** A plan's pins are released all at once, so they are found by their holder. */
async function createReferences(db: Kysely<StateTables>, types: ColumnTypes): Promise<void> {
  await scoped(db, "refs", types)
    .addColumn("ref_id", types.key, notNull)
    .addColumn("kind", "text", notNull)
    .addColumn("hash", types.key, notNull)
    .addColumn("glimpse", "text", notNull)
    .addColumn("bytes", "bigint", notNull)
    .addColumn("created_at", types.key, notNull)
    .addColumn("expires_at", types.key)
    .addPrimaryKeyConstraint("refs_pk", ["tenant", "workspace", "ref_id"])
    .execute();
  await index(db, "blob_pins", ["holder", "hash"]);
}
