import type { Kysely } from "kysely";
import { type EventDraft, EventBody, EventHead, type RunEvent } from "../protocol/event.ts";
import type { RunId } from "../protocol/ids.ts";
import { EVENTS_PER_READ } from "../protocol/limits.ts";
import type { ScopeKey, ScopedTransaction } from "./database.ts";
import type { RunEventRow, StateTables } from "./schema.ts";
import { parseStored, parseStoredJson } from "./stored-json.ts";

/** Where the log of a run stands. */
export interface LogPosition {
  readonly runId: RunId;
  readonly lastSeq: number;
}

/**
 * Writes the drafts whose keys are new and returns them as events. The caller holds the run row from reading `lastSeq` until it
 * wrote the new one in the same transaction; that is what keeps the numbers free of gaps and of late arrivals.
 */
export async function writeEvents(context: ScopedTransaction, log: LogPosition, drafts: readonly EventDraft[]): Promise<readonly RunEvent[]> {
  const fresh = await withoutKnownKeys(context, log.runId, drafts);
  if (fresh.length === 0) return [];
  const at = new Date().toISOString();
  const events = fresh.map((draft, index) => eventOf(draft, { runId: log.runId, seq: log.lastSeq + index + 1, at }));
  const rows = fresh.map(
    (draft, index): RunEventRow => ({
      tenant: context.scope.tenant,
      workspace: context.scope.workspace,
      run_id: log.runId,
      seq: log.lastSeq + index + 1,
      key: draft.key,
      turn: draft.turn,
      agent: draft.agent,
      at,
      body: JSON.stringify(draft.body),
    }),
  );
  for (let start = 0; start < rows.length; start += ROWS_PER_QUERY) {
    await context.tx
      .insertInto("run_events")
      .values(rows.slice(start, start + ROWS_PER_QUERY))
      .execute();
  }
  return events;
}

/** Events after `after`, at most EVENTS_PER_READ. */
export async function readEvents(db: Kysely<StateTables>, scope: ScopeKey, position: { readonly runId: RunId; readonly after: number }): Promise<readonly RunEvent[]> {
  const rows = await db
    .selectFrom("run_events")
    .selectAll()
    .where((is) => is.and({ ...scope, run_id: position.runId }))
    .where("seq", ">", position.after)
    .orderBy("seq")
    .limit(EVENTS_PER_READ)
    .execute();
  return rows.map(storedEvent);
}

const ROWS_PER_QUERY = 200;

async function withoutKnownKeys(context: ScopedTransaction, runId: RunId, drafts: readonly EventDraft[]): Promise<readonly EventDraft[]> {
  const byKey = new Map<string, EventDraft>();
  for (const draft of drafts) if (!byKey.has(draft.key)) byKey.set(draft.key, draft);
  const keys = [...byKey.keys()];
  for (let start = 0; start < keys.length; start += ROWS_PER_QUERY) {
    const known = await context.tx
      .selectFrom("run_events")
      .select("key")
      .where((is) => is.and({ ...context.scope, run_id: runId }))
      .where("key", "in", keys.slice(start, start + ROWS_PER_QUERY))
      .execute();
    for (const { key } of known) byKey.delete(key);
  }
  return [...byKey.values()];
}

interface EventPlace {
  readonly runId: RunId;
  readonly seq: number;
  readonly at: string;
}

function eventOf(draft: EventDraft, place: EventPlace): RunEvent {
  return { ...place, cursor: cursorOf(place.runId, place.seq), turn: draft.turn, agent: draft.agent, ...draft.body };
}

function storedEvent(row: RunEventRow): RunEvent {
  const what = `event ${cursorOf(row.run_id, row.seq)}`;
  const { seq, at, turn, agent } = row;
  const head = parseStored(EventHead, { runId: row.run_id, seq, cursor: cursorOf(row.run_id, seq), at, turn, agent }, what);
  return { ...head, ...parseStoredJson(EventBody, row.body, what) };
}

function cursorOf(runId: string, seq: number): string {
  return `${runId}#${seq}`;
}
