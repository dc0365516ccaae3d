import { type Kysely, sql } from "kysely";
import * as z from "zod";
import { InputError } from "../../protocol/errors.ts";
import { Gate } from "../../protocol/gate.ts";
import { RunId, ToolCallId, TurnId } from "../../protocol/ids.ts";
import { DecisionRecord } from "../../protocol/plan.ts";
import { isFinalRunStatus, type Page, type PageRequest } from "../../protocol/run.ts";
import type { ScopeKey, ScopedTransaction, StateDatabase } from "../database.ts";
import { pageLimit, pageOf, pageStart } from "../page.ts";
import type { GateStore, OpenGate } from "../plan-port.ts";
import { runStatus } from "../runs/run-row.ts";
import type { GateRow, PlanRow, StateTables } from "../schema.ts";
import { runEnded } from "../steps/step-fence.ts";
import { parseStored, parseStoredJson, parseText } from "../stored-json.ts";

/** The gates of one scope. Those of tool calls have rows of their own; that of a plan is read from its plan while it is open. */
export function createGateStore(database: StateDatabase, scope: ScopeKey): GateStore {
  return {
    open: (gate) => database.write((tx) => openGate({ tx, scope, locksRows: database.locksRows }, gate)),
    get: (gateId) => database.read((db) => getGate(db, scope, gateId)),
    waiting: (page) => database.read((db) => listWaiting(db, scope, page)),
    decide: (gateId, decision, closes) =>
      database.writeToLast((tx) =>
        decideGate({ tx, scope, locksRows: database.locksRows }, gateId, { decision, closes }),
      ),
    decisions: (gateId) => database.read((db) => listDecisions(db, scope, gateId)),
    closeOf: (turn) => database.write((tx) => closeGates({ tx, scope, locksRows: database.locksRows }, { turn })),
  };
}

/** Whoever ends a run or one of its turns closes what waits of it; behind that nothing opens any more. */
async function openGate(context: ScopedTransaction, open: OpenGate): Promise<void> {
  const { tx, scope } = context;
  const { gate, workflowId, runId, call, status } = open;
  if (runId !== null && (await hasEnded(context, runId, call?.turn ?? null))) throw runEnded(runId);
  await tx
    .insertInto("gates")
    .values({
      ...scope,
      gate_id: gate.id,
      gate: JSON.stringify(gate),
      workflow_id: workflowId,
      run_id: runId,
      turn: call?.turn ?? null,
      call_id: call?.callId ?? null,
      status,
      opened_at: gate.openedAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Holds the run, so that its end cannot pass unseen. */
async function hasEnded(
  { tx, scope, locksRows }: ScopedTransaction,
  runId: string,
  turn: string | null,
): Promise<boolean> {
  const query = tx
    .selectFrom("runs")
    .select("status")
    .where((is) => is.and({ ...scope, run_id: runId }));
  const run = await (locksRows ? query.forShare() : query).executeTakeFirst();
  if (run !== undefined && isFinalRunStatus(runStatus(run))) return true;
  const own = await tx
    .selectFrom("turns")
    .select("status")
    .where((is) => is.and({ ...scope, run_id: runId, turn: turn ?? "" }))
    .executeTakeFirst();
  return own !== undefined && own.status !== "running";
}

async function getGate(db: Kysely<StateTables>, scope: ScopeKey, gateId: string): Promise<OpenGate | null> {
  const row = await selectGates(db, scope, { gateId: searchable(gateId) })
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : openGateOf(row);
}

async function listWaiting(db: Kysely<StateTables>, scope: ScopeKey, page: PageRequest): Promise<Page<OpenGate>> {
  const limit = pageLimit(page);
  const start = pageStart(page);
  let query = selectGates(db, scope, "open");
  if (start !== null) query = query.where((is) => is(is.refTuple("opened_at", "gate_id"), ">", is.tuple(...start)));
  const rows = await query
    .orderBy("opened_at")
    .orderBy("gate_id")
    .limit(limit + 1)
    .execute();
  return pageOf(rows, limit, { place: (row) => [row.opened_at, row.gate_id], item: openGateOf });
}

/**
 * Keeps the gate of a plan that a change took from it, as one that is closed: whoever answers it later is told so, and whoever looks it
 * up finds it.
 */
export async function keepClosedGate({ tx, scope }: ScopedTransaction, before: PlanRow, after: PlanRow): Promise<void> {
  const { gate, gate_id, gate_opened_at } = before;
  if (gate === null || gate_id === null || gate_opened_at === null || gate_id === after.gate_id) return;
  const { workflow_id, run_id } = before;
  const row = { gate_id, gate, workflow_id, run_id, turn: null, call_id: null, opened_at: gate_opened_at };
  await tx
    .insertInto("gates")
    .values({ ...scope, ...row, status: "closed" })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Decisions of one gate come one after the other, so that they keep their order. */
async function decideGate(
  context: ScopedTransaction,
  gateId: string,
  { decision, closes }: { readonly decision: DecisionRecord; readonly closes: boolean },
): Promise<"kept" | "closed"> {
  const { tx, scope, locksRows } = context;
  const gate = { ...scope, gate_id: searchable(gateId) };
  const query = tx
    .selectFrom("gates")
    .select("status")
    .where((is) => is.and(gate));
  const row = await (locksRows ? query.forUpdate() : query).executeTakeFirst();
  if (row === undefined) throw unknownGate(gateId);
  const key = JSON.stringify([decision.decisionId, decision.refused]);
  const wouldReopen = row.status === "closed" && decision.refused === null;
  if (wouldReopen && !(await isKept(tx, { ...gate, key }))) return "closed";
  await tx
    .insertInto("gate_decisions")
    .values((is) => ({
      ...gate,
      key,
      position: is
        .selectFrom("gate_decisions as before")
        .select((count) => count.fn.countAll<number>().as("count"))
        .where((before) => before.and(gate)),
      decision: JSON.stringify(decision),
    }))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  if (!closes) return "kept";
  await tx
    .updateTable("gates")
    .set({ status: "closed" })
    .where((is) => is.and(gate))
    .execute();
  return "kept";
}

async function isKept(
  tx: Kysely<StateTables>,
  decision: ScopeKey & { readonly gate_id: string; readonly key: string },
): Promise<boolean> {
  const kept = await tx
    .selectFrom("gate_decisions")
    .select("key")
    .where((is) => is.and(decision))
    .executeTakeFirst();
  return kept !== undefined;
}

/** Closes what still waits of a turn that ended, or of a whole run: nobody can answer it any more. */
export async function closeGates(
  { tx, scope }: ScopedTransaction,
  of: { readonly turn: string } | { readonly run_id: string },
): Promise<void> {
  await tx
    .updateTable("gates")
    .set({ status: "closed" })
    .where((is) => is.and({ ...scope, status: "open", ...of }))
    .execute();
}

async function listDecisions(
  db: Kysely<StateTables>,
  scope: ScopeKey,
  gateId: string,
): Promise<readonly DecisionRecord[]> {
  const rows = await db
    .selectFrom("gate_decisions")
    .select("decision")
    .where((is) => is.and({ ...scope, gate_id: searchable(gateId) }))
    .orderBy("position")
    .execute();
  return rows.map((row) => parseStoredJson(DecisionRecord, row.decision, `decision on gate ${gateId}`));
}

type WaitingRow = Omit<GateRow, "tenant" | "workspace">;

/** Both kinds of gates as one list. What is asked for is said to both tables, because their indexes differ. */
function selectGates(db: Kysely<StateTables>, scope: ScopeKey, which: "open" | { readonly gateId: string }) {
  const ofTools = db
    .selectFrom("gates")
    .select(["gate_id", "gate", "workflow_id", "run_id", "turn", "call_id", "status", "opened_at"])
    .where((is) => is.and({ ...scope, ...(which === "open" ? { status: "open" } : { gate_id: which.gateId }) }));
  const ofPlans = db
    .selectFrom("plans")
    .select([
      sql<string>`gate_id`.as("gate_id"),
      sql<string>`gate`.as("gate"),
      "workflow_id",
      "run_id",
      sql<string | null>`null`.as("turn"),
      sql<string | null>`null`.as("call_id"),
      sql<string>`case status when 'draft' then 'open' else 'closed' end`.as("status"),
      sql<string>`gate_opened_at`.as("opened_at"),
    ])
    .where((is) => is.and({ ...scope, ...(which === "open" ? { status: "draft" } : { gate_id: which.gateId }) }))
    .where("gate_id", "is not", null);
  return db.selectFrom(ofTools.unionAll(ofPlans).as("all_gates")).selectAll();
}

const StoredGate = z.strictObject({
  workflowId: z.string(),
  runId: RunId.nullable(),
  call: z.strictObject({ turn: TurnId, callId: ToolCallId }).nullable(),
  status: z.enum(["open", "closed"]),
  gate: Gate,
});

function openGateOf(row: WaitingRow): OpenGate {
  const what = `gate ${row.gate_id}`;
  const gate = {
    gate: parseText(row.gate, what),
    workflowId: row.workflow_id,
    runId: row.run_id,
    call: row.turn === null ? null : { turn: row.turn, callId: row.call_id },
    status: row.status,
  };
  return parseStored(StoredGate, gate, what);
}

/** Gate ids are typed by people; Postgres cannot even be asked for one with a NUL. */
function searchable(gateId: string): string {
  return gateId.replaceAll("\0", "\uFFFD");
}

function unknownGate(gateId: string): InputError {
  return new InputError("GATE_UNKNOWN", `no gate ${JSON.stringify(gateId)} of a tool call in this workspace`, {
    hint: "check the gate id, the tenant and the workspace",
  });
}
