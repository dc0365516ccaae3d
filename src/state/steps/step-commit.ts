import type { Updateable } from "kysely";
import type { RunEvent } from "../../protocol/event.ts";
import type { Json } from "../../protocol/json.ts";
import { isFinalRunStatus } from "../../protocol/run.ts";
import type { Usage } from "../../protocol/usage.ts";
import { insertCalls, settleCalls } from "./calls.ts";
import { closeTurn } from "./close-turn.ts";
import type { ScopedTransaction } from "../database.ts";
import type { StepAttempt, StepCommit } from "../port.ts";
import { writeEvents } from "../log/run-events.ts";
import { runStatus } from "../runs/run-row.ts";
import { unknownRun } from "../runs/runs.ts";
import type { RunRow, StepRow } from "../schema.ts";
import { isSuperseded, runEnded, superseded } from "./step-fence.ts";
import { storedStepResult } from "./step-result.ts";
import { type EncodedNodes, insertNodes } from "../transcripts/transcripts.ts";
import { insertTurn } from "./turns.ts";

/** What a commit came to: the events it wrote, or the result of the attempt that was first. */
export type CommitOutcome =
  | { readonly kind: "committed"; readonly events: readonly RunEvent[] }
  | { readonly kind: "done"; readonly result: Json };

/** Everything a step did, inside one transaction. Rows are locked in one order everywhere: step, run, thread. */
export async function commitStep(
  context: ScopedTransaction,
  attempt: StepAttempt,
  work: { readonly commit: StepCommit; readonly nodes: EncodedNodes },
): Promise<CommitOutcome> {
  const { commit, nodes } = work;
  const step = await lockStep(context, attempt);
  if (step.result !== null) return { kind: "done", result: storedStepResult(step.result, attempt) };
  if (isSuperseded(attempt, step)) throw superseded(attempt, step.attempt);
  await insertNodes(context.tx, context.scope, nodes);
  await insertCalls(context, attempt.turn, commit.calls ?? []);
  await settleCalls(context, attempt.turn, commit.settle ?? []);
  const events = await changeRun(context, attempt, commit);
  await context.tx
    .updateTable("steps")
    .set({ attempt: attempt.attempt, result: JSON.stringify(commit.result) })
    .where((is) => is.and({ ...context.scope, turn: attempt.turn, step: attempt.step }))
    .execute();
  return { kind: "committed", events };
}

async function lockStep(
  context: ScopedTransaction,
  attempt: StepAttempt,
): Promise<Pick<StepRow, "attempt" | "execution" | "result">> {
  const known = await selectStep(context, attempt);
  if (known !== undefined) return known;
  await context.tx
    .insertInto("steps")
    .values({
      ...context.scope,
      turn: attempt.turn,
      step: attempt.step,
      run_id: attempt.runId,
      attempt: attempt.attempt,
      execution: attempt.execution ?? "",
      superseded: null,
      result: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return (
    (await selectStep(context, attempt)) ?? {
      attempt: attempt.attempt,
      execution: attempt.execution ?? "",
      result: null,
    }
  );
}

async function selectStep(
  { tx, scope, locksRows }: ScopedTransaction,
  attempt: StepAttempt,
): Promise<Pick<StepRow, "attempt" | "execution" | "result"> | undefined> {
  const query = tx
    .selectFrom("steps")
    .select(["attempt", "execution", "result"])
    .where((is) => is.and({ ...scope, turn: attempt.turn, step: attempt.step }));
  return await (locksRows ? query.forUpdate() : query).executeTakeFirst();
}

/** Everything that needs the run row, and one update of it. */
async function changeRun(
  context: ScopedTransaction,
  attempt: StepAttempt,
  commit: StepCommit,
): Promise<readonly RunEvent[]> {
  const { events: drafts = [], openTurn, close, usage } = commit;
  if (drafts.length === 0 && openTurn === undefined && close === undefined && usage === undefined) return [];
  const run = await lockRun(context, attempt.runId);
  if (isFinalRunStatus(runStatus(run))) throw runEnded(attempt.runId);
  const events = await writeEvents(context, { runId: attempt.runId, lastSeq: run.last_seq }, drafts);
  if (openTurn !== undefined)
    await insertTurn(context, {
      turn: attempt.turn,
      runId: attempt.runId,
      parent: openTurn.parent,
      agent: openTurn.agent,
    });
  const ended = close === undefined ? {} : await closeTurn(context, attempt, close);
  const patch: Updateable<RunRow> = { ...ended, ...(usage === undefined ? {} : addedUsage(run, usage)) };
  const lastSeq = run.last_seq + events.length;
  await context.tx
    .updateTable("runs")
    .set({ ...patch, last_seq: lastSeq })
    .where((is) => is.and({ ...context.scope, run_id: attempt.runId }))
    .execute();
  return events;
}

async function lockRun({ tx, scope, locksRows }: ScopedTransaction, runId: string): Promise<RunRow> {
  const query = tx
    .selectFrom("runs")
    .selectAll()
    .where((is) => is.and({ ...scope, run_id: runId }));
  const run = await (locksRows ? query.forUpdate() : query).executeTakeFirst();
  if (run === undefined) throw unknownRun(runId);
  return run;
}

function addedUsage(run: RunRow, usage: Usage): Updateable<RunRow> {
  return {
    input_tokens: run.input_tokens + usage.inputTokens,
    output_tokens: run.output_tokens + usage.outputTokens,
    cache_read_tokens: run.cache_read_tokens + usage.cacheReadTokens,
    cache_write_tokens: run.cache_write_tokens + usage.cacheWriteTokens,
  };
}
