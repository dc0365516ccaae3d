import type { Kysely } from "kysely";
import type { StateTables } from "../schema.ts";
import type { ColumnTypes, Migration } from "./migration.ts";
import { index, notNull, scoped } from "./scoped-table.ts";

/** The first schema: blobs, transcripts, threads, runs, steps and the run log. */
export const initial: Migration = {
  version: 1,
  name: "initial",
  up: async (db, types) => {
    await createBlobs(db, types);
    await createTranscripts(db, types);
    await createRuns(db, types);
    await createTurns(db, types);
    await createSteps(db, types);
    await createLog(db, types);
  },
};

async function createBlobs(db: Kysely<StateTables>, types: ColumnTypes): Promise<void> {
  await scoped(db, "blobs", types)
    .addColumn("hash", types.key, notNull)
    .addColumn("codec", "text", notNull)
    .addColumn("size", "integer", notNull)
    .addColumn("content", types.bytes, notNull)
    .addColumn("created_at", types.key, notNull)
    .addColumn("expires_at", types.key)
    .addPrimaryKeyConstraint("blobs_pk", ["tenant", "workspace", "hash"])
    .execute();
  await db.schema
    .createIndex("blobs_expiry")
    .on("blobs")
    .column("expires_at")
    .where("expires_at", "is not", null)
    .execute();
  await scoped(db, "blob_pins", types)
    .addColumn("hash", types.key, notNull)
    .addColumn("holder", types.key, notNull)
    .addPrimaryKeyConstraint("blob_pins_pk", ["tenant", "workspace", "hash", "holder"])
    .modifyEnd(types.clustered)
    .execute();
}

async function createTranscripts(db: Kysely<StateTables>, types: ColumnTypes): Promise<void> {
  await scoped(db, "nodes", types)
    .addColumn("hash", types.key, notNull)
    .addColumn("parent", types.key)
    .addColumn("message", "text")
    .addColumn("blob", types.key)
    .addPrimaryKeyConstraint("nodes_pk", ["tenant", "workspace", "hash"])
    .execute();
  await scoped(db, "threads", types)
    .addColumn("thread_id", types.key, notNull)
    .addColumn("created_at", types.key, notNull)
    .addColumn("updated_at", types.key, notNull)
    .addColumn("last_run_id", types.key)
    .addPrimaryKeyConstraint("threads_pk", ["tenant", "workspace", "thread_id"])
    .modifyEnd(types.clustered)
    .execute();
  await index(db, "threads", ["created_at", "thread_id"]);
  await scoped(db, "thread_heads", types)
    .addColumn("thread_id", types.key, notNull)
    .addColumn("agent", types.key, notNull)
    .addColumn("head", types.key, notNull)
    .addPrimaryKeyConstraint("thread_heads_pk", ["tenant", "workspace", "thread_id", "agent"])
    .modifyEnd(types.clustered)
    .execute();
}

async function createRuns(db: Kysely<StateTables>, types: ColumnTypes): Promise<void> {
  await scoped(db, "runs", types)
    .addColumn("run_id", types.key, notNull)
    .addColumn("thread_id", types.key, notNull)
    .addColumn("app", "text", notNull)
    .addColumn("agent", "text", notNull)
    .addColumn("status", types.key, notNull)
    .addColumn("workflow_id", "text", notNull)
    .addColumn("execution_id", "text")
    .addColumn("namespace", "text", notNull)
    .addColumn("prompt_hash", types.key, notNull)
    .addColumn("prompt_preview", "text", notNull)
    .addColumn("manifest_hash", types.key)
    .addColumn("finish", "text")
    .addColumn("text", "text")
    .addColumn("error", "text")
    .addColumn("input_tokens", "bigint", notNull)
    .addColumn("output_tokens", "bigint", notNull)
    .addColumn("cache_read_tokens", "bigint", notNull)
    .addColumn("cache_write_tokens", "bigint", notNull)
    .addColumn("created_at", types.key, notNull)
    .addColumn("ended_at", types.key)
    .addColumn("last_seq", "integer", notNull)
    .addPrimaryKeyConstraint("runs_pk", ["tenant", "workspace", "run_id"])
    .execute();
  await index(db, "runs", ["created_at", "run_id"]);
  await index(db, "runs", ["thread_id", "created_at", "run_id"]);
  await index(db, "runs", ["status", "created_at", "run_id"]);
  await scoped(db, "run_heads", types)
    .addColumn("run_id", types.key, notNull)
    .addColumn("agent", types.key, notNull)
    .addColumn("head", types.key, notNull)
    .addPrimaryKeyConstraint("run_heads_pk", ["tenant", "workspace", "run_id", "agent"])
    .modifyEnd(types.clustered)
    .execute();
}

async function createTurns(db: Kysely<StateTables>, types: ColumnTypes): Promise<void> {
  await scoped(db, "turns", types)
    .addColumn("turn", types.key, notNull)
    .addColumn("run_id", types.key, notNull)
    .addColumn("position", "integer", notNull)
    .addColumn("parent_turn", types.key)
    .addColumn("parent_call", types.key)
    .addColumn("agent", "text", notNull)
    .addColumn("status", "text", notNull)
    .addColumn("head", types.key)
    .addColumn("text", "text")
    .addColumn("error", "text")
    .addPrimaryKeyConstraint("turns_pk", ["tenant", "workspace", "turn"])
    .execute();
  await index(db, "turns", ["run_id", "position"]);
}

async function createSteps(db: Kysely<StateTables>, types: ColumnTypes): Promise<void> {
  await scoped(db, "steps", types)
    .addColumn("turn", types.key, notNull)
    .addColumn("step", types.key, notNull)
    .addColumn("run_id", types.key, notNull)
    .addColumn("attempt", "integer", notNull)
    .addColumn("execution", "text", notNull)
    .addColumn("superseded", "integer")
    .addColumn("result", "text")
    .addPrimaryKeyConstraint("steps_pk", ["tenant", "workspace", "turn", "step"])
    .modifyEnd(types.clustered)
    .execute();
  await scoped(db, "calls", types)
    .addColumn("turn", types.key, notNull)
    .addColumn("call_id", types.key, notNull)
    .addColumn("step", "integer", notNull)
    .addColumn("position", "integer", notNull)
    .addColumn("name", "text", notNull)
    .addColumn("args", "text", notNull)
    .addColumn("result", "text")
    .addPrimaryKeyConstraint("calls_pk", ["tenant", "workspace", "turn", "call_id"])
    .execute();
  await index(db, "calls", ["turn", "step", "position"]);
}

async function createLog(db: Kysely<StateTables>, types: ColumnTypes): Promise<void> {
  await scoped(db, "run_events", types)
    .addColumn("run_id", types.key, notNull)
    .addColumn("seq", "integer", notNull)
    .addColumn("key", types.key, notNull)
    .addColumn("turn", "text", notNull)
    .addColumn("agent", "text", notNull)
    .addColumn("at", "text", notNull)
    .addColumn("body", "text", notNull)
    .addPrimaryKeyConstraint("run_events_pk", ["tenant", "workspace", "run_id", "seq"])
    .addUniqueConstraint("run_events_key", ["tenant", "workspace", "run_id", "key"])
    .modifyEnd(types.clustered)
    .execute();
}
