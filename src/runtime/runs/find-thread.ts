import { InputError } from "../../protocol/errors.ts";
import type { ThreadId } from "../../protocol/ids.ts";
import type { ThreadRecord } from "../../protocol/run.ts";
import type { ScopePlace } from "../run-place.ts";

/** The thread that has this id; fails with THREAD_UNKNOWN. */
export async function findThread(
  { app, store }: Pick<ScopePlace, "app" | "store">,
  threadId: ThreadId,
): Promise<ThreadRecord> {
  const thread = await store.threads.get(threadId);
  if (thread !== null) return thread;
  throw new InputError("THREAD_UNKNOWN", `There is no thread "${threadId}" in ${app.tenant}/${app.workspace}.`, {
    hint: "`bridle threads list` shows the threads of a workspace.",
  });
}
