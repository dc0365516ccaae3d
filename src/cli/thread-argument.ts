import { InputError } from "../protocol/errors.ts";
import type { ThreadRecord } from "../protocol/run.ts";
import { argumentOf, type CommandCall } from "./command.ts";
import type { OpenScope } from "./open-scope.ts";
import { SETTINGS } from "./settings.ts";

/** The thread that the argument names. */
export async function threadOf(call: CommandCall, { store, scope }: OpenScope): Promise<ThreadRecord> {
  const threadId = argumentOf(call, SETTINGS.threadId);
  const thread = await store.threads.get(threadId);
  if (thread !== null) return thread;
  throw new InputError("THREAD_UNKNOWN", `There is no thread "${threadId}" in ${scope.tenant}/${scope.workspace}.`, {
    hint: "`bridle threads list` shows the threads of a workspace.",
  });
}
