import { StateError } from "../../protocol/errors.ts";
import type { ScopedTransaction } from "../database.ts";
import type { StepAttempt } from "../port.ts";
import type { StepRow } from "../schema.ts";

/** Keeps a superseded attempt from writing: it holds the step until the end of the transaction and refuses a later attempt's predecessor. */
export async function holdStep(context: ScopedTransaction, attempt: StepAttempt): Promise<void> {
  const query = context.tx
    .selectFrom("steps")
    .select(["attempt", "execution"])
    .where((is) => is.and({ ...context.scope, turn: attempt.turn, step: attempt.step }));
  const step = await (context.locksRows ? query.forShare() : query).executeTakeFirst();
  if (step !== undefined && isSuperseded(attempt, step)) throw superseded(attempt, step.attempt);
}

/** Whether a later attempt, or a later execution of the workflow, has the step. */
export function isSuperseded(attempt: StepAttempt, holder: Pick<StepRow, "attempt" | "execution">): boolean {
  return holder.execution !== (attempt.execution ?? "") || holder.attempt > attempt.attempt;
}

/** The refusal of anything that would be written after the end of a run. */
export function runEnded(runId: string): StateError {
  return new StateError("STEP_SUPERSEDED", `run ${runId} has ended; nothing more is written to it`, {
    hint: "nothing is to be done; whatever ended the run was first",
  });
}

/** The refusal that tells an attempt that a later one has begun. */
export function superseded(attempt: StepAttempt, later: number): StateError {
  const step = `step ${attempt.step} of turn ${attempt.turn}`;
  return new StateError(
    "STEP_SUPERSEDED",
    `attempt ${attempt.attempt} of ${step} may write no more: attempt ${later} has begun`,
    {
      hint: "nothing is to be done; the later attempt does the work",
    },
  );
}
