import { hostname } from "node:os";
import type { Client } from "@temporalio/client";
import { isAlive } from "./server-process.ts";

/** What is asked of the server about one task queue. */
export interface PollerQuestion {
  readonly client: Client;
  readonly namespace: string;
  readonly taskQueue: string;
}

const ANSWER_TIMEOUT_MS = 2_000;
/** A poll waits a minute for work, so a poller that was not seen for longer is gone. */
const SEEN_WITHIN_MS = 70_000;
const WORKFLOW_TASKS = 1;

/**
 * How many workers poll a task queue for workflows. The server remembers a poller for minutes after its death, so one of this
 * machine counts only while its process lives; one of another machine counts until its poll would have ended.
 */
export async function countPollers({ client, namespace, taskQueue }: PollerQuestion): Promise<number> {
  const answer = await client.withDeadline(Date.now() + ANSWER_TIMEOUT_MS, () =>
    client.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueue },
      taskQueueType: WORKFLOW_TASKS,
    }),
  );
  const identities = (answer.pollers ?? [])
    .filter(({ lastAccessTime }) => Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1_000 < SEEN_WITHIN_MS)
    .map(({ identity }) => identity ?? "");
  return new Set(identities.filter(mayLive)).size;
}

/** Workers call themselves `pid@host`, as the SDK does unless told otherwise. */
function mayLive(identity: string): boolean {
  const [, pid, host] = /^(\d+)@(.+)$/.exec(identity) ?? [];
  return pid === undefined || host !== hostname() || isAlive(Number(pid));
}
