import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "@temporalio/client";

/** How far the clock of a Temporal server is from ours. */
export interface ClockSkew {
  /** Positive when the server's clock is ahead. */
  readonly ms: number;
  /** The measurement may be off by this much, either way. */
  readonly uncertaintyMs: number;
}

/**
 * Measures the server's clock without leaving anything behind. The API has no call that tells the time, but the server notes
 * when somebody polled a task queue: so this polls one that nobody else uses, for a moment, and reads the note. Null when the
 * server did not note it in time.
 */
export async function measureClockSkew(client: Client, namespace: string): Promise<ClockSkew | null> {
  const taskQueue = { name: `bridle-clock-${randomBytes(8).toString("hex")}` };
  const stop = new AbortController();
  const from = Date.now();
  const poll = client.withAbortSignal(stop.signal, () =>
    client.withDeadline(Date.now() + POLL_MS, () =>
      client.workflowService.pollWorkflowTaskQueue({ namespace, taskQueue, identity: "bridle doctor" }),
    ),
  );
  poll.catch(() => undefined); // ended below; there is no task to answer
  try {
    for (let until = from + NOTE_MS; Date.now() < until; await sleep(LOOK_MS)) {
      const { pollers } = await client.withDeadline(Date.now() + NOTE_MS, () =>
        client.workflowService.describeTaskQueue({ namespace, taskQueue, taskQueueType: WORKFLOW_TASKS }),
      );
      const noted = pollers?.[0]?.lastAccessTime;
      if (noted == null) continue;
      const uncertaintyMs = Math.ceil((Date.now() - from) / 2);
      const server = Number(noted.seconds ?? 0) * 1_000 + (noted.nanos ?? 0) / 1_000_000;
      return { ms: Math.round(server - (from + uncertaintyMs)), uncertaintyMs };
    }
    return null;
  } finally {
    stop.abort();
  }
}

const WORKFLOW_TASKS = 1;
/** The server refuses polls that end too soon; ours is ended as soon as it was noted. */
const POLL_MS = 10_000;
const NOTE_MS = 3_000;
const LOOK_MS = 20;
