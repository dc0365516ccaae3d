import { InputError } from "../protocol/errors.ts";
import { RunId, ThreadId } from "../protocol/ids.ts";

/** A run id as a caller gave it. */
export function parseRunId(value: string): RunId {
  const result = RunId.safeParse(value);
  if (result.success) return result.data;
  throw new InputError("INPUT_INVALID", `runId must be ${ID}; received ${JSON.stringify(value)}.`);
}

/** A thread id as a caller gave it. */
export function parseThreadId(value: string): ThreadId {
  const result = ThreadId.safeParse(value);
  if (result.success) return result.data;
  throw new InputError("INPUT_INVALID", `threadId must be ${ID}; received ${JSON.stringify(value)}.`);
}

const ID = "1 to 120 letters, digits, dots, colons, dashes or underscores, starting with a letter or digit";
