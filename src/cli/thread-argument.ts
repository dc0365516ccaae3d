import { InputError } from "../protocol/errors.ts";
import type { ThreadRecord } from "../protocol/run.ts";
import type { CommandCall } from "./command.ts";
import { parseThreadId } from "./id-argument.ts";
import type { OpenScope } from "./open-scope.ts";

/** The thread that the argument names. */
export async function threadOf({ argument }: CommandCall, { store, scope }: OpenScope): Promise<ThreadRecord> {
  const thread = await store.threads.get(parseThreadId(argument));
  if (thread !== null) return thread;
  throw new InputError("THREAD_UNKNOWN", `There is no thread "${argument}" in ${scope.tenant}/${scope.workspace}.`, {
    hint: "`bridle threads list` shows the threads of a workspace.",
  });
}
