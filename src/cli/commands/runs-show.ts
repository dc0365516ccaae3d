import { isFinalRunStatus, type RunRecord } from "../../protocol/run.ts";
import { argumentOf, type CommandCall, type CommandSpec } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import type { OpenScope } from "../open/open-scope.ts";
import { printable, printableLine } from "../output/printable.ts";
import { table } from "../output/table.ts";
import { PLACE_SETTINGS, SCOPE_SETTINGS, SETTINGS } from "../settings/settings.ts";

/** `bridle runs show`: how one run stands. */
export const RUNS_SHOW: CommandSpec = {
  name: "runs show",
  summary: "show how a run stands",
  argument: { name: "run-id", description: "the run" },
  settings: [...SCOPE_SETTINGS, ...PLACE_SETTINGS],
  examples: ["bridle runs show run_0k3", "bridle runs show run_0k3 --json"],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const [{ withScope }, { runDocument }, { runPlanIds }] = await Promise.all([
    import("../open/open-scope.ts"),
    import("../../studio/server/run-document.ts"),
    import("../../studio/server/run-plan-ids.ts"),
  ]);
  const { record, pollers, taskQueue, planIds } = await withScope(call, async (open) => {
    const look = await lookAt(call, open);
    return { ...look, planIds: await runPlanIds(open.store.plans, look.record.runId) };
  });
  const { schemaVersion: _, ...document } = runDocument(record, planIds);
  const isWaiting = pollers === 0 && !isFinalRunStatus(record.status);
  const note = isWaiting ? `no worker polls task queue ${taskQueue} (0 pollers)` : undefined;
  call.output.result(
    { ...document, ...(pollers === null ? {} : { pollers, taskQueue }), ...(note === undefined ? {} : { note }) },
    describe(record),
  );
  if (note !== undefined) call.output.warning(note);
  return EXIT.ok;
}

interface Look {
  readonly record: RunRecord;
  /** Null when it does not matter, or no server can be asked. */
  readonly pollers: number | null;
  readonly taskQueue: string | null;
}

async function lookAt(call: CommandCall, open: OpenScope): Promise<Look> {
  const { store } = open;
  const { findRun } = await import("../../runtime/runs/find-run.ts");
  const record = await findRun(open, argumentOf(call, SETTINGS.runId));
  const stored = { record, pollers: null, taskQueue: null };
  if (isFinalRunStatus(record.status)) return stored;
  const [{ openServerIfAny }, { reconcileRun }, { pollersOf }] = await Promise.all([
    import("../open/open-server.ts"),
    import("../../runtime/runs/reconcile-run.ts"),
    import("../open/watch-pollers.ts"),
  ]);
  const session = await openServerIfAny(call);
  if (session === null) return stored;
  try {
    const { taskQueue } = session;
    const pollers = await pollersOf(session);
    return { record: await reconcileRun({ session, store }, record), pollers, taskQueue };
  } finally {
    await session.close();
  }
}

function describe(run: RunRecord): string {
  const rows = [
    ["run", run.runId],
    ["status", run.finish === null ? run.status : `${run.status} (${run.finish})`],
    ["thread", run.threadId],
    ["asked by", printableLine(run.requestedBy ?? "-")],
    ["agent", printableLine(run.agent)],
    ["workflow", printableLine(run.workflowId)],
    ["created", run.createdAt],
    ["ended", run.endedAt ?? "-"],
    ["events", String(run.lastSeq)],
    ["prompt", printableLine(run.promptPreview)],
  ];
  const error = run.error === null ? [] : [`error[${run.error.code}] ${printable(run.error.message)}`];
  return [table(rows), ...error, ...(run.text === null ? [] : ["", printable(run.text)])].join("\n");
}
