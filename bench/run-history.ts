import type { Client } from "@temporalio/client";
import proto from "@temporalio/proto";

const { HistoryEvent } = proto.temporal.api.history.v1;
type HistoryEvents = readonly proto.temporal.api.history.v1.IHistoryEvent[];

/** How long a history is, as the server counts it. */
export interface HistorySize {
  readonly events: number;
  readonly bytes: number;
}

/** The history of a thread's latest turn, with those it was continued from. */
export async function historySize(client: Client, workflowId: string): Promise<HistorySize> {
  let size: HistorySize = { events: 0, bytes: 0 };
  for (let runId: string | undefined, isFirst = true; isFirst || runId !== undefined; isFirst = false) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    size = { events: size.events + (events?.length ?? 0), bytes: size.bytes + bytesOf(events ?? []) };
    const before = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
    runId = before === "" || before === null ? undefined : before;
  }
  return size;
}

/** What of a difference one step of so many is. */
export function perStep(longer: HistorySize, shorter: HistorySize, steps: number): HistorySize {
  return { events: (longer.events - shorter.events) / steps, bytes: (longer.bytes - shorter.bytes) / steps };
}

function bytesOf(events: HistoryEvents): number {
  return events.reduce((sum, event) => sum + HistoryEvent.encode(event).finish().byteLength, 0);
}
