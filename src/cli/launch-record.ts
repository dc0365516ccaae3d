import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { Environment } from "../environment.ts";
import { isAlive } from "../runtime/temporal/server-process.ts";

/** The token of the HTTP API of this launch. */
export interface ApiToken {
  readonly token: string;
  /** Where other programs of this user find it; nothing when the operator gave it. */
  readonly file: string | null;
  /** Removes the file, unless a later launch wrote it anew. */
  forget(): void;
}

const TOKEN_BYTES = 32;

/** The operator's token, or a new one that only this user can read. It is printed nowhere. */
export function createApiToken(home: string, env: Environment): ApiToken {
  const file = join(home, "api-token");
  const given = env["BRIDLE_API_TOKEN"];
  if (given !== undefined && given !== "") {
    rmSync(file, { force: true }); // one of an earlier launch would only mislead
    return { token: given, file: null, forget: () => undefined };
  }
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  writePrivate(file, token);
  return {
    token,
    file,
    forget() {
      if (existsSync(file) && readFileSync(file, "utf8") === token) rmSync(file);
    },
  };
}

const Launch = z.strictObject({ url: z.url(), pid: z.int().positive() });
/** A process that serves this project, and where. */
export type Launch = z.infer<typeof Launch>;

/** `http` is the latest HTTP API of the project, `dev` its development server. */
export type LaunchKind = "http" | "dev";

/** Notes that this process serves; the returned function takes the note back. */
export function recordLaunch(home: string, kind: LaunchKind, url: string): () => void {
  const file = fileOf(home, kind);
  writePrivate(file, `${JSON.stringify({ url, pid: process.pid }, null, 2)}\n`);
  return () => {
    if (readLaunch(home, kind)?.pid === process.pid) rmSync(file, { force: true });
  };
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
  try {
    const answer = await fetch(new URL("/healthz", launch.url), { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
    return answer.ok ? launch : undefined;
  } catch {
    return undefined; // another process took over the id of a server that is gone
  }
}

function fileOf(home: string, kind: LaunchKind): string {
  return join(home, `${kind}.json`);
}

/** In one step, and never readable by others even for a moment. */
function writePrivate(file: string, text: string): void {
  const next = `${file}.${process.pid}`;
  writeFileSync(next, text, { mode: 0o600 });
  renameSync(next, file);
}
