import { Context } from "@temporalio/activity";
import type { StepAttempt } from "../../state/port.ts";
import type { FoundPlace } from "./find-turn.ts";

/** The attempt that this activity is, of a step of its turn. */
export function stepAttempt({ runId, turn }: FoundPlace, step: string): StepAttempt & { readonly execution: string } {
  const { attempt, workflowExecution } = Context.current().info;
  return { runId, turn, step, attempt, execution: workflowExecution?.runId ?? "" };
}
