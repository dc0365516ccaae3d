import { StateError } from "../protocol/errors.ts";
import type { ScopedTransaction } from "./database.ts";
import type { StepAttempt } from "./port.ts";

/** Keeps a superseded attempt from writing: it holds the step until the end of the transaction and refuses a later attempt's predecessor. */
export async function holdStep(context: ScopedTransaction, attempt: StepAttempt): Promise<void> {
  const query = context.tx
    .selectFrom("steps")
    .select("attempt")
    .where((is) => is.and({ ...context.scope, turn: attempt.turn, step: attempt.step }));
  const step = await (context.locksRows ? query.forShare() : query).executeTakeFirst();
  if (step !== undefined && step.attempt > attempt.attempt) throw superseded(attempt, step.attempt);
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
