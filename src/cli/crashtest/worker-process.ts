/**
 * The worker that a crash test kills: hosts the user's app in a process of its own, says `ready` once it polls, and ends with its
 * parent. The app is as it is, but for its dispatcher, which leaves a line for each call, and for approvals, which are open.
 */
import { processEnvironment } from "../../environment.ts";
import { approvalProof } from "../../runtime/approvals/approval-proof.ts";
import { openSession } from "../../runtime/session.ts";
import { normaliseDispatcher } from "../../specs/dispatchers/dispatcher.ts";
import type { HostedApp } from "../../specs/hosted-app.ts";
import { loadApp } from "../open/load-app.ts";
import { loggedDispatcher } from "./call-log.ts";
import { CRASH_KNOBS, CrashWorkerSetup } from "./worker-setup.ts";

process.on("disconnect", () => process.exit(0));
// The terminal's Ctrl-C is for the parent, which decides what ends.
process.on("SIGINT", () => undefined);

const setup = CrashWorkerSetup.parse(JSON.parse(process.argv[2] ?? ""));
const env = processEnvironment();
const { app, folder, home, address, taskQueue } = setup;
const loaded = await loadApp({ app, folder, env, interpreter: "scripted", scriptedWithoutKey: true });
const hosted = loaded.hosted.filter(({ workspace }) => workspace === setup.workspace).map(watched);
await openSession({ env, home, hosted, startServer: false, temporal: { address, taskQueue }, knobs: CRASH_KNOBS });
process.send?.("ready");

function watched(bound: HostedApp): HostedApp {
  const open = { ...bound, approvals: approvalProof("open", () => []) };
  const { actionDispatcher } = bound;
  if (actionDispatcher === undefined) return open;
  return { ...open, actionDispatcher: loggedDispatcher(normaliseDispatcher(actionDispatcher), setup.callLog) };
}
