import type { RunEvent } from "../../protocol/event.ts";
import type { RunRecord } from "../../protocol/run.ts";
import { newId } from "../new-id.ts";
import type { QueryOptions } from "../options.ts";
import { parseRequester, parseRunId, parseThreadId } from "../parse-id.ts";
import type { RunPlace } from "../place.ts";
import { findRun } from "./find-run.ts";
import { reconcileRun } from "./reconcile-run.ts";
import { type Cursor, followRun, parseCursor, type RunStream } from "./run-stream.ts";
import { startRun } from "./start-run.ts";

/** What one run is asked. */
export interface Question {
  readonly agent: string;
  readonly prompt: string;
  readonly options: QueryOptions;
}

/** Starts a run and streams it, or reads an earlier one from its cursor. */
export function askRun(place: () => Promise<RunPlace>, { agent, prompt, options }: Question): RunStream {
  if (options.resume !== undefined) return resumeRun(place, parseCursor(options.resume), options.signal);
  const runId = parseRunId(options.runId ?? newId("run"));
  // The same run id must mean the same request, so a thread that nobody named follows from it.
  const threadId = parseThreadId(options.threadId ?? options.runId ?? newId("thread"));
  const requestedBy = options.requestedBy === undefined ? null : parseRequester(options.requestedBy);
  const request = { runId, threadId, agent, prompt, requestedBy, whenBusy: options.whenBusy ?? "refuse" };
  const started = place().then((here) => startRun(here, request));
  return runStream(place, { runId, after: 0 }, { signal: options.signal, started });
}

/** Streams an earlier run from a cursor. */
export function resumeRun(place: () => Promise<RunPlace>, cursor: Cursor, signal: AbortSignal | undefined): RunStream {
  const started = place().then((here) => findRun(here, cursor.runId));
  return runStream(place, cursor, { signal, started });
}

interface StreamSetup {
  readonly signal: AbortSignal | undefined;
  readonly started: Promise<RunRecord>;
}

function runStream(place: () => Promise<RunPlace>, cursor: Cursor, { signal, started }: StreamSetup): RunStream {
  const ready = started.then(() => cursor);
  ready.catch(() => undefined); // whoever reads, or awaits `started` or the result, hears of it
  return {
    runId: cursor.runId,
    started,
    [Symbol.asyncIterator]: () => following(place, ready, signal)[Symbol.asyncIterator](),
    async result() {
      for await (const event of following(place, ready, signal)) void event;
      signal?.throwIfAborted(); // reading was given up; how the run ended is not known
      return getRun(await place(), cursor.runId);
    },
  };
}

async function* following(
  place: () => Promise<RunPlace>,
  cursor: Promise<Cursor>,
  signal?: AbortSignal,
): AsyncGenerator<RunEvent> {
  const from = await cursor;
  yield* followRun(await place(), from, signal);
}

/** A run as it is now; one that Temporal knows better about is put right first. */
export async function getRun(place: RunPlace, runId: string): Promise<RunRecord> {
  return reconcileRun(place, await findRun(place, parseRunId(runId)));
}
