import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { Environment } from "../../environment.ts";
import { commandLineOf } from "../../runtime/temporal/server-identity.ts";
import { isAlive } from "../../runtime/temporal/server-process.ts";

/** The token of the HTTP API of this launch. */
export interface ApiToken {
  readonly token: string;
  /** Where other programs of this user find it; nothing when the operator gave it. */
  readonly file: string | null;
  /** Puts the token where `file` says; the returned function takes it back, unless a later launch wrote it anew. */
  publish(): () => void;
}

const TOKEN_BYTES = 32;

/** The operator's token, or a new one that only this user can read. It is printed nowhere. */
export function createApiToken(home: string, env: Environment): ApiToken {
  const file = join(home, "api-token");
  const given = env["BRIDLE_API_TOKEN"];
  // A file of another launch would only mislead as long as this one serves.
  if (given !== undefined && given !== "") {
    return { token: given, file: null, publish: () => replace(file, null, readLaunch(home, "http")) };
  }
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  return { token, file, publish: () => replace(file, token, readLaunch(home, "http")) };
}

const Launch = z.strictObject({
  url: z.url().nullable(),
  pid: z.int().positive(),
  /** How a development server judges answers to gates. */
  approvals: z.enum(["open", "signed"]).optional(),
});
/** A process that serves this project, and where; a development server may go without an HTTP API. */
export type Launch = z.infer<typeof Launch>;

/** `http` is the latest HTTP API of the project, `dev` its development server. */
export type LaunchKind = "http" | "dev";

/** Notes that this process serves; the returned function takes the note back, unless a later launch wrote it anew. */
export function recordLaunch(home: string, kind: LaunchKind, launch: Omit<Launch, "pid">): () => void {
  const note = `${JSON.stringify({ ...launch, pid: process.pid }, null, 2)}\n`;
  return replace(fileOf(home, kind), note, readLaunch(home, kind));
}

/** The note of a kind, whether or not its process still lives. */
export function readLaunch(home: string, kind: LaunchKind): Launch | undefined {
  try {
    return Launch.safeParse(JSON.parse(readFileSync(fileOf(home, kind), "utf8"))).data;
  } catch {
    return undefined; // absent or damaged: nothing is known, and the next launch writes it anew
  }
}

const ANSWER_TIMEOUT_MS = 1_000;

/** The process that serves this project now; a note is believed only when the process lives and answers. */
export async function findLaunch(home: string, kind: LaunchKind): Promise<Launch | undefined> {
  const launch = readLaunch(home, kind);
  if (launch === undefined || !isAlive(launch.pid)) return undefined;
  if (launch.url === null) return isDev(launch.pid) ? launch : undefined;
  try {
    const answer = await fetch(new URL("/healthz", launch.url), { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
    return answer.ok ? launch : undefined;
  } catch {
    return undefined; // another process took over the id of a server that is gone
  }
}

/** Without an API to ask, the command line tells ours from a stranger that took over the id. */
function isDev(pid: number): boolean {
  const words = commandLineOf(pid)?.split(/[\0\s]+/) ?? [];
  return pid !== process.pid && words.includes("dev");
}

function fileOf(home: string, kind: LaunchKind): string {
  return join(home, `${kind}.json`);
}

/**
 * Writes the file, or removes it with null. The returned function puts back what was there when the process it belongs to
 * still runs, and does nothing once a later launch has written.
 */
function replace(file: string, text: string | null, earlier: Launch | undefined): () => void {
  const before = readText(file);
  put(file, text);
  return () => {
    if (readText(file) !== text) return;
    const isTheirs = earlier !== undefined && earlier.pid !== process.pid && isAlive(earlier.pid);
    put(file, isTheirs ? before : null);
  };
}

function put(file: string, text: string | null): void {
  if (text === null) rmSync(file, { force: true });
  else writePrivate(file, text);
}

function readText(file: string): string | null {
  return existsSync(file) ? readFileSync(file, "utf8") : null;
}

/** In one step, and never readable by others even for a moment. */
function writePrivate(file: string, text: string): void {
  const next = `${file}.${process.pid}`;
  writeFileSync(next, text, { mode: 0o600 });
  renameSync(next, file);
}
