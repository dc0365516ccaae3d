import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, closeSync, existsSync, fstatSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { errorCode } from "../../lib/error-code.ts";
import { answers } from "./probe-server.ts";
import { databaseFile } from "./server-identity.ts";
import type { ServerPorts } from "./server-record.ts";

/** What a start of the server process needs. */
export interface LaunchRequest {
  readonly home: string;
  readonly cli: string;
  readonly ports: ServerPorts;
  readonly logFile: string;
  readonly durability?: "fast" | "full";
  readonly tuned?: boolean;
}

/** What a start came to. */
export type Launched =
  | { readonly kind: "ready"; readonly pid: number }
  | { readonly kind: "failed"; readonly reason: string; readonly portTaken: boolean };

const START_TIMEOUT_MS = 45_000;
const STOP_TIMEOUT_MS = 10_000;
const POLL_MS = 20;
const LOG_BYTES = 10 * 1024 * 1024;
const LOG_LINES_TOLD = 8;

/**
 * As it comes, the server looks for tasks at most 20 times a second, so that every step of a workflow waits for a
 * 50 ms tick; and a worker that asked for a task gets the next one only after another round trip.
 */
const TUNING: readonly string[] = [
  "history.transferProcessorMaxPollRPS=2000",
  "history.timerProcessorMaxPollRPS=2000",
  "history.visibilityProcessorMaxPollRPS=2000",
  "system.enableActivityEagerExecution=true",
  "system.enableEagerWorkflowStart=true",
].flatMap((value) => ["--dynamic-config-value", value]);

/** Write-ahead log: a kill loses nothing in either mode, a power cut loses nothing only with `synchronous=2`. */
const PRAGMAS = {
  fast: ["--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=1"],
  full: ["--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=2"],
} as const;

/** Starts the server and waits until it answers, or until it is clear that it will not. */
export async function launchServer(request: LaunchRequest): Promise<Launched> {
  const log = openLog(request.logFile);
  const from = fstatSync(log).size;
  const child = spawnServer(request, log);
  closeSync(log);
  const ended = endOf(child);
  const { pid } = child;
  if (pid !== undefined && (await becomesReady(`127.0.0.1:${request.ports.grpc}`, ended))) {
    child.unref();
    return { kind: "ready", pid };
  }
  if (pid !== undefined) await stopServer(pid);
  const tail = readFileSync(request.logFile).subarray(from).toString("utf8").trim();
  const lines = tail.split("\n").slice(-LOG_LINES_TOLD).join("\n");
  const reason = [ended.reason ?? `no answer within ${START_TIMEOUT_MS / 1000} s`, lines].filter(Boolean).join("\n");
  return { kind: "failed", reason, portTaken: tail.includes("address already in use") };
}

/** Asks the server to end, and makes it end when it does not. */
export async function stopServer(pid: number): Promise<void> {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    if (!send(pid, signal)) return;
    const deadline = Date.now() + STOP_TIMEOUT_MS;
    while (Date.now() < deadline) {
      if (!isAlive(pid)) return;
      await delay(POLL_MS);
    }
  }
}

/** Whether a process with this id exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process: it exists, and is not ours to signal.
    return errorCode(error) === "EPERM";
  }
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    // Gone already.
    return false;
  }
}

function spawnServer(request: LaunchRequest, log: number): ChildProcess {
  // Its own session: Ctrl-C in the terminal reaches only us, and we stop the server after the workers have drained.
  const options = { detached: true, stdio: ["ignore", log, log] } satisfies Parameters<typeof spawn>[2];
  if (process.platform === "win32") return spawn(request.cli, serverArguments(request), options);
  // The server creates its files readable by everybody; the mask of its process is the only way to prevent that.
  const script = 'umask 077; exec "$0" "$@"';
  return spawn("/bin/sh", ["-c", script, request.cli, ...serverArguments(request)], options);
}

function serverArguments(request: LaunchRequest): string[] {
  const { ports } = request;
  const tuned = request.tuned === false ? [] : [...TUNING, ...PRAGMAS[request.durability ?? "fast"]];
  const flags = {
    "--ip": "127.0.0.1",
    "--port": ports.grpc,
    "--ui-port": ports.ui,
    "--http-port": ports.http,
    "--metrics-port": ports.metrics,
    "--db-filename": databaseFile(request.home),
    "--log-level": "warn",
  };
  return ["server", "start-dev", ...Object.entries(flags).flatMap(([flag, value]) => [flag, `${value}`]), ...tuned];
}

function endOf(child: ChildProcess): { reason: string | undefined } {
  const ended: { reason: string | undefined } = { reason: undefined };
  child.once("error", (error) => (ended.reason = error.message));
  child.once("exit", (code, signal) => (ended.reason = `it ended with ${signal ?? `exit code ${code}`}`));
  return ended;
}

async function becomesReady(address: string, ended: { readonly reason: string | undefined }): Promise<boolean> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline && ended.reason === undefined) {
    if (await answers(address)) return true;
    await delay(POLL_MS);
  }
  return false;
}

function openLog(file: string): number {
  if (existsSync(file) && statSync(file).size > LOG_BYTES) renameSync(file, `${file}.1`);
  const log = openSync(file, "a", 0o600);
  chmodSync(dirname(file), 0o700);
  return log;
}
