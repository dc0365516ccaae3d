import { StateError } from "../../protocol/errors.ts";
import type { RunRecord } from "../../protocol/run.ts";
import { threadWorkflowId } from "../../protocol/workflow-id.ts";
import type { RunPlace } from "../place.ts";

const LOOK_TIMEOUT_MS = 1_000;

/** Says who holds a thread and what that run waits for. */
export async function threadBusy(
  place: RunPlace,
  threadId: string,
  holder: RunRecord | undefined,
): Promise<StateError> {
  const doing = await whatItDoes(place, threadId);
  const who = holder === undefined ? "another run" : `run ${holder.runId}`;
  return new StateError("THREAD_BUSY", `Thread "${threadId}" is answering ${who} (${doing}).`, {
    retryable: true,
    hint: 'Wait for it, cancel it, use another thread, or ask with whenBusy: "queue".',
  });
}

/** Asking the turn itself needs a worker, so a slow answer is done without. */
async function whatItDoes({ session, scope }: RunPlace, threadId: string): Promise<string> {
  const handle = session.client.workflow.getHandle(threadWorkflowId(scope, threadId));
  try {
    const status = await session.client.withDeadline(Date.now() + LOOK_TIMEOUT_MS, () =>
      handle.query<{ doing: string }>("status"),
    );
    return status.doing;
  } catch {
    return "no worker answers for it";
  }
}
