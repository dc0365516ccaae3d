import type { Kysely } from "kysely";
import type { ThreadId } from "../../protocol/ids.ts";
import { type Page, ThreadRecord, type PageRequest } from "../../protocol/run.ts";
import type { ScopeKey, StateDatabase } from "../database.ts";
import { pageLimit, pageOf, pageStart } from "../page.ts";
import type { ThreadStore } from "../port.ts";
import type { StateTables, ThreadHeadRow, ThreadRow } from "../schema.ts";
import { parseStored } from "../stored-json.ts";

/** The threads of one scope. */
export function createThreadStore(database: StateDatabase, scope: ScopeKey): ThreadStore {
  return {
    get: (threadId) => database.read((db) => getThread(db, scope, threadId)),
    list: (page) => database.read((db) => listThreads(db, scope, page)),
  };
}

/** Creates a thread when nobody did. */
export async function ensureThread(db: Kysely<StateTables>, scope: ScopeKey, threadId: string): Promise<void> {
  const now = new Date().toISOString();
  await db
    .insertInto("threads")
    .values({ ...scope, thread_id: threadId, created_at: now, updated_at: now, last_run_id: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function getThread(db: Kysely<StateTables>, scope: ScopeKey, threadId: ThreadId): Promise<ThreadRecord | null> {
  const row = await db
    .selectFrom("threads")
    .selectAll()
    .where((is) => is.and({ ...scope, thread_id: threadId }))
    .executeTakeFirst();
  return row === undefined ? null : threadRecord(row, await headsOf(db, scope, [row]));
}

async function listThreads(db: Kysely<StateTables>, scope: ScopeKey, page: PageRequest): Promise<Page<ThreadRecord>> {
  const limit = pageLimit(page);
  const start = pageStart(page);
  let query = db
    .selectFrom("threads")
    .selectAll()
    .where((is) => is.and({ ...scope }));
  if (start !== null) query = query.where((is) => is(is.refTuple("created_at", "thread_id"), "<", is.tuple(...start)));
  const rows = await query
    .orderBy("created_at", "desc")
    .orderBy("thread_id", "desc")
    .limit(limit + 1)
    .execute();
  const heads = await headsOf(db, scope, rows);
  return pageOf(rows, limit, {
    place: (row) => [row.created_at, row.thread_id],
    item: (row) => threadRecord(row, heads),
  });
}

async function headsOf(
  db: Kysely<StateTables>,
  scope: ScopeKey,
  threads: readonly ThreadRow[],
): Promise<readonly ThreadHeadRow[]> {
  if (threads.length === 0) return [];
  const ids = threads.map((thread) => thread.thread_id);
  return await db
    .selectFrom("thread_heads")
    .selectAll()
    .where((is) => is.and({ ...scope }))
    .where("thread_id", "in", ids)
    .execute();
}

function threadRecord(row: ThreadRow, heads: readonly ThreadHeadRow[]): ThreadRecord {
  const own = heads.filter((head) => head.thread_id === row.thread_id);
  const record = {
    threadId: row.thread_id,
    heads: Object.fromEntries(own.map((head) => [head.agent, head.head])),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    lastRunId: row.last_run_id,
  };
  return parseStored(ThreadRecord, record, `thread ${row.thread_id}`);
}
