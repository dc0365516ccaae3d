import type { Kysely } from "kysely";
import { ContentHash } from "../../protocol/ids.ts";
import { getCall, listCalls } from "./calls.ts";
import type { ScopeKey, StateDatabase } from "../database.ts";
import type { NodeCache } from "../transcripts/node-cache.ts";
import type { StepAttempt, StepBegin, StepJournal } from "../port.ts";
import type { RunHubs } from "../log/run-hubs.ts";
import { appendEvents } from "../log/run-log.ts";
import type { StateTables } from "../schema.ts";
import { commitStep } from "./step-commit.ts";
import { isSuperseded, superseded } from "./step-fence.ts";
import { storedStepResult } from "./step-result.ts";
import { parseStored } from "../stored-json.ts";
import { encodeNodes, rememberNodes } from "../transcripts/transcripts.ts";

/** The step journal of one scope. */
export function createStepJournal(
  database: StateDatabase,
  scope: ScopeKey,
  shared: { readonly cache: NodeCache; readonly hubs: RunHubs },
): StepJournal {
  return {
    begin: (attempt, { isForGood = false } = {}) =>
      isForGood
        ? database.writeToLast((tx) => beginStep(tx, scope, attempt))
        : database.statement((db) => beginStep(db, scope, attempt)),
    tell: async (attempt, { settle, events }) => {
      const { runId } = attempt;
      const told = await database.write((tx) =>
        appendEvents({ tx, scope, locksRows: database.locksRows }, { runId, drafts: events, fence: attempt, settle }),
      );
      shared.hubs.publish(scope, runId, told);
    },
    commit: async (attempt, commit) => {
      const nodes = await encodeNodes(scope, commit.nodes ?? []);
      const outcome = await database.write((tx) =>
        commitStep({ tx, scope, locksRows: database.locksRows }, attempt, { commit, nodes }),
      );
      if (outcome.kind === "done") return outcome;
      rememberNodes(shared.cache, scope, nodes);
      shared.hubs.publish(scope, attempt.runId, outcome.events);
      return { kind: "committed" };
    },
    call: (turn, callId) => database.read((db) => getCall(db, scope, { turn, callId })),
    calls: (turn, step) => database.read((db) => listCalls(db, scope, { turn, step })),
    runHead: (runId, agent) => database.read((db) => getRunHead(db, scope, { runId, agent })),
  };
}

/** One statement announces the attempt; only an attempt that changed nothing must look why. */
async function beginStep(db: Kysely<StateTables>, scope: ScopeKey, attempt: StepAttempt): Promise<StepBegin> {
  const begun = await db
    .insertInto("steps")
    .values({
      ...scope,
      turn: attempt.turn,
      step: attempt.step,
      run_id: attempt.runId,
      attempt: attempt.attempt,
      execution: attempt.execution ?? "",
      superseded: null,
      result: null,
    })
    .onConflict((conflict) =>
      conflict
        .columns(["tenant", "workspace", "turn", "step"])
        .doUpdateSet((row) => ({
          superseded: row.ref("steps.attempt"),
          attempt: row.ref("excluded.attempt"),
          execution: row.ref("excluded.execution"),
        }))
        .where("steps.result", "is", null)
        .where((is) =>
          is.or([
            is("steps.attempt", "<", is.ref("excluded.attempt")),
            is("steps.execution", "<>", is.ref("excluded.execution")),
          ]),
        ),
    )
    .returning("superseded")
    .executeTakeFirst();
  if (begun !== undefined) return { kind: "fresh", superseded: begun.superseded, isRepeat: begun.superseded !== null };
  const step = await db
    .selectFrom("steps")
    .select(["attempt", "execution", "result"])
    .where((is) => is.and({ ...scope, turn: attempt.turn, step: attempt.step }))
    .executeTakeFirstOrThrow();
  if (step.result !== null) return { kind: "done", result: storedStepResult(step.result, attempt) };
  if (isSuperseded(attempt, step)) throw superseded(attempt, step.attempt);
  return { kind: "fresh", superseded: null, isRepeat: true };
}

async function getRunHead(
  db: Kysely<StateTables>,
  scope: ScopeKey,
  of: { readonly runId: string; readonly agent: string },
): Promise<ContentHash | null> {
  const row = await db
    .selectFrom("run_heads")
    .select("head")
    .where((is) => is.and({ ...scope, run_id: of.runId, agent: of.agent }))
    .executeTakeFirst();
  return row === undefined ? null : parseStored(ContentHash, row.head, `head of agent ${of.agent} in run ${of.runId}`);
}
