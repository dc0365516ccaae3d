import type { Kysely } from "kysely";
import * as z from "zod";
import { InternalError } from "../../protocol/errors.ts";
import { ContentHash, ToolCallId, type TurnId } from "../../protocol/ids.ts";
import { Json } from "../../protocol/json.ts";
import type { ScopeKey, ScopedTransaction } from "../database.ts";
import type { CallRecord, CallResult, NewCall } from "../port.ts";
import type { CallRow, StateTables } from "../schema.ts";
import { parseStored, parseStoredJson } from "../stored-json.ts";

/** One tool call of a turn. */
export async function getCall(
  db: Kysely<StateTables>,
  scope: ScopeKey,
  call: { readonly turn: TurnId; readonly callId: ToolCallId },
): Promise<CallRecord | null> {
  const row = await db
    .selectFrom("calls")
    .selectAll()
    .where((is) => is.and({ ...scope, turn: call.turn, call_id: call.callId }))
    .executeTakeFirst();
  return row === undefined ? null : callRecord(row);
}

/** The calls of one model step in order. */
export async function listCalls(
  db: Kysely<StateTables>,
  scope: ScopeKey,
  of: { readonly turn: TurnId; readonly step: number },
): Promise<readonly CallRecord[]> {
  const rows = await db
    .selectFrom("calls")
    .selectAll()
    .where((is) => is.and({ ...scope, turn: of.turn, step: of.step }))
    .orderBy("position")
    .execute();
  return rows.map(callRecord);
}

/** Records calls that are not there yet. */
export async function insertCalls(
  { tx, scope }: ScopedTransaction,
  turn: TurnId,
  calls: readonly NewCall[],
): Promise<void> {
  if (calls.length === 0) return;
  const rows = calls.map((call): CallRow => ({
    tenant: scope.tenant,
    workspace: scope.workspace,
    turn,
    call_id: call.callId,
    step: call.step,
    position: call.index,
    name: call.name,
    args: JSON.stringify(call.args),
    result: null,
  }));
  await tx
    .insertInto("calls")
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Gives calls their results; a call that has one keeps it. */
export async function settleCalls(
  { tx, scope }: ScopedTransaction,
  turn: TurnId,
  results: readonly CallResult[],
): Promise<void> {
  for (const result of results) {
    const key = { ...scope, turn, call_id: result.callId };
    const updated = await tx
      .updateTable("calls")
      .set({ result: JSON.stringify(result) })
      .where((is) => is.and(key))
      .where("result", "is", null)
      .executeTakeFirst();
    if (updated.numUpdatedRows > 0n) continue;
    const known = await tx
      .selectFrom("calls")
      .select("call_id")
      .where((is) => is.and(key))
      .executeTakeFirst();
    if (known === undefined)
      throw new InternalError(`turn ${turn} got a result for tool call ${result.callId}, which no step of it recorded`);
  }
}

const StoredCall = z.strictObject({
  callId: ToolCallId,
  step: z.number().int(),
  index: z.number().int(),
  name: z.string(),
});

const StoredResult = z.strictObject({
  callId: ToolCallId,
  content: z.string(),
  isError: z.boolean(),
  blob: ContentHash.optional(),
});

function callRecord(row: CallRow): CallRecord {
  const what = `tool call ${row.call_id}`;
  const call = parseStored(
    StoredCall,
    { callId: row.call_id, step: row.step, index: row.position, name: row.name },
    what,
  );
  return {
    ...call,
    args: parseStoredJson(Json, row.args, what),
    result: row.result === null ? null : callResult(row.result, what),
  };
}

function callResult(text: string, what: string): CallResult {
  const { blob, ...result } = parseStoredJson(StoredResult, text, what);
  return blob === undefined ? result : { ...result, blob };
}
