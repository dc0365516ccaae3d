import type { EventDraft, RunEvent } from "../../protocol/event.ts";
import type { RunId } from "../../protocol/ids.ts";
import { isFinalRunStatus } from "../../protocol/run.ts";
import { settleCalls } from "../steps/calls.ts";
import type { ScopeKey, ScopedTransaction, StateDatabase } from "../database.ts";
import type { CallResult, RunLog, StepAttempt } from "../port.ts";
import { readEvents, writeEvents } from "./run-events.ts";
import type { RunHubs } from "./run-hubs.ts";
import { runStatus } from "../runs/run-row.ts";
import { unknownRun } from "../runs/runs.ts";
import { holdStep, runEnded } from "../steps/step-fence.ts";

/** The run logs of one scope. */
export function createRunLog(database: StateDatabase, scope: ScopeKey, hubs: RunHubs): RunLog {
  return {
    append: async (runId, drafts, fence) => {
      if (drafts.length === 0 && fence === undefined) return;
      const events = await database.write((tx) =>
        appendEvents({ tx, scope, locksRows: database.locksRows }, { runId, drafts, fence }),
      );
      hubs.publish(scope, runId, events);
    },
    read: (runId, after) => database.read((db) => readEvents(db, scope, { runId, after })),
    follow: (runId, after, signal) => hubs.follow(scope, runId, { after, signal }),
  };
}

/** Events on their way into the log of a run. */
export interface Append {
  readonly runId: RunId;
  readonly drafts: readonly EventDraft[];
  readonly fence: StepAttempt | undefined;
  /** Results of calls that go with the events. */
  readonly settle?: readonly CallResult[];
}

/** Writes events whose keys are new, inside one transaction. Rows are locked in one order everywhere: step, calls, run. */
export async function appendEvents(
  context: ScopedTransaction,
  { runId, drafts, fence, settle = [] }: Append,
): Promise<readonly RunEvent[]> {
  if (fence !== undefined) {
    await holdStep(context, fence);
    await settleCalls(context, fence.turn, settle);
  }
  const { tx, scope, locksRows } = context;
  const query = tx
    .selectFrom("runs")
    .select(["last_seq", "status"])
    .where((is) => is.and({ ...scope, run_id: runId }));
  const run = await (locksRows ? query.forUpdate() : query).executeTakeFirst();
  if (run === undefined) throw unknownRun(runId);
  if (isFinalRunStatus(runStatus(run))) throw runEnded(runId);
  const events = await writeEvents(context, { runId, lastSeq: run.last_seq }, drafts);
  if (events.length === 0) return events;
  await tx
    .updateTable("runs")
    .set({ last_seq: run.last_seq + events.length })
    .where((is) => is.and({ ...scope, run_id: runId }))
    .execute();
  return events;
}
