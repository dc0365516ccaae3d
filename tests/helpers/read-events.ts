import { expect } from "vitest";
import type { RunEvent } from "../../src/protocol/event.ts";
import { brokenOrder } from "./run-order.ts";
import { withoutRetriedProgress } from "./run-rules.ts";

/** Reads a stream of events to its end, and holds it to the order of cause and effect. */
export async function readEvents(stream: AsyncIterable<RunEvent>): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of stream) events.push(event);
  expect(brokenOrder(events), "the order of the run's events").toEqual([]);
  return events;
}

/** Reads until an event fits; the stream goes on without us. */
export async function readUntil(
  stream: AsyncIterable<RunEvent>,
  fits: (event: RunEvent) => boolean,
): Promise<RunEvent> {
  for await (const event of stream) if (fits(event)) return event;
  throw new Error("the stream ended before the event came");
}

/** The events of one type. */
export function ofType<Type extends RunEvent["type"]>(
  events: readonly RunEvent[],
  type: Type,
): readonly Extract<RunEvent, { type: Type }>[] {
  return events.filter((event): event is Extract<RunEvent, { type: Type }> => event.type === type);
}

/** The progress that a reader is left with who drops what a retry of the call takes back. */
export function keptProgress(events: readonly RunEvent[]): readonly unknown[] {
  return withoutRetriedProgress(events).flatMap((event) => (event.type === "tool-progress" ? [event.progress] : []));
}

/** The results of the tools of a run, in the order they came. */
export function toolResults(
  events: readonly RunEvent[],
): readonly { readonly tool: string; readonly result: unknown; readonly isError: boolean }[] {
  return events.flatMap((event) =>
    event.type === "tool-invocation" && event.state === "result"
      ? [{ tool: event.toolName, result: event.result, isError: event.isError }]
      : [],
  );
}
