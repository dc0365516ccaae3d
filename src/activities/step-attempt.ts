import { Context } from "@temporalio/activity";
import type { StepAttempt } from "../state/port.ts";
import type { FoundPlace } from "./find-turn.ts";

/** The attempt that this activity is, of a step of its turn. */
export function stepAttempt({ runId, turn }: FoundPlace, step: string): StepAttempt {
  const { attempt, workflowExecution } = Context.current().info;
  return { runId, turn, step, attempt, execution: workflowExecution?.runId ?? "" };
}

/** Enough of an execution's id to tell two of one turn apart in the keys of events: after a reset attempts count from 1 again. */
export function executionKey({ execution = "" }: Pick<StepAttempt, "execution">): string {
  return execution.slice(0, 8);
}
