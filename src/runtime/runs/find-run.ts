import { InputError } from "../../protocol/errors.ts";
import type { RunId } from "../../protocol/ids.ts";
import type { RunRecord } from "../../protocol/run.ts";
import type { StorePlace } from "../place.ts";

/** The run that has this id, as it is stored; fails with RUN_UNKNOWN. */
export async function findRun({ scope, store }: StorePlace, runId: RunId): Promise<RunRecord> {
  const run = await store.runs.get(runId);
  if (run !== null) return run;
  throw new InputError("RUN_UNKNOWN", `There is no run "${runId}" in ${scope.tenant}/${scope.workspace}.`, {
    hint: "`bridle runs list` shows the runs of a workspace.",
  });
}
