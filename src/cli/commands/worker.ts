import { missingKey, type ModelKey, modelKey } from "../../specs/agents/model-key.ts";
import type { CommandCall, CommandSpec } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { approvalSettings } from "../open/approval-options.ts";
import type { LoadedApp } from "../open/load-app.ts";
import type { OpenApp } from "../open/open-app.ts";
import { APP_SETTINGS, APPROVAL_SETTINGS, PLACE_SETTINGS, WORKER_SETTINGS } from "../settings/settings.ts";
import { onStopSignal } from "../stop-signal.ts";

/** `bridle worker`: answers the runs of an app, without an HTTP API. */
export const WORKER: CommandSpec = {
  name: "worker",
  summary: "host the app's work; needs a Temporal server that runs already",
  settings: [...APP_SETTINGS, ...PLACE_SETTINGS, ...APPROVAL_SETTINGS, ...WORKER_SETTINGS],
  examples: ["bridle worker --app ./app.ts", "bridle worker --app ./app.ts --temporal-address localhost:7233"],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const { appOf, openApp } = await import("../open/open-app.ts");
  const app = await appOf(call);
  const approvals = await approvalSettings(call, "worker");
  const stop = onStopSignal();
  const opened = await openApp(call, app, { hostsWorker: true, startServer: false, approvals });
  try {
    announceWorker(call, opened);
    call.output.hint(
      `worker of ${app.name} polls task queue ${opened.session.taskQueue} at ${opened.session.target.address}`,
    );
    await Promise.race([stop.asked, opened.session.worker?.finished]);
    call.output.hint("stopping: running work may finish; the same signal again ends at once");
  } finally {
    await opened.close();
  }
  return EXIT.ok;
}

/** The line that scripts wait for, in every output mode; and a warning when no run can succeed. */
export function announceWorker(
  call: CommandCall,
  { app, session, approvals }: OpenApp,
  always: "always" | "json" = "always",
): void {
  const { taskQueue, target } = session;
  const { namespace, address } = target;
  const workspaces = app.hosted.map(({ workspace }) => workspace);
  const fields = {
    app: app.name,
    workspaces,
    taskQueue,
    namespace,
    temporalAddress: address,
    approvals: approvals.mode,
    approvalKeys: approvals.keys,
    model: modelOf(call, app),
    pid: process.pid,
  };
  call.output.event("worker.ready", fields, always);
  const unkeyed = app.hosted.flatMap((hosted) => missingKey(hosted, call.env, "--interpreter scripted") ?? []);
  for (const warning of new Set(unkeyed)) call.output.warning(warning);
}

/** Of several workspaces, the one that a person must do something about. */
function modelOf({ env }: CommandCall, { hosted }: LoadedApp): ModelKey | null {
  const models = hosted.map((bound) => modelKey(bound, env));
  return models.find(({ key }) => key === "missing") ?? models[0] ?? null;
}
