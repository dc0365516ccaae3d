import { isFinalRunStatus, type RunRecord } from "../../protocol/run.ts";
import { argumentOf, type CommandCall, type CommandSpec } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import type { OpenScope } from "../open/open-scope.ts";
import { PLACE_SETTINGS, SCOPE_SETTINGS, SETTINGS } from "../settings/settings.ts";

/** `bridle runs cancel`: asks a run to stop. */
export const RUNS_CANCEL: CommandSpec = {
  name: "runs cancel",
  summary: "ask a run to stop; what it already said is kept",
  argument: { name: "run-id", description: "the run" },
  settings: [...SCOPE_SETTINGS, ...PLACE_SETTINGS],
  examples: ["bridle runs cancel run_0k3"],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const { withScope } = await import("../open/open-scope.ts");
  const { record, requested } = await withScope(call, (open) => cancel(call, open));
  const { runId, threadId, status } = record;
  call.output.result({ runId, threadId, status, requested }, textOf(record, requested));
  return EXIT.ok;
}

function textOf({ runId, status }: RunRecord, requested: boolean): string {
  if (!requested) return `run ${runId} had ended already: ${status}`;
  return isFinalRunStatus(status) ? `run ${runId} is ${status}` : `run ${runId} was asked to stop`;
}

interface Cancelled {
  readonly record: RunRecord;
  /** Whether there was something to stop. */
  readonly requested: boolean;
}

/** A run that has ended is left alone, so telling so needs no server. */
async function cancel(call: CommandCall, open: OpenScope): Promise<Cancelled> {
  const runId = argumentOf(call, SETTINGS.runId);
  const stored = await open.store.runs.get(runId);
  if (stored !== null && isFinalRunStatus(stored.status)) return { record: stored, requested: false };
  const [{ withServer }, { cancelRun }] = await Promise.all([
    import("../open/open-server.ts"),
    import("../../runtime/runs/cancel-run.ts"),
  ]);
  const record = await withServer(call, open, (place) => cancelRun(place, runId));
  return { record, requested: true };
}
