import { setTimeout as sleep } from "node:timers/promises";
import { InputError } from "../../protocol/errors.ts";
import { Scope } from "../../protocol/ids.ts";
import { approvalProof } from "../../runtime/approvals/approval-proof.ts";
import { type ApprovalSettings, trustedKeys } from "../../runtime/approvals/approval-settings.ts";
import { trustedKeyLabel } from "../../runtime/approvals/trusted-key.ts";
import { bindRuntime, type Runtime } from "../../runtime/bind-runtime.ts";
import { openSession, type Session } from "../../runtime/session.ts";
import { type CommandCall, valueOf } from "../command.ts";
import { SETTINGS } from "../settings/settings.ts";
import { recordApp } from "./app-record.ts";
import { signingKeyOf } from "./approval-options.ts";
import { type LoadedApp, loadApp } from "./load-app.ts";
import { createHome, graceOf, projectOf, sessionOptions } from "./project.ts";

/** An app with a session that all its workspaces share. */
export interface OpenApp {
  readonly app: LoadedApp;
  readonly session: Session;
  readonly runtimes: ReadonlyMap<string, Runtime>;
  /** Whether answers to gates must be signed, and the keys that count: the name that each is bound to, and its fingerprint. */
  readonly approvals: { readonly mode: ApprovalSettings["mode"]; readonly keys: readonly string[] };
  /** Lets running work finish within the grace time; what does not finish then goes to the next worker. */
  close(): Promise<void>;
}

/** Loads the app that `--app` names. */
export async function appOf(
  call: CommandCall,
  options: { readonly scriptedWithoutKey?: boolean } = {},
): Promise<LoadedApp> {
  const { folder, env } = call;
  const interpreter = valueOf(call, SETTINGS.interpreter);
  const { scriptedWithoutKey = false } = options;
  return loadApp({ app: appFileOf(call), folder, env, interpreter, scriptedWithoutKey });
}

/** The file and export that `--app` names; fails without it. */
export function appFileOf(call: CommandCall): string {
  const app = valueOf(call, SETTINGS.app);
  if (app !== undefined) return app;
  throw new InputError("INPUT_INVALID", "No app was named: expected --app or BRIDLE_APP.", {
    hint: "Name the file that exports it: --app ./app.ts",
  });
}

/** What this process does for the app. */
export interface OpenRole {
  readonly hostsWorker: boolean;
  readonly startServer: boolean;
  /** How answers to gates are proven and signed here, whatever the app says. */
  readonly approvals: ApprovalSettings;
}

/** Opens the store, the Temporal connection and, when asked, the worker of an app. */
export async function openApp(call: CommandCall, app: LoadedApp, role: OpenRole): Promise<OpenApp> {
  createHome(projectOf(call).home);
  const { mode } = role.approvals;
  const keys = trustedKeys(role.approvals);
  const all = app.hosted.map((bound) => ({ ...bound, approvals: approvalProof(mode, () => keys) }));
  const hosted = role.hostsWorker ? all : [];
  const session = await openSession(sessionOptions(call, { hosted, startServer: role.startServer }));
  const shared = { open: async () => session, close: async () => undefined };
  const runtimes = new Map(all.map((bound) => [bound.workspace, bindRuntime(bound, shared, signingKeyOf(call))]));
  recordApp(projectOf(call).home, { app: app.name, scopes: scopesOf(app) });
  const approvals = { mode, keys: keys.map(trustedKeyLabel) };
  return { app, approvals, session, runtimes, close: () => close(call, session) };
}

function scopesOf({ hosted, defaultWorkspace }: LoadedApp): readonly Scope[] {
  const scopes = hosted.map(({ tenant, workspace }) => Scope.parse({ tenant, workspace }));
  return [...scopes].sort(
    (a, b) => Number(b.workspace === defaultWorkspace) - Number(a.workspace === defaultWorkspace),
  );
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
