import { InputError } from "../../protocol/errors.ts";
import type { ThreadId } from "../../protocol/ids.ts";
import type { ThreadRecord } from "../../protocol/run.ts";
import type { StorePlace } from "../place.ts";

/** The thread that has this id; fails with THREAD_UNKNOWN. */
export async function findThread({ scope, store }: StorePlace, threadId: ThreadId): Promise<ThreadRecord> {
  const thread = await store.threads.get(threadId);
  if (thread !== null) return thread;
  throw new InputError("THREAD_UNKNOWN", `There is no thread "${threadId}" in ${scope.tenant}/${scope.workspace}.`, {
    hint: "`bridle threads list` shows the threads of a workspace.",
  });
}
