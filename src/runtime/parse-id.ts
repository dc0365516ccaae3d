import { preview } from "../lib/cap-text.ts";
import { InputError } from "../protocol/errors.ts";
import { ContentHash, NAME_EXPECTED, RunId, ThreadId } from "../protocol/ids.ts";
import { PERSON_NAME_CHARS, PREVIEW_CHARS } from "../protocol/limits/text.ts";
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

/** A content hash as a caller gave it. The first characters of one, as messages print them, name no content. */
export function parseContentHash(value: string): ContentHash {
  const { data } = ContentHash.safeParse(value);
  if (data !== undefined) return data;
  const received = value.length <= 64 ? `${value.length}: ${JSON.stringify(value)}` : `${value.length}`;
  throw new InputError(
    "INPUT_INVALID",
    `A content hash must be 64 hexadecimal characters, in lower case; received ${received}.`,
    {
      hint: "`bridle plans show ID` and `bridle approvals show ID` print the whole of it as `hash`, JSON has it as `planHash` or `contentHash`.",
    },
  );
}

function refuse(field: string, value: string): never {
  throw new InputError("INPUT_INVALID", `${field} must be ${NAME_EXPECTED}; received ${JSON.stringify(value)}.`);
}
