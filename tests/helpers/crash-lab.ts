import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { WorkflowFailedError, WorkflowNotFoundError } from "@temporalio/client";
import { inject, vi } from "vitest";
import type { RunEvent } from "../../src/index.ts";
import { bindRuntime, type Runtime } from "../../src/runtime/bind-runtime.ts";
import { lazily } from "../../src/runtime/lazy-session.ts";
import type { RunStream } from "../../src/runtime/runs/run-stream.ts";
import { openSession, type Session } from "../../src/runtime/session.ts";
import { openStateStore } from "../../src/state/open-state-store.ts";
import { type RunningWorker, startWorker } from "../../src/worker/start-worker.ts";
import { crashApp, type CrashAppSettings } from "./crash-app.ts";
import { type CrashWorkerSetup, startWorkerProcess, type WorkerProcess, workerSetup } from "./crash-worker.ts";
import { uniqueName } from "./open-runtime.ts";

/** A dead worker is noticed after this long; tests do not wait for the default. */
export const HEARTBEAT_MS = 1_000;
/** What the product promises on top of it. */
export const RECOVERY_MS = 5_000;
/** Every lab has a workspace of its own, so that a thread may have the same name, and with it the same transcript, in all of them. */
export const THREAD = "thread-1";

/** A store, a task queue and a client; workers are other processes, started and killed by the test. */
export interface CrashLab extends AsyncDisposable {
  readonly runtime: Runtime;
  readonly session: Session;
  readonly home: string;
  readonly setup: CrashWorkerSetup;
  /** Starts a worker in a process of its own; with a crash point it will kill itself there. */
  startWorker(crashPoint?: string): Promise<WorkerProcess>;
  /** Starts one that reaches the server by another address. */
  startWorkerVia(address: string): Promise<WorkerProcess>;
  /** Starts a worker in this process, with a store of its own: the one that takes over. */
  hostWorker(): Promise<RunningWorker>;
  /** The tools whose handlers were called, in order. */
  toolCalls(): readonly string[];
}

/** What a lab may have of its own. */
export interface CrashLabOptions extends Partial<Omit<CrashAppSettings, "workspace" | "toolLog">> {
  /** A Temporal server other than the one that all test files share. */
  readonly address?: string;
  readonly home?: string;
  /** How soon a dead worker is noticed. */
  readonly heartbeatMs?: number;
}

/** Opens a lab; `await using` kills its workers and removes its folder. */
export async function openCrashLab({
  address = inject("temporalAddress"),
  home,
  heartbeatMs = HEARTBEAT_MS,
  ...app
}: CrashLabOptions = {}): Promise<CrashLab> {
  const folder = home ?? mkdtempSync(join(tmpdir(), "bridle-crash-"));
  const setup: CrashWorkerSetup = {
    address,
    taskQueue: uniqueName("crash"),
    store: `sqlite:${join(folder, "state.db")}`,
    workflowBundlePath: inject("workflowBundlePath"),
    knobs: { heartbeatMs, stickyTimeoutMs: 1_000, graceMs: 2_000 },
    app: { workspace: uniqueName("ws"), toolLog: join(folder, "tools.log"), ...app },
  };
  const session = await openSession({
    env: {},
    home: folder,
    hosted: [],
    startServer: false,
    temporal: { address, taskQueue: setup.taskQueue },
    knobs: setup.knobs,
  });
  const lazy = lazily(async () => session);
  const runtime = bindRuntime(crashApp(setup.app), lazy);
  await runtime.ready();
  const workers: WorkerProcess[] = [];
  const hosts: HostedWorker[] = [];
  const keep = async (starting: Promise<WorkerProcess>): Promise<WorkerProcess> => {
    const worker = await starting;
    workers.push(worker);
    return worker;
  };
  return {
    runtime,
    session,
    home: folder,
    setup,
    startWorker: (crashPoint) => keep(startWorkerProcess(setup, crashPoint)),
    startWorkerVia: (other) => keep(startWorkerProcess({ ...setup, address: other })),
    async hostWorker() {
      const host = await hostWorker(setup);
      hosts.push(host);
      return host.worker;
    },
    toolCalls: () => linesOf(setup.app.toolLog),
    async [Symbol.asyncDispose]() {
      for (const worker of workers) worker.kill("SIGKILL");
      await Promise.all(workers.map((worker) => worker.exited));
      await Promise.all(hosts.map((host) => host.stop()));
      await lazy.close();
      if (home === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface HostedWorker {
  readonly worker: RunningWorker;
  stop(): Promise<void>;
}

async function hostWorker(setup: CrashWorkerSetup): Promise<HostedWorker> {
  const store = await openStateStore({ url: setup.store });
  const worker = await startWorker({ ...workerSetup(setup), store, env: {} });
  return {
    worker,
    async stop() {
      await worker.stop();
      await store.close();
    },
  };
}

/** A run with a reader that is connected from the start. */
export interface WatchedRun {
  readonly runId: string;
  /** What the reader has seen so far. */
  readonly events: readonly RunEvent[];
  /** The reader saw the end. */
  readonly finished: Promise<void>;
  /** The workflow ended, at this time. */
  readonly closed: Promise<number>;
}

/** Reads a run while it happens, and knows when its workflow is over. */
export async function watchRun(lab: CrashLab, stream: RunStream): Promise<WatchedRun> {
  const events: RunEvent[] = [];
  const finished = collect(stream, events);
  await untilStarted(lab);
  return { runId: stream.runId, events, finished, closed: whenClosed(lab) };
}

async function collect(stream: AsyncIterable<RunEvent>, events: RunEvent[]): Promise<void> {
  for await (const event of stream) events.push(event);
}

/** Waits until the reader of a run has seen such an event. */
export async function untilSeen(run: WatchedRun, isIt: (event: RunEvent) => boolean): Promise<void> {
  await vi.waitUntil(() => run.events.some(isIt), { timeout: SEEN_TIMEOUT_MS, interval: POLL_MS });
}

/** The events of a run as a reader gets them who comes when all is over. */
export async function lateEvents({ runtime }: CrashLab, runId: string): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  await collect(runtime.events(runId), events);
  return events;
}

/** The conversation of the lab's thread, without what two equal conversations may differ in. */
export async function transcriptOf({ runtime }: CrashLab): Promise<unknown> {
  const { agents } = await runtime.threads.transcript(THREAD);
  return agents;
}

async function untilStarted(lab: CrashLab): Promise<void> {
  for (;;) {
    try {
      await threadHandle(lab).describe();
      return;
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      await sleep(POLL_MS);
    }
  }
}

/** Failed and cancelled turns are ends like any other; a server that is down is asked again. */
async function whenClosed(lab: CrashLab): Promise<number> {
  for (;;) {
    try {
      await threadHandle(lab).result();
      return Date.now();
    } catch (error) {
      if (error instanceof WorkflowFailedError) return Date.now();
      await sleep(POLL_MS);
    }
  }
}

function threadHandle({ session, setup }: CrashLab): ReturnType<Session["client"]["workflow"]["getHandle"]> {
  return session.client.workflow.getHandle(`acme/${setup.app.workspace}/thread/${THREAD}`);
}

const POLL_MS = 20;
const SEEN_TIMEOUT_MS = 30_000;

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, "utf8").trim().split("\n");
  } catch {
    return []; // no tool was called yet
  }
}
