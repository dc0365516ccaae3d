import { InputError } from "../protocol/errors.ts";
import { RunId, ThreadId } from "../protocol/ids.ts";

const ID = "1 to 120 letters, digits, dots, colons, dashes or underscores, starting with a letter or digit";

/** A run id as it was typed. */
export function parseRunId(text: string): RunId {
  const parsed = RunId.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InputError("INPUT_INVALID", `run-id must be ${ID}; received ${JSON.stringify(text)}.`);
}

/** A thread id as it was typed. */
export function parseThreadId(text: string): ThreadId {
  const parsed = ThreadId.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InputError("INPUT_INVALID", `thread-id must be ${ID}; received ${JSON.stringify(text)}.`);
}
