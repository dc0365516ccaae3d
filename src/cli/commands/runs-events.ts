import type { RunEvent } from "../../protocol/event.ts";
import type { RunId } from "../../protocol/ids.ts";
import { isFinalRunStatus } from "../../protocol/run.ts";
import { argumentOf, type CommandCall, type CommandSpec, isOn, valueOf } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import type { OpenScope } from "../open/open-scope.ts";
import { printableLine } from "../output/printable.ts";
import { PLACE_SETTINGS, SCOPE_SETTINGS, SETTINGS, SWITCHES } from "../settings/settings.ts";
import { onStopSignal, type StopSignal } from "../stop-signal.ts";
import { traceLine } from "../text/follow-run.ts";

/** `bridle runs events`: what happened in a run, from any place on. */
export const RUNS_EVENTS: CommandSpec = {
  name: "runs events",
  summary: "show what happened in a run",
  argument: { name: "run-id", description: "the run" },
  settings: [SETTINGS.afterSeq, SETTINGS.limit, ...SCOPE_SETTINGS, ...PLACE_SETTINGS],
  switches: [SWITCHES.follow],
  examples: ["bridle runs events run_0k3", "bridle runs events run_0k3 --after 12 --follow --output ndjson"],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const { output } = call;
  const [{ withScope }, { findRun }] = await Promise.all([
    import("../open/open-scope.ts"),
    import("../../runtime/runs/find-run.ts"),
  ]);
  const runId = argumentOf(call, SETTINGS.runId);
  const isFollowing = isOn(call, SWITCHES.follow);
  const stop = isFollowing ? onStopSignal() : undefined;
  const read: RunEvent[] = [];
  let done = false;
  let next = valueOf(call, SETTINGS.afterSeq) ?? 0;
  await withScope(call, async (open) => {
    await findRun(open, runId);
    const wanted = { runId, after: next, limit: valueOf(call, SETTINGS.limit) ?? Number.POSITIVE_INFINITY };
    const events = stop === undefined ? stored(open, wanted) : followed(call, open, { ...wanted, stop });
    for await (const event of events) {
      output.item(event, line(event));
      if (output.mode === "json") read.push(event);
      next = event.seq;
    }
    done = await isAllRead(open, { runId, next });
  });
  const place = { next, done };
  output.result(output.mode === "ndjson" ? { runId, ...place } : { runId, events: read, ...place }, "");
  return stop?.exitCode() ?? EXIT.ok;
}

interface Wanted {
  readonly runId: RunId;
  readonly after: number;
  readonly limit: number;
}

/** Whether nothing comes after a place any more. */
async function isAllRead({ store }: OpenScope, { runId, next }: { runId: RunId; next: number }): Promise<boolean> {
  const run = await store.runs.get(runId);
  return run !== null && isFinalRunStatus(run.status) && next >= run.lastSeq;
}

async function* stored({ store }: OpenScope, { runId, after, limit }: Wanted): AsyncGenerator<RunEvent> {
  let left = limit;
  for (let place = after; left > 0;) {
    const events = (await store.log.read(runId, place)).slice(0, left);
    yield* events;
    left -= events.length;
    const last = events.at(-1);
    if (last === undefined) return;
    place = last.seq;
  }
}

/** With a server a run that was lost ends; without one its events are followed all the same. */
async function* followed(
  call: CommandCall,
  open: OpenScope,
  wanted: Wanted & { readonly stop: StopSignal },
): AsyncGenerator<RunEvent> {
  const { runId, after, limit, stop } = wanted;
  const [{ openServerIfAny }, { followRun }] = await Promise.all([
    import("../open/open-server.ts"),
    import("../../runtime/runs/run-stream.ts"),
  ]);
  const session = await openServerIfAny(call);
  const { store, scope } = open;
  const events =
    session === null
      ? store.log.follow(runId, after, stop.signal)
      : followRun({ session, scope, store }, { runId, after }, stop.signal);
  let left = limit;
  try {
    for await (const event of events) {
      yield event;
      left -= 1;
      if (left <= 0) return;
    }
  } finally {
    await session?.close();
  }
}

/** Nothing for an event that says nothing to people. */
function line(event: RunEvent): string | undefined {
  const said = event.type === "text" || event.type === "reasoning" ? printableLine(event.text) : traceLine(event);
  if (said === undefined) return undefined;
  return `${String(event.seq).padStart(5)}  ${event.at}  ${event.type.padEnd(16)}  ${said}`;
}
