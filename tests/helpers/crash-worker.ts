import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as z from "zod";
import type { WorkerSetup } from "../../src/worker/worker-setup.ts";
import { ROOT } from "./source-files.ts";
import { crashApp, CrashAppSettings } from "./crash-app.ts";

/** What a worker process is told; see crash-worker-process.ts. */
export const CrashWorkerSetup = z.strictObject({
  address: z.string(),
  taskQueue: z.string(),
  store: z.string(),
  workflowBundlePath: z.string(),
  knobs: z.strictObject({ heartbeatMs: z.number(), stickyTimeoutMs: z.number(), graceMs: z.number() }),
  app: CrashAppSettings,
});
export type CrashWorkerSetup = z.infer<typeof CrashWorkerSetup>;

/** The part of a worker's options that a setup tells. */
export function workerSetup(setup: CrashWorkerSetup): Omit<WorkerSetup, "store"> {
  const { app, address, taskQueue, workflowBundlePath, knobs } = setup;
  return {
    definitions: [crashApp(app)],
    temporal: { namespace: "default", options: { address } },
    taskQueue,
    workflowBundlePath,
    knobs,
  };
}

/** How a worker process ended. */
export interface WorkerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly at: number;
}

/** A worker in a process of its own. */
export interface WorkerProcess {
  /** `pid@…` is how Temporal names it in histories. */
  readonly pid: number;
  readonly exited: Promise<WorkerExit>;
  hasExited(): boolean;
  kill(signal: NodeJS.Signals): void;
}

/** Dozens of processes load the same files; Node keeps what it compiled. */
const NODE_COMPILE_CACHE = join(ROOT, ".cache", "compile");

/** Starts a worker process and returns once it polls; with a crash point it will kill itself there. */
export async function startWorkerProcess(setup: CrashWorkerSetup, crashPoint?: string): Promise<WorkerProcess> {
  const script = join(import.meta.dirname, "crash-worker-process.ts");
  const child = spawn(process.execPath, [script, JSON.stringify(setup)], {
    env: { ...process.env, NODE_COMPILE_CACHE, ...(crashPoint === undefined ? {} : { BRIDLE_CRASHPOINT: crashPoint }) },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exited = exitOf(child);
  const ready = once(createInterface({ input: child.stdout }), "line").then(([line]) => String(line));
  const first = await Promise.race([
    ready,
    exited.then(({ code, signal }) => `ended with ${signal ?? `code ${code}`}`),
  ]);
  if (first !== "ready") throw new Error(`The worker process did not start: ${first}`);
  return {
    pid: child.pid ?? 0,
    exited,
    hasExited: () => child.exitCode !== null || child.signalCode !== null,
    kill: (signal) => void child.kill(signal),
  };
}

async function exitOf(child: ChildProcess): Promise<WorkerExit> {
  const [code, signal]: [number | null, NodeJS.Signals | null] = await new Promise((resolve) => {
    child.once("exit", (...end) => resolve(end));
  });
  return { code, signal, at: Date.now() };
}
