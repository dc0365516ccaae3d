import type { RunEvent } from "../../protocol/event.ts";
import { isFinalRunStatus, type RunRecord } from "../../protocol/run.ts";
import type { Runtime } from "../../runtime/bind-runtime.ts";

/** Events of a run that are there now. */
export interface EventsDocument {
  readonly schemaVersion: 1;
  readonly events: readonly RunEvent[];
  /** Where to read on. */
  readonly next: number;
  /** Whether the run is over and everything was read. */
  readonly done: boolean;
}

/** Which events are wanted. */
export interface EventsRequest {
  readonly after: number;
  readonly limit: number;
}

/** Reads without waiting: what the run had written when it was looked at, up to the limit. */
export async function readEvents(
  runtime: Runtime,
  run: RunRecord,
  { after, limit }: EventsRequest,
): Promise<EventsDocument> {
  const events: RunEvent[] = [];
  if (after < run.lastSeq) {
    for await (const event of runtime.events(`${run.runId}#${after}`)) {
      events.push(event);
      if (event.seq >= run.lastSeq || events.length >= limit) break;
    }
  }
  const next = events.at(-1)?.seq ?? after;
  return { schemaVersion: 1, events, next, done: isFinalRunStatus(run.status) && next >= run.lastSeq };
}
