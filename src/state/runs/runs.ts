import type { Kysely, Transaction } from "kysely";
import { InputError, StateError } from "../../protocol/errors.ts";
import { PREVIEW_CHARS } from "../../protocol/limits/text.ts";
import { type Page, type RunRecord, isFinalRunStatus } from "../../protocol/run.ts";
import { type NewBlob, insertBlobs } from "../blobs/blobs.ts";
import { encodeBlob } from "../blobs/codec.ts";
import { contentHash } from "../blobs/content-hash.ts";
import type { ScopeKey, ScopedTransaction, StateDatabase } from "../database.ts";
import { pageLimit, pageOf, pageStart } from "../page.ts";
import type { BlobStore, NewRun, RunFilter, RunStore } from "../port.ts";
import { runRecord } from "./run-row.ts";
import { joinStart, takeBackStart } from "./run-starts.ts";
import type { RunRow, StateTables } from "../schema.ts";
import { ensureThread } from "./threads.ts";
import { getTurn, insertTurn, listTurns } from "../steps/turns.ts";

/** The runs of one scope. */
export function createRunStore(database: StateDatabase, scope: ScopeKey, blobs: BlobStore): RunStore {
  return {
    create: async (run) => {
      const row = await encodeRun(scope, run);
      return await database.write((tx) => createRun({ tx, scope, locksRows: database.locksRows }, row));
    },
    get: async (runId) => {
      const row = await database.read((db) => selectRun(db, scope, runId).executeTakeFirst());
      return row === undefined ? null : runRecord(row);
    },
    discard: (runId, { noneAccepted = false } = {}) =>
      database.write((tx) => takeBackStart(tx, scope, { runId, noneAccepted })),
    list: (filter) => database.read((db) => listRuns(db, scope, filter)),
    turn: (turn) => database.read((db) => getTurn(db, scope, turn)),
    turns: (runId) => database.read((db) => listTurns(db, scope, runId)),
    prompt: async (runId) => {
      const row = await database.read((db) => selectRun(db, scope, runId).executeTakeFirst());
      if (row === undefined) throw unknownRun(runId);
      return Buffer.from(await blobs.get(runRecord(row).promptHash)).toString();
    },
    claim: async (run, executionId) => {
      const row = await encodeRun(scope, run);
      return await database.write(async (tx) => {
        const context = { tx, scope, locksRows: database.locksRows };
        const { row: existing } = await createOrFind(context, row);
        return await claimRun(context, { existing, wanted: row.row, executionId });
      });
    },
  };
}

/** The complaint that no such run was created in this scope. */
export function unknownRun(runId: string): InputError {
  return new InputError("RUN_UNKNOWN", `no run ${runId} in this workspace`, {
    hint: "check the run id, the tenant and the workspace",
  });
}

interface EncodedRun {
  readonly row: RunRow;
  readonly prompt: NewBlob;
}

async function encodeRun(scope: ScopeKey, run: NewRun): Promise<EncodedRun> {
  const content = Buffer.from(run.prompt);
  const hash = contentHash(content);
  const now = new Date().toISOString();
  const row: RunRow = {
    ...scope,
    run_id: run.runId,
    thread_id: run.threadId,
    app: run.app,
    agent: run.agent,
    status: run.status,
    workflow_id: run.workflowId,
    execution_id: null,
    namespace: run.namespace,
    requested_by: run.requestedBy === null ? null : JSON.stringify(run.requestedBy),
    prompt_hash: hash,
    prompt_preview: JSON.stringify(run.prompt.slice(0, PREVIEW_CHARS).toWellFormed()),
    manifest_hash: run.manifestHash,
    finish: null,
    text: null,
    error: null,
    input_tokens: 0,
    output_tokens: 0,
    cache_read_tokens: 0,
    cache_write_tokens: 0,
    created_at: now,
    ended_at: null,
    last_seq: 0,
    starts: 1,
    earlier_starts: 0,
    asked_at: now,
  };
  return { row, prompt: { hash, encoded: await encodeBlob(content), expiresAt: null } };
}

async function createRun(
  context: ScopedTransaction,
  run: EncodedRun,
): Promise<{ readonly created: boolean; readonly run: RunRecord }> {
  const { created, row } = await createOrFind(context, run);
  if (created) return { created, run: runRecord(row) };
  refuseConflict(row, run.row);
  return { created, run: runRecord(await joinStart(context.tx, { existing: row, wanted: run.row })) };
}

/** The row of a run, locked, whether it was there or not. One that is discarded while we look is made anew. */
async function createOrFind(
  context: ScopedTransaction,
  run: EncodedRun,
): Promise<{ readonly created: boolean; readonly row: RunRow }> {
  const { tx, scope, locksRows } = context;
  for (;;) {
    if (await createRow(tx, scope, run)) return { created: true, row: run.row };
    const query = selectRun(tx, scope, run.row.run_id);
    const row = await (locksRows ? query.forUpdate() : query).executeTakeFirst();
    if (row !== undefined) return { created: false, row };
  }
}

/** Whether the run is new; then its thread and its prompt are there as well. */
async function createRow(tx: Transaction<StateTables>, scope: ScopeKey, run: EncodedRun): Promise<boolean> {
  const inserted = await tx
    .insertInto("runs")
    .values(run.row)
    .onConflict((conflict) => conflict.doNothing())
    .returning("run_id")
    .executeTakeFirst();
  if (inserted === undefined) return false;
  await ensureThread(tx, scope, run.row.thread_id);
  await insertBlobs(tx, scope, [run.prompt]);
  return true;
}

interface Claim {
  readonly existing: RunRow;
  readonly wanted: RunRow;
  readonly executionId: string;
}

/** The first execution takes a run that is not over yet; its own second claim finds it taken by itself. */
async function claimRun(
  context: ScopedTransaction,
  { existing, wanted, executionId }: Claim,
): Promise<{ readonly mine: boolean; readonly run: RunRecord }> {
  // A workflow is started with ids only; who asked is known to whoever created the run.
  refuseConflict(existing, { ...wanted, requested_by: wanted.requested_by ?? existing.requested_by });
  const record = runRecord(existing);
  if (existing.execution_id !== null) return { mine: existing.execution_id === executionId, run: record };
  if (isFinalRunStatus(record.status)) return { mine: false, run: record };
  await refuseBusyThread(context, wanted);
  const claimed: RunRow = {
    ...existing,
    status: "running",
    execution_id: executionId,
    namespace: wanted.namespace,
    workflow_id: wanted.workflow_id,
    manifest_hash: existing.manifest_hash ?? wanted.manifest_hash,
  };
  const { status, execution_id, namespace, workflow_id, manifest_hash } = claimed;
  await context.tx
    .updateTable("runs")
    .set({ status, execution_id, namespace, workflow_id, manifest_hash })
    .where((is) => is.and({ ...context.scope, run_id: wanted.run_id }))
    .execute();
  await insertTurn(context, { turn: wanted.run_id, runId: wanted.run_id, parent: null, agent: wanted.agent });
  return { mine: true, run: runRecord(claimed) };
}

/**
 * Temporal keeps one workflow id to one turn at a time, so a turn under the same id is over. One under another id may be alive, and
 * two turns of a thread side by side would lose what one of them said.
 */
async function refuseBusyThread({ tx, scope, locksRows }: ScopedTransaction, run: RunRow): Promise<void> {
  const thread = tx
    .selectFrom("threads")
    .select("thread_id")
    .where((is) => is.and({ ...scope, thread_id: run.thread_id }));
  await (locksRows ? thread.forUpdate() : thread).executeTakeFirst();
  const holder = await tx
    .selectFrom("runs")
    .select("run_id")
    .where((is) => is.and({ ...scope, thread_id: run.thread_id, status: "running" }))
    .where("workflow_id", "<>", run.workflow_id)
    .executeTakeFirst();
  if (holder === undefined) return;
  throw new StateError("THREAD_BUSY", `thread ${run.thread_id} is answering run ${holder.run_id} in another workflow`, {
    retryable: true,
    hint: `wait for that run or cancel it: bridle runs cancel ${holder.run_id}`,
  });
}

async function listRuns(db: Kysely<StateTables>, scope: ScopeKey, filter: RunFilter): Promise<Page<RunRecord>> {
  const limit = pageLimit(filter);
  const start = pageStart(filter);
  let query = db
    .selectFrom("runs")
    .selectAll()
    .where((is) => is.and({ ...scope }));
  if (filter.threadId !== undefined) query = query.where("thread_id", "=", filter.threadId);
  if (filter.status !== undefined) query = query.where("status", "=", filter.status);
  if (start !== null) query = query.where((is) => is(is.refTuple("created_at", "run_id"), "<", is.tuple(...start)));
  const rows = await query
    .orderBy("created_at", "desc")
    .orderBy("run_id", "desc")
    .limit(limit + 1)
    .execute();
  return pageOf(rows, limit, { place: (row) => [row.created_at, row.run_id], item: runRecord });
}

function selectRun(db: Kysely<StateTables>, scope: ScopeKey, runId: string) {
  return db
    .selectFrom("runs")
    .selectAll()
    .where((is) => is.and({ ...scope, run_id: runId }));
}

function refuseConflict(existing: RunRow, wanted: RunRow): void {
  for (const [column, name] of REQUEST_COLUMNS) {
    if (existing[column] === wanted[column]) continue;
    const difference =
      column === "prompt_hash"
        ? "another prompt"
        : `${name} ${told(existing[column])}, this one has ${told(wanted[column])}`;
    throw new InputError("RUN_CONFLICT", `run ${existing.run_id} exists already with ${difference}`, {
      hint: "use another run id, or repeat the same request to get the same run",
    });
  }
}

/** What makes two requests for one run id the same. */
const REQUEST_COLUMNS = [
  ["thread_id", "thread"],
  ["app", "app"],
  ["agent", "agent"],
  ["prompt_hash", "prompt"],
  ["requested_by", "requester"],
] as const;

function told(value: string | null): string {
  if (value === null) return "nobody";
  return value.startsWith('"') ? value : JSON.stringify(value);
}
