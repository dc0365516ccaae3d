import { Stream } from "@anthropic-ai/sdk/core/streaming";
import { redact } from "../lib/redact.ts";
import { PREVIEW_CHARS } from "../protocol/limits/text.ts";
import { type CallFacts, protocolError, providerError, toModelError } from "./anthropic-error.ts";
import { WIRE_EVENT_TYPES, WireEvent } from "./anthropic-wire.ts";

/** What reading a stream needs besides the response. */
export interface StreamContext {
  readonly facts: CallFacts;
  /** Called for every piece of the body, whatever it holds. */
  readonly onBytes: () => void;
}

/**
 * The events of a response that mean something to us. Reads the SDK's raw events, not its parsed ones: those hide pings, print
 * bad input to the console and skip lines that are not events, where we must notice that something was lost.
 */
export async function* readWireEvents(
  open: () => Promise<Response>,
  context: StreamContext,
): AsyncGenerator<WireEvent, void> {
  try {
    const response = await open();
    context.onBytes();
    for await (const raw of Stream.rawEvents(watched(response, context))) {
      if (!raw.raw.every(isEventLine)) throw protocolError("it holds lines that are no server-sent event");
      const event = parseEvent(raw.event, raw.data);
      if (event?.type === "error") throw providerError({ ...event.error, headers: response.headers }, context.facts);
      if (event !== undefined) yield event;
    }
  } catch (error) {
    throw toModelError(error, context.facts);
  }
}

function watched(response: Response, { facts, onBytes }: StreamContext): Response {
  const type = response.headers.get("content-type") ?? "nothing";
  if (response.body === null || !type.startsWith("text/event-stream")) {
    throw protocolError(
      `expected content-type text/event-stream, received ${redact(type, facts.secrets).slice(0, PREVIEW_CHARS)}`,
    );
  }
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      onBytes();
      controller.enqueue(chunk);
    },
  });
  return new Response(response.body.pipeThrough(counter));
}

function isEventLine(line: string): boolean {
  return /^(?:event|data|id|retry)?:/.test(line);
}

function parseEvent(name: string | null, data: string): WireEvent | undefined {
  if (name === "ping" || data === "") return undefined;
  const value = parseJson(data);
  const type = typeof value === "object" && value !== null && "type" in value ? value.type : undefined;
  if (typeof type !== "string") throw protocolError("an event has no type");
  if (!WIRE_EVENT_TYPES.has(type)) return undefined;
  const event = WireEvent.safeParse(value);
  if (event.success) return event.data;
  const issue = event.error.issues[0];
  throw protocolError(
    `${type} is malformed at ${issue?.path.join(".") ?? "its root"}: ${issue?.message ?? "unreadable"}`,
  );
}

function parseJson(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    throw protocolError(`the data of an event is not JSON (${data.length} characters)`);
  }
}
