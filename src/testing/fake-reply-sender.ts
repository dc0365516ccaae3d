import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { FakeHttpError, FakeReply } from "./fake-reply.ts";
import { type FakeAnswered, type FakeEvent, eventsOf, messageOf } from "./fake-reply-events.ts";

/** A content delta that has just been handed to the socket. */
export interface FakeDeltaSent {
  readonly requestIndex: number;
  readonly deltaIndex: number;
  /** `performance.now()` of this process. */
  readonly at: number;
}

/** How to answer one request. */
export interface FakeSending {
  readonly answered: FakeAnswered;
  readonly isStreaming: boolean;
  readonly onDeltaSent: ((delta: FakeDeltaSent) => void) | undefined;
}

/** Answers one request with a reply, in whatever broken way the reply asks for. Ends early when the client hangs up. */
export async function sendFakeReply(response: ServerResponse, reply: FakeReply, sending: FakeSending): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  if (response.destroyed) return;
  try {
    await answer(response, reply, { ...sending, signal: gone.signal });
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  }
}

/** Answers with an error body in the form of the API. */
export function sendFakeError(response: ServerResponse, error: FakeHttpError): void {
  const retryAfter = error.retryAfter === undefined ? {} : { "retry-after": error.retryAfter };
  response.writeHead(error.status, { "content-type": "application/json", ...retryAfter, ...error.headers });
  response.end(JSON.stringify({ type: "error", error: { type: error.type, message: error.message ?? error.type } }));
}

interface Sending extends FakeSending {
  readonly signal: AbortSignal;
}

async function answer(response: ServerResponse, reply: FakeReply, sending: Sending): Promise<void> {
  await pause(reply.delayMs, sending.signal);
  if (reply.stallBeforeHeaders === true) return;
  if (reply.error !== undefined) return sendFakeError(response, reply.error);
  if (!sending.isStreaming) {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(messageOf(reply, sending.answered)));
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" });
  response.flushHeaders();
  if (reply.stallAfterHeaders === true) return;
  const end = await sendEvents(response, reply, sending);
  if (end === "cut") response.destroy();
  if (end === "done" && reply.neverEnd !== true) response.end();
}

async function sendEvents(
  response: ServerResponse,
  reply: FakeReply,
  sending: Sending,
): Promise<"done" | "cut" | "stalled"> {
  let sent = 0;
  let rubbish = reply.rubbish;
  for (const event of eventsOf(reply, sending.answered)) {
    if (event.isChunk || event.name === "message_delta") {
      if (sent === reply.cutAfterChunks) return "cut";
      if (sent === reply.stallAfterChunks) return "stalled";
    }
    if (event.isChunk) await pause(reply.chunkDelayMs, sending.signal);
    await write(response, frame(event), sending.signal);
    if (!event.isChunk) continue;
    sending.onDeltaSent?.({ requestIndex: sending.answered.index, deltaIndex: sent, at: performance.now() });
    sent++;
    if (rubbish !== undefined) await write(response, rubbish, sending.signal);
    rubbish = undefined;
  }
  if (rubbish !== undefined) await write(response, rubbish, sending.signal);
  return "done";
}

function frame(event: FakeEvent): string {
  return `event: ${event.name}\ndata: ${JSON.stringify(event.data)}\n\n`;
}

async function write(response: ServerResponse, data: string | Uint8Array, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (!response.write(data)) await once(response, "drain", { signal });
}

async function pause(ms: number | undefined, signal: AbortSignal): Promise<void> {
  if (ms !== undefined && ms > 0) await sleep(ms, undefined, { signal });
}
