import type { Kysely } from "kysely";
import { type EventDraft, EventBody, EventHead, type RunEvent } from "../../protocol/event.ts";
import type { RunId } from "../../protocol/ids.ts";
import { EVENTS_PER_READ } from "../../protocol/limits/store.ts";
import type { ScopeKey, ScopedTransaction } from "../database.ts";
import type { RunEventRow, StateTables } from "../schema.ts";
import { parseStored, parseText } from "../stored-json.ts";

/** Where the log of a run stands. */
export interface LogPosition {
  readonly runId: RunId;
  readonly lastSeq: number;
}

/**
 * Writes the drafts whose keys are new and returns them as events. The caller holds the run row from reading `lastSeq` until it
 * wrote the new one in the same transaction; that is what keeps the numbers free of gaps and of late arrivals.
 */
export async function writeEvents(
  context: ScopedTransaction,
  log: LogPosition,
  drafts: readonly EventDraft[],
): Promise<readonly RunEvent[]> {
  const byKey = new Map<string, EventDraft>();
  for (const draft of drafts) if (!byKey.has(draft.key)) byKey.set(draft.key, draft);
  const numbered = number(log, [...byKey.values()]);
  const fresh = await insertEvents(context, numbered);
  if (fresh.size === numbered.length) return numbered.map(({ event }) => event);
  // Keys that were known left gaps between the numbers of the others, so those are written again.
  await context.tx
    .deleteFrom("run_events")
    .where((is) => is.and({ ...context.scope, run_id: log.runId }))
    .where("seq", ">", log.lastSeq)
    .execute();
  const renumbered = number(
    log,
    [...byKey.values()].filter((draft) => fresh.has(draft.key)),
  );
  await insertEvents(context, renumbered);
  return renumbered.map(({ event }) => event);
}

/** Events after `after`, at most EVENTS_PER_READ. */
export async function readEvents(
  db: Kysely<StateTables>,
  scope: ScopeKey,
  position: { readonly runId: RunId; readonly after: number },
): Promise<readonly RunEvent[]> {
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

interface Numbered {
  readonly draft: EventDraft;
  readonly event: RunEvent;
}

function number(log: LogPosition, drafts: readonly EventDraft[]): readonly Numbered[] {
  const at = new Date().toISOString();
  return drafts.map((draft, index) => {
    const { turn, agent, body } = draft;
    const seq = log.lastSeq + index + 1;
    return { draft, event: { runId: log.runId, seq, cursor: cursorOf(log.runId, seq), at, turn, agent, ...body } };
  });
}

/** The keys that were not there before. */
async function insertEvents(
  { tx, scope }: ScopedTransaction,
  events: readonly Numbered[],
): Promise<ReadonlySet<string>> {
  const rows = events.map(({ draft, event }): RunEventRow => {
    const { runId: run_id, seq, turn, agent, at } = event;
    return { ...scope, run_id, seq, key: draft.key, turn, agent, at, body: JSON.stringify(draft.body) };
  });
  const keys = new Set<string>();
  for (let start = 0; start < rows.length; start += ROWS_PER_QUERY) {
    const inserted = await tx
      .insertInto("run_events")
      .values(rows.slice(start, start + ROWS_PER_QUERY))
      .onConflict((conflict) => conflict.columns(["tenant", "workspace", "run_id", "key"]).doNothing())
      .returning("key")
      .execute();
    for (const { key } of inserted) keys.add(key);
  }
  return keys;
}

function storedEvent(row: RunEventRow): RunEvent {
  const what = `event ${cursorOf(row.run_id, row.seq)}`;
  const { seq, at, turn, agent } = row;
  const head = parseStored(
    EventHead,
    { runId: row.run_id, seq, cursor: cursorOf(row.run_id, seq), at, turn, agent },
    what,
  );
  return { ...head, ...parseStored(EventBody, asWrittenNow(parseText(row.body, what)), what) };
}

/** Events are kept for good, so those of earlier builds are read too: their progress did not name its attempt. */
function asWrittenNow(body: unknown): unknown {
  const isUnnumbered =
    typeof body === "object" &&
    body !== null &&
    "type" in body &&
    body.type === "tool-progress" &&
    !("attempt" in body);
  return isUnnumbered ? { ...body, attempt: 1 } : body;
}

function cursorOf(runId: string, seq: number): string {
  return `${runId}#${seq}`;
}
