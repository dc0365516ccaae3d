import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import type { RunEvent } from "../../../../src/protocol/event.ts";
import { RunId, TurnId } from "../../../../src/protocol/ids.ts";
import { eventStream, type EventStreamOptions } from "../../../../src/studio/server/event-stream.ts";
import { createOpenStreams, type OpenStream } from "../../../../src/studio/server/open-streams.ts";

function event(seq: number): RunEvent {
  const head = {
    runId: RunId.parse("r"),
    cursor: `r#${seq}`,
    at: "2026-01-01T00:00:00.000Z",
    turn: TurnId.parse("r"),
    agent: "a",
  };
  return { ...head, seq, type: "text", step: 1, attempt: 1, text: `line ${seq}\nnext` };
}

/** Events without end; says how many were taken and whether the log was told that nobody reads any more. */
function endless(): {
  readonly events: AsyncIterable<RunEvent>;
  readonly state: { taken: number; isReleased: boolean };
} {
  const state = { taken: 0, isReleased: false };
  async function* events(): AsyncGenerator<RunEvent> {
    try {
      for (;;) yield event(++state.taken);
    } finally {
      state.isReleased = true;
    }
  }
  return { events: events(), state };
}

/** A log in which nothing happens until its reader is gone. */
function silent(signal: AbortSignal): AsyncIterable<RunEvent> {
  const { promise, resolve } = Promise.withResolvers<IteratorResult<RunEvent>>();
  signal.addEventListener("abort", () => resolve({ done: true, value: undefined }));
  return { [Symbol.asyncIterator]: () => ({ next: () => promise }) };
}

function optionsFor(stream: OpenStream, changes: Partial<EventStreamOptions> = {}): EventStreamOptions {
  const fail = (error: unknown): void => {
    throw error;
  };
  return { stream, heartbeatMs: 60_000, stallMs: 60_000, drop: () => undefined, onError: fail, ...changes };
}

test("each event is one frame: its place, its type and its JSON on one line", async () => {
  const stream = createOpenStreams(1).open();
  const events = (async function* () {
    yield event(7);
  })();

  const text = await new Response(eventStream(events, optionsFor(stream))).text();

  expect(text).toBe(`id: 7\nevent: text\ndata: ${JSON.stringify(event(7))}\n\n`);
  expect(stream.signal.aborted).toBe(true);
});

test("a reader who takes nothing makes the stream take nothing, and loses the connection when it stalls", async () => {
  const log = endless();
  const stream = createOpenStreams(1).open();
  const dropped = Promise.withResolvers<void>();
  const reader = eventStream(
    log.events,
    optionsFor(stream, { stallMs: 20, drop: () => dropped.resolve() }),
  ).getReader();

  await reader.read();
  await dropped.promise;

  expect(log.state.taken).toBeLessThanOrEqual(2);
  expect(stream.signal.aborted).toBe(true);
  await expect.poll(() => log.state.isReleased).toBe(true);
});

test("a silent run is heard: comments come in between, and closing ends the stream", async () => {
  const streams = createOpenStreams(1);
  const stream = streams.open();
  const reader = eventStream(silent(stream.signal), optionsFor(stream, { heartbeatMs: 5 })).getReader();

  expect(new TextDecoder().decode((await reader.read()).value)).toBe(": heartbeat\n\n");
  const last = reader.read();
  streams.closeAll();
  await last;

  expect((await reader.read()).done).toBe(true);
});

test("a reader who goes gives the place back and lets the log go", async () => {
  const log = endless();
  const streams = createOpenStreams(1);
  const reader = eventStream(log.events, optionsFor(streams.open())).getReader();
  await reader.read();

  expect(() => streams.open()).toThrow(expect.objectContaining({ code: "STREAMS_FULL" }));
  await reader.cancel();
  await turn();

  expect(log.state.isReleased).toBe(true);
  expect(streams.open().signal.aborted).toBe(false);
});

test("a log that fails cuts the connection instead of ending the stream as if the run were over", async () => {
  const seen: unknown[] = [];
  const failure = new Error("the store went away");
  const events = (async function* (): AsyncGenerator<RunEvent> {
    yield event(1);
    throw failure;
  })();
  const stream = createOpenStreams(1).open();
  const changes = { drop: () => void seen.push("dropped"), onError: (error: unknown) => void seen.push(error) };

  await new Response(eventStream(events, optionsFor(stream, changes))).text();

  expect(seen).toEqual(["dropped", failure]);
});
