/**
 * Run events as server-sent events. The reader's pace is the writer's pace: an event is taken from the log when the reader takes the one
 * before it, so a slow reader costs one frame of memory. One that takes nothing for too long loses its connection, never an event:
 * the id of each frame is its place in the log, and `Last-Event-ID` brings the reader back to it.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { RunEvent } from "../../protocol/event.ts";
import type { OpenStream } from "./open-streams.ts";

/** How a stream is kept up and ended. */
export interface EventStreamOptions {
  readonly stream: OpenStream;
  readonly heartbeatMs: number;
  readonly stallMs: number;
  /** Cuts the connection. */
  readonly drop: () => void;
  readonly onError: (error: unknown) => void;
}

/** The body of a response that sends `events` until they end, the reader goes, or the server closes. */
export function eventStream(events: AsyncIterable<RunEvent>, options: EventStreamOptions): ReadableStream<Uint8Array> {
  const { stream, stallMs, drop, onError } = options;
  const frames = framesOf(events, options.heartbeatMs, stream.signal);
  const encoder = new TextEncoder();
  let stalled: NodeJS.Timeout | undefined;
  const end = (): void => {
    clearTimeout(stalled);
    stream.end();
    // The log is told, so that it keeps nothing for a reader who is gone.
    frames.return().catch(onError);
  };
  return new ReadableStream(
    {
      async pull(controller) {
        clearTimeout(stalled);
        try {
          const { done, value } = await frames.next();
          if (done !== true) {
            controller.enqueue(encoder.encode(value));
            stalled = setTimeout(() => (end(), drop()), stallMs).unref();
            return;
          }
        } catch (error) {
          // A clean end would say that nothing is missing.
          drop();
          onError(error);
        }
        end();
        controller.close();
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  );
}

/** Frames of the events, and a comment whenever none came for a while. */
async function* framesOf(
  events: AsyncIterable<RunEvent>,
  heartbeatMs: number,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  const iterator = events[Symbol.asyncIterator]();
  let next = iterator.next();
  try {
    while (!signal.aborted) {
      const result = await beforeNext(next, heartbeatMs);
      if (result === "silence") yield ": heartbeat\n\n";
      else if (result.done === true) return;
      else {
        yield frame(result.value);
        next = iterator.next();
      }
    }
  } finally {
    await iterator.return?.();
  }
}

function frame(event: RunEvent): string {
  return `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

async function beforeNext<Value>(next: Promise<Value>, ms: number): Promise<Value | "silence"> {
  const timer = new AbortController();
  const silence = sleep(ms, "silence" as const, { signal: timer.signal, ref: false });
  try {
    return await Promise.race([next, silence]);
  } finally {
    silence.catch(() => undefined); // an event came first and the timer was stopped
    timer.abort();
  }
}
