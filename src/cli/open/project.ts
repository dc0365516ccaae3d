import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Environment } from "../../environment.ts";
import { withoutUndefined } from "../../lib/without-undefined.ts";
import type { SessionOptions } from "../../runtime/session.ts";
import type { HostedApp } from "../../specs/hosted-app.ts";
import { type CommandCall, valueOf } from "../command.ts";
import { SETTINGS } from "../settings/settings.ts";

/** Where a project keeps its data. */
export interface Project {
  readonly home: string;
  /** The URL of the state store. */
  readonly store: string;
  /** The store's file when it is the usual one in the data folder. */
  readonly storeFile: string | undefined;
}

/** How long running work may go on after a stop, unless said. */
const DEFAULT_GRACE_MS = 4_000;

/** The project of this call; nothing is created. */
export function projectOf(call: CommandCall): Project {
  const home = resolve(call.folder, valueOf(call, SETTINGS.dataDir) ?? ".bridle");
  const named = valueOf(call, SETTINGS.store);
  const file = join(home, "state.db");
  return { home, store: named ?? `sqlite:${file}`, storeFile: named === undefined ? file : undefined };
}

/** Creates the data folder for its owner only, and keeps it out of version control: it holds prompts and a token. */
export function createHome(home: string): void {
  if (existsSync(home)) return;
  mkdirSync(home, { recursive: true, mode: 0o700 });
  writeFileSync(join(home, ".gitignore"), "*\n", { mode: 0o600 });
}

/** What a session needs to know besides where it is. */
export interface SessionRole {
  readonly hosted: readonly HostedApp[];
  readonly startServer: boolean;
}

/** Everything that the flags, the environment and the project say about a session. */
export function sessionOptions(call: CommandCall, { hosted, startServer }: SessionRole): SessionOptions {
  const { home, store } = projectOf(call);
  const { output } = call;
  return {
    env: temporalEnvironment(call),
    home,
    store,
    hosted,
    startServer,
    ...withoutUndefined({ startedBy: startCommand(call) }),
    temporal: withoutUndefined({
      namespace: valueOf(call, SETTINGS.namespace),
      taskQueue: valueOf(call, SETTINGS.taskQueue),
    }),
    ...withoutUndefined({ durability: valueOf(call, SETTINGS.durability) }),
    knobs: withoutUndefined({
      stickyTimeoutMs: valueOf(call, SETTINGS.stickyTimeout),
      heartbeatMs: valueOf(call, SETTINGS.heartbeatTimeout),
      graceMs: graceOf(call),
    }),
    onProgress: (line) => output.progress(`temporal: ${line}`),
    onLog: ({ level, message, isOwn }) => {
      if (isOwn) output.warning(message);
      else if (level === "ERROR") output.warning(`${level} ${message}`);
      else output.detail(`${level} ${message}`);
    },
  };
}

/** Named without what may be secret: the app and the data folder are enough to start the server again. */
function startCommand(call: CommandCall): string | undefined {
  const app = valueOf(call, SETTINGS.app);
  const dataDir = valueOf(call, SETTINGS.dataDir);
  if (app === undefined) return undefined;
  return `bridle dev --app ${app}${dataDir === undefined ? "" : ` --data-dir ${dataDir}`}`;
}

/** How long a stop may take. */
export function graceOf(call: CommandCall): number {
  return valueOf(call, SETTINGS.grace) ?? DEFAULT_GRACE_MS;
}

/** An address given by flag replaces the one of the environment only: TLS and keys still come from there. */
export function temporalEnvironment(call: CommandCall): Environment {
  const address = valueOf(call, SETTINGS.temporalAddress);
  return address === undefined ? call.env : { ...call.env, TEMPORAL_ADDRESS: address };
}
