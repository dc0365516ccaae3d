import { preview } from "../lib/cap-text.ts";
import { InputError } from "../protocol/errors.ts";
import { NAME_EXPECTED, RunId, ThreadId } from "../protocol/ids.ts";
import { PERSON_NAME_CHARS, PREVIEW_CHARS } from "../protocol/limits.ts";
import { PersonName } from "../protocol/person-name.ts";
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

/** The name of a person as a caller gave it. */
export function parseRequester(value: string): string {
  const { data } = PersonName.safeParse(value);
  if (data !== undefined) return data;
  const received = JSON.stringify(preview(value, PREVIEW_CHARS));
  const expected = `a name that is not blank, of at most ${PERSON_NAME_CHARS} characters`;
  throw new InputError("INPUT_INVALID", `requestedBy must be ${expected}; received ${received}.`);
}

function refuse(field: string, value: string): never {
  throw new InputError("INPUT_INVALID", `${field} must be ${NAME_EXPECTED}; received ${JSON.stringify(value)}.`);
}
