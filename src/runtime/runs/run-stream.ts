import { InputError } from "../../protocol/errors.ts";
import type { RunEvent } from "../../protocol/event.ts";
import { RunId } from "../../protocol/ids.ts";
import type { RunRecord } from "../../protocol/run.ts";
import type { ScopePlace } from "../place.ts";
import { reconcileRun } from "./reconcile-run.ts";

/** The events of one run, to be read once. The run goes on whether or not anybody reads. */
export interface RunStream extends AsyncIterable<RunEvent> {
  readonly runId: string;
  /** The run as it was accepted: resolves once the server has it, and rejects when it was refused. Needs no reader. */
  readonly started: Promise<RunRecord>;
  /** The run as it ended; reads on if it has not. */
  result(): Promise<RunRecord>;
}

/** A place in a run's events. */
export interface Cursor {
  readonly runId: RunId;
  readonly after: number;
}

/** Events of a run from a place on, to the end or the signal. A run whose workflow is gone is ended, so reading always ends. */
export async function* followRun(place: ScopePlace, cursor: Cursor, signal?: AbortSignal): AsyncGenerator<RunEvent> {
  const { tenant, workspace } = place.scope;
  const watchKey = `${tenant}/${workspace}/${cursor.runId}`;
  const stopWatching = place.session.lossWatch.start(watchKey, () => lookAfter(place, cursor.runId));
  try {
    yield* place.store.log.follow(cursor.runId, cursor.after, signal);
  } finally {
    stopWatching();
  }
}

async function lookAfter(place: ScopePlace, runId: RunId): Promise<void> {
  const run = await place.store.runs.get(runId);
  if (run !== null) await reconcileRun(place, run);
}

/** Reads a cursor as events carry it, or a bare run id, which means from the start. */
export function parseCursor(text: string): Cursor {
  const [, id = "", seq = "0"] = /^(.*?)(?:#(\d{1,15}))?$/s.exec(text) ?? [];
  const runId = RunId.safeParse(id);
  if (runId.success) return { runId: runId.data, after: Number(seq) };
  throw new InputError(
    "INPUT_INVALID",
    `A cursor must be {runId}#{seq} or a run id; received ${JSON.stringify(text.slice(0, 200))}.`,
    {
      hint: "Take it from the `cursor` field of an event.",
    },
  );
}
