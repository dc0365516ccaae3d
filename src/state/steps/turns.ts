import type { Kysely } from "kysely";
import { TurnRecord } from "../../protocol/run.ts";
import type { ScopeKey, ScopedTransaction } from "../database.ts";
import type { StateTables, TurnRow } from "../schema.ts";
import { parseStored, parseText } from "../stored-json.ts";

/** One turn by its id. */
export async function getTurn(db: Kysely<StateTables>, scope: ScopeKey, turn: string): Promise<TurnRecord | null> {
  const row = await db
    .selectFrom("turns")
    .selectAll()
    .where((is) => is.and({ ...scope, turn }))
    .executeTakeFirst();
  return row === undefined ? null : turnRecord(row);
}

/** The turns of a run in the order they began. */
export async function listTurns(
  db: Kysely<StateTables>,
  scope: ScopeKey,
  runId: string,
): Promise<readonly TurnRecord[]> {
  const rows = await db
    .selectFrom("turns")
    .selectAll()
    .where((is) => is.and({ ...scope, run_id: runId }))
    .orderBy("position")
    .execute();
  return rows.map(turnRecord);
}

/** A turn that begins. */
export interface NewTurn {
  readonly turn: string;
  readonly runId: string;
  readonly parent: { readonly turn: string; readonly callId: string } | null;
  readonly agent: string;
}

/** Opens a turn when nobody did. The caller holds the run, so that positions are given one by one. */
export async function insertTurn({ tx, scope }: ScopedTransaction, turn: NewTurn): Promise<void> {
  await tx
    .insertInto("turns")
    .values((is) => ({
      ...scope,
      turn: turn.turn,
      run_id: turn.runId,
      position: is
        .selectFrom("turns as before")
        .select((count) => count.fn.countAll<number>().as("count"))
        .where((before) => before.and({ ...scope, run_id: turn.runId })),
      parent_turn: turn.parent?.turn ?? null,
      parent_call: turn.parent?.callId ?? null,
      agent: turn.agent,
      status: "running",
      head: null,
      text: null,
      error: null,
    }))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

function turnRecord(row: TurnRow): TurnRecord {
  const what = `turn ${row.turn}`;
  const record = {
    turn: row.turn,
    runId: row.run_id,
    parent: row.parent_turn === null ? null : { turn: row.parent_turn, callId: row.parent_call },
    agent: row.agent,
    status: row.status,
    head: row.head,
    text: parseText(row.text, what),
    error: parseText(row.error, what),
  };
  return parseStored(TurnRecord, record, what);
}
