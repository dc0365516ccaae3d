import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { preview } from "../../lib/cap-text.ts";
import { StateError } from "../../protocol/errors.ts";
import type { CrashWorkerSetup } from "./worker-setup.ts";

/** A worker of a crash test. */
export interface CrashWorker {
  readonly ended: Promise<unknown>;
  hasEnded(): boolean;
  kill(): Promise<void>;
}

/** Starts a worker process and resolves once it polls; with a crash point it will kill itself there. */
export async function startCrashWorker(setup: CrashWorkerSetup, crashPoint: string | null): Promise<CrashWorker> {
  const log = join(setup.home, "worker.log");
  const file = openSync(log, "a", 0o600);
  const child = fork(
    new URL(`./worker-process${extname(import.meta.filename)}`, import.meta.url),
    [JSON.stringify(setup)],
    {
      env: { ...process.env, BRIDLE_CRASHPOINT: crashPoint ?? "" },
      // What the app prints is not our output; its end is shown when it does not start.
      stdio: ["ignore", file, file, "ipc"],
    },
  );
  closeSync(file);
  const ended = once(child, "exit");
  const first = await Promise.race([once(child, "message").then(() => "ready"), ended.then(() => "ended")]);
  if (first === "ended") throw notStarted(log);
  return {
    ended,
    hasEnded: () => isOver(child),
    async kill() {
      child.kill("SIGKILL");
      if (!isOver(child)) await ended;
    },
  };
}

function isOver({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function notStarted(log: string): StateError {
  const said = readFileSync(log, "utf8").trim().split("\n").slice(-SHOWN_LINES).join("\n");
  return new StateError("NO_WORKER", `The worker of the crash test did not start: ${preview(said, SHOWN_CHARS)}`, {
    hint: "`bridle worker --app` with the same app shows why.",
  });
}

const SHOWN_LINES = 12;
const SHOWN_CHARS = 1_000;
