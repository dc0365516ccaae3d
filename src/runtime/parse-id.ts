import { InputError } from "../protocol/errors.ts";
import { NAME_EXPECTED, RunId, ThreadId } from "../protocol/ids.ts";
import { PlanId } from "../protocol/plan.ts";

/** A run id as a caller gave it. */
export function parseRunId(value: string): RunId {
  return RunId.safeParse(value).data ?? refuse("runId", value);
}

/** A thread id as a caller gave it. */
export function parseThreadId(value: string): ThreadId {
  return ThreadId.safeParse(value).data ?? refuse("threadId", value);
}

/** A plan id as a caller gave it. */
export function parsePlanId(value: string): PlanId {
  return PlanId.safeParse(value).data ?? refuse("planId", value);
}

function refuse(field: string, value: string): never {
  throw new InputError("INPUT_INVALID", `${field} must be ${NAME_EXPECTED}; received ${JSON.stringify(value)}.`);
}
