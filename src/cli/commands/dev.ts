import { join } from "node:path";
import { formatDuration } from "../../lib/duration.ts";
import { type CommandCall, type CommandSpec, valueOf } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { leaveAtOnce } from "../leave-at-once.ts";
import { approvalSettings } from "../open/approval-options.ts";
import { findLaunch, type Launch } from "../open/launch-record.ts";
import type { OpenApp } from "../open/open-app.ts";
import { createHome, projectOf } from "../open/project.ts";
import type { Api } from "../open/serve-api.ts";
import { countOf } from "../output/count-of.ts";
import { printableLine } from "../output/printable.ts";
import { packageVersion } from "../package-version.ts";
import {
  APP_SETTINGS,
  APPROVAL_SETTINGS,
  HTTP_SETTINGS,
  PLACE_SETTINGS,
  SETTINGS,
  SWITCHES,
  WORKER_SETTINGS,
} from "../settings/settings.ts";
import { onStopSignal } from "../stop-signal.ts";
import { announceWorker } from "./worker.ts";

/** `bridle dev`: everything in one process, with a Temporal server of the project's own when there is no other. */
export const DEV: CommandSpec = {
  name: "dev",
  summary: "run everything on this machine: Temporal, the worker and the HTTP API",
  settings: [
    ...APP_SETTINGS,
    ...HTTP_SETTINGS,
    ...PLACE_SETTINGS,
    ...APPROVAL_SETTINGS,
    ...WORKER_SETTINGS,
    SETTINGS.durability,
  ],
  switches: [SWITCHES.noStudio, SWITCHES.bindAll],
  examples: ["bridle dev --app ./app.ts", "bridle dev --app ./app.ts#support --port 4200"],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const startedAt = performance.now();
  valueOf(call, SETTINGS.port); // a wrong one is told also where nothing is started
  const { home } = projectOf(call);
  const running = await findLaunch(home, "dev");
  if (running !== undefined) return tellRunning(call, running);
  const [{ appOf, openApp }, { withStartLock }] = await Promise.all([
    import("../open/open-app.ts"),
    import("../../runtime/temporal/start-lock.ts"),
  ]);
  const app = await appOf(call, { scriptedWithoutKey: true });
  const approvals = await approvalSettings(call, "dev");
  createHome(home);
  const stop = onStopSignal((code) => leaveAtOnce(call, code));
  let opened: OpenApp | undefined;
  let serving: Serving | undefined;
  try {
    // Two starts at once must not both believe to be the only one.
    const other = await withStartLock(join(home, "dev.lock"), async () => {
      const winner = await findLaunch(home, "dev");
      if (winner !== undefined) return winner;
      opened = await openApp(call, app, { hostsWorker: true, startServer: true, approvals });
      serving = await serve(call, opened);
      return undefined;
    });
    if (other !== undefined) return tellRunning(call, other);
    if (opened === undefined || serving === undefined) return EXIT.failed;
    announce(call, { opened, api: serving.api, readyInMs: performance.now() - startedAt });
    await Promise.race([stop.asked, opened.session.worker?.finished]);
    call.output.hint("stopping: running work may finish; the same signal again ends at once");
  } finally {
    await serving?.close();
    await opened?.close();
  }
  return EXIT.ok;
}

interface Serving {
  readonly api: Api;
  close(): Promise<void>;
}

async function serve(call: CommandCall, opened: OpenApp): Promise<Serving> {
  const [{ serveApi }, { recordLaunch }] = await Promise.all([
    import("../open/serve-api.ts"),
    import("../open/launch-record.ts"),
  ]);
  const api = await serveApi(call, opened, "next");
  const forget = recordLaunch(projectOf(call).home, "dev", { url: api.url, approvals: opened.approvals.mode });
  return {
    api,
    async close() {
      forget();
      await api.close();
    },
  };
}

function tellRunning(call: CommandCall, { pid, url }: Launch): ExitCode {
  call.output.result(
    { alreadyRunning: true, pid, url },
    `bridle dev already runs for this project: pid ${pid}, ${url ?? "without the HTTP API"}`,
  );
  return EXIT.ok;
}

interface Ready {
  readonly opened: OpenApp;
  readonly api: Api;
  readonly readyInMs: number;
}

function announce(call: CommandCall, ready: Ready): void {
  const { opened, api, readyInMs } = ready;
  const { app, session } = opened;
  const { address, namespace, embedded } = session.target;
  announceWorker(call, opened, "json");
  call.output.event("dev.ready", {
    url: api.url,
    tokenFile: api.tokenFile,
    temporalAddress: address,
    uiUrl: embedded?.uiUrl ?? null,
    namespace,
    taskQueue: session.taskQueue,
    app: app.name,
    workspaces: app.hosted.map(({ workspace }) => workspace),
    approvals: opened.approvals.mode,
    approvalKeys: opened.approvals.keys,
    interpreter: app.hosted[0]?.interpreter ?? null,
    pid: process.pid,
    readyInMs: Math.round(readyInMs),
  });
  call.output.hint(block(call, ready));
}

/** What a person wants to know when it runs. */
function block({ output }: CommandCall, { opened, api, readyInMs }: Ready): string {
  const { app, session } = opened;
  const style = output.style.stderr;
  const label = (text: string): string => style("dim", text.padEnd(10));
  return [
    `  ${style("bold", `bridle ${packageVersion()}`)}   ${printableLine(app.name)}   ${inventory(opened)}`,
    `  ${label("API")}${api.url}   ${style("dim", tokenPlace(api))}`,
    `  ${label("Temporal")}${temporalLine(session.target)}`,
    `  ${label("Model")}${app.hosted[0]?.interpreter ?? "none"}${app.notice === undefined ? "" : ` - ${app.notice}`}`,
    `  ${label("Approvals")}${approvalsLine(opened)}`,
    `  ready in ${formatDuration(readyInMs)}   ${style("dim", "Ctrl-C stops")}`,
  ].join("\n");
}

/** Open mode must not be taken for safe. */
function approvalsLine({ approvals: { mode, keys } }: OpenApp): string {
  if (mode === "signed") return `signed, by key ${keys.join(", ")}`;
  return "OPEN: whoever reaches Temporal on this machine can approve (--approvals signed)";
}

function tokenPlace({ tokenFile }: Api): string {
  return tokenFile === null ? "token from BRIDLE_API_TOKEN" : `token in ${tokenFile}`;
}

function temporalLine({ address, embedded }: OpenApp["session"]["target"]): string {
  if (embedded === undefined) return `${address} (not ours)`;
  return `${address} (${embedded.reused ? "reused" : "started"})   UI ${embedded.uiUrl}`;
}

function inventory({ app }: OpenApp): string {
  const agents = new Set(app.hosted.flatMap(({ spec }) => Object.keys(spec.manifest.agents)));
  return `${countOf(app.hosted.length, "workspace")}, ${countOf(agents.size, "agent")}`;
}
