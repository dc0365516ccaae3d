import { text as readAll } from "node:stream/consumers";
import { withoutUndefined } from "../../lib/without-undefined.ts";
import { InputError } from "../../protocol/errors.ts";
import type { RunRecord } from "../../protocol/run.ts";
import type { Runtime } from "../../runtime/bind-runtime.ts";
import type { RunStream } from "../../runtime/runs/run-stream.ts";
import { type CommandCall, type CommandSpec, isOn, valueOf } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { InputRequired } from "../failure.ts";
import { leaveAtOnce } from "../leave-at-once.ts";
import { approvalSettings, asker } from "../open/approval-options.ts";
import { hostedWorkspace } from "../open/hosted-workspace.ts";
import type { OpenApp } from "../open/open-app.ts";
import { pollersOf, watchPollers } from "../open/watch-pollers.ts";
import {
  APP_SETTINGS,
  APPROVAL_SETTINGS,
  PLACE_SETTINGS,
  SETTINGS,
  SWITCHES,
  WORKER_SETTINGS,
} from "../settings/settings.ts";
import { onStopSignal, type StopSignal } from "../stop-signal.ts";
import { followedRun, tellEvent } from "../text/follow-run.ts";

/** `bridle run`: asks once and shows the answer as it comes. */
export const RUN: CommandSpec = {
  name: "run",
  summary: "ask the app once and show the answer as it comes",
  settings: [
    SETTINGS.prompt,
    SETTINGS.agent,
    SETTINGS.workspace,
    SETTINGS.runId,
    SETTINGS.threadId,
    SETTINGS.whenBusy,
    SETTINGS.requestedBy,
    ...APP_SETTINGS,
    ...PLACE_SETTINGS,
    ...APPROVAL_SETTINGS,
    ...WORKER_SETTINGS,
    SETTINGS.durability,
  ],
  switches: [SWITCHES.noWorker, SWITCHES.detach],
  examples: [
    'bridle run --app ./app.ts --prompt "list the products you have"',
    "echo question | bridle run --app ./app.ts --prompt - --json",
    "bridle run --app ./app.ts --prompt hello --run-id r1 --detach",
  ],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const prompt = await promptOf(call);
  const { appOf, openApp } = await import("../open/open-app.ts");
  const isDetached = isOn(call, SWITCHES.detach);
  const isHost = !isDetached && !isOn(call, SWITCHES.noWorker);
  const app = await appOf(call, { scriptedWithoutKey: isHost });
  const { workspace } = hostedWorkspace(app, valueOf(call, SETTINGS.workspace));
  if (app.notice !== undefined) call.output.hint(app.notice);
  const approvals = await approvalSettings(call, "run");
  const stop = onStopSignal((code) => leaveAtOnce(call, code));
  const opened = await openApp(call, app, { hostsWorker: isHost, startServer: isHost, approvals });
  try {
    const stopped = stop.exitCode();
    if (stopped !== null) return stopped;
    const runtime = opened.runtimes.get(workspace);
    if (runtime === undefined) throw new InputError("INPUT_INVALID", `There is no workspace "${workspace}".`);
    const stream = ask(call, { runtime, prompt, signal: stop.signal });
    const accepted = await stream.started;
    return isDetached
      ? await tellAccepted(call, opened, accepted)
      : await follow(call, { opened, runtime, stream, stop });
  } finally {
    await opened.close();
    stop.release();
  }
}

async function promptOf(call: CommandCall): Promise<string> {
  const prompt = valueOf(call, SETTINGS.prompt);
  if (prompt === "-") return readAll(call.stdin);
  if (prompt !== undefined) return prompt;
  throw new InputRequired("INPUT_INVALID", "There is nothing to ask: expected --prompt.", {
    hint: "Give --prompt TEXT, or --prompt - to read it from standard input.",
  });
}

interface Asking {
  readonly runtime: Runtime;
  readonly prompt: string;
  readonly signal: AbortSignal;
}

function ask(call: CommandCall, { runtime, prompt, signal }: Asking): RunStream {
  const agent = valueOf(call, SETTINGS.agent);
  const options = withoutUndefined({
    runId: valueOf(call, SETTINGS.runId),
    threadId: valueOf(call, SETTINGS.threadId),
    whenBusy: valueOf(call, SETTINGS.whenBusy),
    requestedBy: asker(call),
    signal,
  });
  return agent === undefined ? runtime.query(prompt, options) : runtime.runSpecialist(agent, prompt, options);
}

async function tellAccepted(call: CommandCall, { session }: OpenApp, run: RunRecord): Promise<ExitCode> {
  const { runId, threadId, status } = run;
  call.output.result({ runId, threadId, status }, runId);
  call.output.hint(`follow it with: bridle runs events ${runId} --follow`);
  const pollers = await pollersOf(session);
  if (pollers === 0) call.output.warning(`no worker polls task queue ${session.taskQueue} (0 pollers)`);
  return EXIT.ok;
}

interface Following {
  readonly opened: OpenApp;
  readonly runtime: Runtime;
  readonly stream: RunStream;
  readonly stop: StopSignal;
}

async function follow(call: CommandCall, { opened, runtime, stream, stop }: Following): Promise<ExitCode> {
  const { output } = call;
  const { session } = opened;
  const watch = session.worker === null ? watchPollers(output, session) : undefined;
  try {
    const tell = tellEvent(output, stream.runId);
    for await (const event of stream) {
      watch?.seen();
      tell(event);
    }
  } finally {
    watch?.stop();
  }
  const run = await runtime.runs.get(stream.runId);
  const stopped = stop.exitCode();
  if (stopped !== null && run.endedAt === null) {
    output.endLine();
    await tellUnfinished(call, opened, run);
    return stopped;
  }
  return followedRun(output, run);
}

async function tellUnfinished(call: CommandCall, { session }: OpenApp, run: RunRecord): Promise<void> {
  const { runId, threadId, status } = run;
  call.output.result({ runId, threadId, status }, "");
  const own = session.worker === null ? 0 : 1;
  const others = ((await pollersOf(session)) ?? own) - own;
  const fate = others > 0 ? "goes on without this command" : "waits until a worker runs (bridle worker or bridle dev)";
  call.output.warning(`run ${runId} ${fate}; follow it with: bridle runs events ${runId} --follow`);
}
