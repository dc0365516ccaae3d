import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

/** The version that is fetched when none is at hand: the newest that Go can install, and the one measured in bench/. */
export const TEMPORAL_CLI_VERSION = "v1.5.1";

/** File name of the command on this platform. */
export const TEMPORAL_CLI_FILE = executable("temporal");

/** What a way of fetching the command came to. */
export type FetchOutcome =
  { readonly kind: "ready"; readonly path: string } | { readonly kind: "unavailable"; readonly reason: string };

/** What a way of fetching the command needs to know. */
export interface FetchRequest {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder that receives the command. */
  readonly bin: string;
  readonly onProgress?: (line: string) => void;
  readonly downloadOrigin?: string;
}

const VERSION_TIMEOUT_MS = 10_000;

/** Whether this file runs and says that it is the Temporal command. */
export async function isTemporalCli(path: string): Promise<boolean> {
  if (!isExecutable(path)) return false;
  return new Promise((resolve) => {
    execFile(path, ["--version"], { timeout: VERSION_TIMEOUT_MS }, (error, stdout) => {
      resolve(error === null && stdout.startsWith("temporal version"));
    });
  });
}

/** Every executable of that name on a search path, in its order. */
export function onPath(command: string, searchPath: string | undefined): readonly string[] {
  return (searchPath ?? "")
    .split(delimiter)
    .filter(isAbsolute)
    .map((folder) => join(folder, executable(command)))
    .filter(isExecutable);
}

function executable(command: string): string {
  return process.platform === "win32" ? `${command}.exe` : command;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there or not ours to run: both mean that the next candidate is asked.
    return false;
  }
}
