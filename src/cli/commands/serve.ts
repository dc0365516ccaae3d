import type { CommandCall, CommandSpec } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { approvalSettings } from "../open/approval-options.ts";
import {
  APP_SETTINGS,
  APPROVAL_SETTINGS,
  HTTP_SETTINGS,
  PLACE_SETTINGS,
  SETTINGS,
  SWITCHES,
} from "../settings/settings.ts";
import { onStopSignal } from "../stop-signal.ts";

/** `bridle serve`: the HTTP API of an app, without a worker. */
export const SERVE: CommandSpec = {
  name: "serve",
  summary: "serve the app's HTTP API; the work is done by `bridle worker`",
  settings: [...APP_SETTINGS, ...HTTP_SETTINGS, ...PLACE_SETTINGS, ...APPROVAL_SETTINGS, SETTINGS.grace],
  switches: [SWITCHES.bindAll],
  examples: [
    "bridle serve --app ./app.ts",
    "bridle serve --app ./app.ts --port 8080 --temporal-address localhost:7233",
  ],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const [{ appOf, openApp }, { serveApi }] = await Promise.all([
    import("../open/open-app.ts"),
    import("../open/serve-api.ts"),
  ]);
  const app = await appOf(call);
  const approvals = await approvalSettings(call, "serve");
  const stop = onStopSignal();
  const opened = await openApp(call, app, { hostsWorker: false, startServer: false, approvals });
  try {
    const api = await serveApi(call, opened, "fail");
    const { url, tokenFile } = api;
    const { taskQueue, target } = opened.session;
    const fields = {
      url,
      tokenFile,
      app: app.name,
      taskQueue,
      namespace: target.namespace,
      temporalAddress: target.address,
      approvals: opened.approvals.mode,
    };
    call.output.event("serve.ready", { ...fields, pid: process.pid }, "always");
    call.output.hint(
      `API of ${app.name} at ${url}, ${tokenFile === null ? "token from BRIDLE_API_TOKEN" : `token in ${tokenFile}`}`,
    );
    await stop.asked;
    await api.close();
  } finally {
    await opened.close();
  }
  return EXIT.ok;
}
