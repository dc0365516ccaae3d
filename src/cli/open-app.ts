import { setTimeout as sleep } from "node:timers/promises";
import { InputError } from "../protocol/errors.ts";
import { bindRuntime, type Runtime } from "../runtime/create-runtime.ts";
import { openSession, type Session } from "../runtime/session.ts";
import { type CommandCall, valueOf } from "./command.ts";
import { type LoadedApp, loadApp } from "./load-app.ts";
import { createHome, graceOf, projectOf, sessionOptions } from "./project.ts";
import { SETTINGS } from "./settings.ts";

/** An app with a session that all its workspaces share. */
export interface OpenApp {
  readonly app: LoadedApp;
  readonly session: Session;
  readonly runtimes: ReadonlyMap<string, Runtime>;
  /** Lets running work finish within the grace time; what does not finish then goes to the next worker. */
  close(): Promise<void>;
}

/** Loads the app that `--app` names. */
export async function appOf(
  call: CommandCall,
  options: { readonly scriptedWithoutKey?: boolean } = {},
): Promise<LoadedApp> {
  const app = valueOf(call, SETTINGS.app);
  if (app === undefined) {
    throw new InputError("INPUT_INVALID", "No app was named: expected --app or BRIDLE_APP.", {
      hint: "Name the file that exports it: --app ./app.ts",
    });
  }
  const { folder, env } = call;
  const interpreter = valueOf(call, SETTINGS.interpreter);
  return loadApp({ app, folder, env, interpreter, scriptedWithoutKey: options.scriptedWithoutKey ?? false });
}

/** What this process does for the app. */
export interface OpenRole {
  readonly hostsWorker: boolean;
  readonly startServer: boolean;
}

/** Opens the store, the Temporal connection and, when asked, the worker of an app. */
export async function openApp(call: CommandCall, app: LoadedApp, role: OpenRole): Promise<OpenApp> {
  createHome(projectOf(call).home);
  const hosted = role.hostsWorker ? app.hosted : [];
  const session = await openSession(sessionOptions(call, { hosted, startServer: role.startServer }));
  const shared = { open: async () => session, close: async () => undefined };
  const runtimes = new Map(app.hosted.map((bound) => [bound.workspace, bindRuntime(bound, shared)]));
  return { app, session, runtimes, close: () => close(call, session) };
}

/** Beyond the grace time the worker needs a moment to tell the server. */
const CLOSE_ROOM_MS = 2_000;

async function close(call: CommandCall, session: Session): Promise<void> {
  const timer = new AbortController();
  const late = sleep(graceOf(call) + CLOSE_ROOM_MS, "late" as const, { signal: timer.signal });
  const outcome = await Promise.race([session.close(), late]);
  late.catch(() => undefined); // aborted below when the session was faster
  timer.abort();
  if (outcome !== "late") return;
  call.output.warning("Work did not end within the grace time; the next worker does it again from its last step.");
  await session.target.embedded?.stop();
}
