import { type Context, Hono } from "hono";
import * as z from "zod";
import { EVENTS_PER_READ } from "../../protocol/limits/store.ts";
import { isFinalRunStatus, type RunRecord } from "../../protocol/run.ts";
import type { Runtime } from "../../runtime/bind-runtime.ts";
import { eventStream } from "./event-stream.ts";
import type { OpenStreams } from "./open-streams.ts";
import { parseInput, WholeNumber } from "./parse-input.ts";
import { readEvents } from "./read-events.ts";
import type { ServerEnv } from "./server-env.ts";
import type { ServerLimits } from "./server-limits.ts";
import { runtimeOf, type Workspaces } from "./workspaces.ts";

/** What reading events needs. */
export interface EventRoutesOptions extends Workspaces {
  readonly streams: OpenStreams;
  readonly limits: Pick<ServerLimits, "streamHeartbeatMs" | "streamStallMs">;
  readonly onError?: ((error: unknown) => void) | undefined;
}

const EventsQuery = z.strictObject({
  workspace: z.string().optional(),
  after: WholeNumber.optional(),
  limit: WholeNumber.pipe(z.number().min(1).max(EVENTS_PER_READ)).optional(),
});
const ResumeHeaders = z.object({ "last-event-id": WholeNumber.optional() });

/**
 * The events of a run: as JSON what is there now, with `Accept: text/event-stream` also what is still to come. A stream that has
 * nothing left to send answers 204, which tells a browser to stop coming back.
 */
export function eventRoutes(options: EventRoutesOptions): Hono<ServerEnv> {
  const routes = new Hono<ServerEnv>();
  routes.get("/:id/events", async (c) => {
    const { workspace, after: queried = 0, limit = EVENTS_PER_READ } = parseInput(EventsQuery, c.req.query(), "query");
    const { "last-event-id": last } = parseInput(ResumeHeaders, c.req.header(), "headers");
    const after = last ?? queried;
    const runtime = runtimeOf(options, workspace);
    const run = await runtime.runs.get(c.req.param("id"));
    if (!wantsStream(c)) return c.json(await readEvents(runtime, run, { after, limit }));
    if (isFinalRunStatus(run.status) && after >= run.lastSeq) return c.body(null, 204);
    return streamEvents(c, options, { runtime, run, after });
  });
  return routes;
}

/** A HEAD request has no body to stream into. */
function wantsStream(c: Context<ServerEnv>): boolean {
  return c.req.method !== "HEAD" && (c.req.header("accept") ?? "").toLowerCase().includes("text/event-stream");
}

interface Reading {
  readonly runtime: Runtime;
  readonly run: RunRecord;
  readonly after: number;
}

function streamEvents(
  c: Context<ServerEnv>,
  { streams, limits, onError }: EventRoutesOptions,
  { runtime, run, after }: Reading,
): Response {
  const stream = streams.open();
  c.req.raw.signal.addEventListener("abort", () => stream.end(), { once: true });
  c.header("content-type", "text/event-stream; charset=utf-8");
  c.header("x-accel-buffering", "no");
  const events = runtime.events(`${run.runId}#${after}`, { signal: stream.signal });
  const drop = (): void => void c.env.outgoing?.destroy();
  const ending = { stream, drop, onError: (error: unknown) => onError?.(error) };
  return c.body(
    eventStream(events, { ...ending, heartbeatMs: limits.streamHeartbeatMs, stallMs: limits.streamStallMs }),
  );
}
