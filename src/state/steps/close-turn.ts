import type { Updateable } from "kysely";
import type { ScopedTransaction } from "../database.ts";
import { closeGates } from "../plans/gates.ts";
import type { StepAttempt, TurnClose } from "../port.ts";
import type { RunRow } from "../schema.ts";
import { ensureThread } from "../runs/threads.ts";

/** Ends a turn and returns what changes in its run. The caller holds the row of a run that has not ended. */
export async function closeTurn(
  context: ScopedTransaction,
  attempt: StepAttempt,
  close: TurnClose,
): Promise<Updateable<RunRow>> {
  const outcome = {
    status: close.status,
    text: JSON.stringify(close.text),
    error: close.error === null ? null : JSON.stringify(close.error),
  };
  await context.tx
    .updateTable("turns")
    .set({ ...outcome, head: close.head })
    .where((is) => is.and({ ...context.scope, turn: attempt.turn }))
    .execute();
  if (close.status !== "completed")
    await closeGates(context, close.isRoot ? { run_id: attempt.runId } : { turn: attempt.turn });
  if (!close.isRoot) {
    await moveRunHead(context, attempt, close);
    return {};
  }
  if (close.status === "completed") await commitHeads(context, attempt, close);
  return { ...outcome, finish: close.finish, ended_at: new Date().toISOString() };
}

async function moveRunHead({ tx, scope }: ScopedTransaction, attempt: StepAttempt, close: TurnClose): Promise<void> {
  if (close.status !== "completed" || close.head === null) return;
  await tx
    .insertInto("run_heads")
    .values({ ...scope, run_id: attempt.runId, agent: close.agent, head: close.head })
    .onConflict((conflict) =>
      conflict.columns(["tenant", "workspace", "run_id", "agent"]).doUpdateSet({ head: close.head ?? "" }),
    )
    .execute();
}

/** The thread moves to where each agent of the run stands, all at once. */
async function commitHeads({ tx, scope }: ScopedTransaction, attempt: StepAttempt, close: TurnClose): Promise<void> {
  const runHeads = await tx
    .selectFrom("run_heads")
    .select(["agent", "head"])
    .where((is) => is.and({ ...scope, run_id: attempt.runId }))
    .orderBy("agent")
    .execute();
  const heads = new Map(runHeads.map(({ agent, head }) => [agent, head]));
  if (close.head !== null) heads.set(close.agent, close.head);
  await ensureThread(tx, scope, close.threadId);
  for (const [agent, head] of heads) {
    await tx
      .insertInto("thread_heads")
      .values({ ...scope, thread_id: close.threadId, agent, head })
      .onConflict((conflict) => conflict.columns(["tenant", "workspace", "thread_id", "agent"]).doUpdateSet({ head }))
      .execute();
  }
  await tx
    .updateTable("threads")
    .set({ last_run_id: attempt.runId, updated_at: new Date().toISOString() })
    .where((is) => is.and({ ...scope, thread_id: close.threadId }))
    .execute();
}
