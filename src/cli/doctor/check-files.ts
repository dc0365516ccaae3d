import { accessSync, chmodSync, constants, existsSync, statfsSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { isAlive } from "../../runtime/temporal/server-process.ts";
import { type CommandCall, valueOf } from "../command.ts";
import { readLaunch } from "../open/launch-record.ts";
import { projectOf } from "../open/project.ts";
import { SETTINGS } from "../settings/settings.ts";
import { broken, type Check, fine } from "./check.ts";

/** A file that the project keeps. */
export interface ProjectFile {
  readonly path: string;
  readonly kind: string;
  readonly role: string;
}

/** File, kind and role of everything that may lie in the data folder. */
const KNOWN: readonly (readonly [string, string, string])[] = [
  ["state.db", "sqlite", "state"],
  ["state.db-wal", "sqlite", "state"],
  ["state.db-shm", "sqlite", "state"],
  ["temporal.db", "sqlite", "temporal"],
  ["temporal.db-wal", "sqlite", "temporal"],
  ["temporal.db-shm", "sqlite", "temporal"],
  ["temporal.json", "json", "server-record"],
  ["http.json", "json", "api-record"],
  ["dev.json", "json", "dev-record"],
  ["app.json", "json", "app-record"],
  ["api-token", "text", "api-token"],
  ["approval-key", "pem", "approval-key"],
  ["approval-key.pub", "text", "approval-public-key"],
  [join("logs", "temporal.log"), "text", "temporal-log"],
];

/** The files of the project that exist now. */
export function projectFiles(call: CommandCall): readonly ProjectFile[] {
  const { home } = projectOf(call);
  return KNOWN.map(([name, kind, role]) => ({ path: join(home, name), kind, role })).filter(({ path }) =>
    existsSync(path),
  );
}

/** The data folder: writable, and for its owner only, because it holds prompts and a token. */
export function checkHome(call: CommandCall): Check {
  const { home } = projectOf(call);
  try {
    if (!existsSync(home)) {
      accessSync(existing(home), constants.W_OK);
      return fine("data folder", `${home} is made with the first run`);
    }
    accessSync(home, constants.W_OK);
  } catch (error) {
    return { ...broken("data folder", error), fix: "Make the folder writable, or name another one with --data-dir." };
  }
  const open = [home, ...projectFiles(call).map(({ path }) => path)].filter(isOpenToOthers);
  if (open.length === 0) return fine("data folder", `${home}, for its owner only`);
  const fix = `chmod -R go-rwx ${home}, or \`bridle doctor --fix\``;
  return { name: "data folder", status: "warn", message: `others may read ${open.join(", ")}`, fix };
}

/** Takes from others what `checkHome` complains of; what cannot be changed it complains of again. */
export function closeToOthers(call: CommandCall): void {
  const { home } = projectOf(call);
  if (!existsSync(home)) return;
  for (const path of [home, ...projectFiles(call).map(({ path: file }) => file)].filter(isOpenToOthers)) {
    chmodSync(path, statSync(path).mode & 0o700);
  }
}

const MEGABYTE = 1024 * 1024;
const LITTLE_BYTES = 1024 * MEGABYTE;
const TOO_LITTLE_BYTES = 100 * MEGABYTE;

/** The room that is left where the data goes. */
export function checkDisk(call: CommandCall): Check {
  try {
    const { bavail, bsize } = statfsSync(existing(projectOf(call).home));
    const free = bavail * bsize;
    const message = `${Math.round(free / MEGABYTE)} MB free`;
    if (free >= LITTLE_BYTES) return fine("disk", message);
    return { name: "disk", status: free < TOO_LITTLE_BYTES ? "fail" : "warn", message, fix: "Make room on the disk." };
  } catch (error) {
    return broken("disk", error, "warn");
  }
}

const DEFAULT_PORT = 4111;

/** The port of the HTTP API: free, or ours already. */
export async function checkPort(call: CommandCall): Promise<Check> {
  const port = valueOf(call, SETTINGS.port) ?? DEFAULT_PORT;
  if (await isFree(port)) return fine("port", `${port} is free`);
  const launch = readLaunch(projectOf(call).home, "http");
  if (typeof launch?.url === "string" && isAlive(launch.pid) && new URL(launch.url).port === String(port)) {
    return fine("port", `${port} is served by this project, pid ${launch.pid}`);
  }
  const fix = "`bridle dev` takes the next free port; for `bridle serve` choose one with --port.";
  return { name: "port", status: "warn", message: `${port} is used by another process`, fix };
}

function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

/** The nearest folder that exists. */
function existing(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : existing(dirname(path));
}

function isOpenToOthers(path: string): boolean {
  return process.platform !== "win32" && (statSync(path).mode & 0o077) !== 0;
}
