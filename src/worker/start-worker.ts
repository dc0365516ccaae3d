/**
 * Composition root of a worker process: the only place where workflows, activities, models and the store meet a Temporal worker.
 */
import { type NativeConnection, Worker, type WorkerOptions } from "@temporalio/worker";
import { type AppBinder, appBinder } from "../activities/bind-app.ts";
import { createActivities } from "../activities/create-activities.ts";
import { processEnvironment } from "../environment.ts";
import { collectRegularly } from "../state/blobs/collect-regularly.ts";
import { connectToServer } from "./connect-to-server.ts";
import { readCrashPoint } from "./crash-point-setting.ts";
import { installRuntime, logUncollected } from "./install-runtime.ts";
import { timings } from "./worker-knobs.ts";
import type { WorkerSetup } from "./worker-setup.ts";
import { bundledWorkflows } from "./workflow-bundle.ts";

/** A worker that polls its task queue. */
export interface RunningWorker {
  readonly connection: NativeConnection;
  /** Stops polling, lets running activities finish within the grace time, and resolves when all is quiet. */
  stop(): Promise<void>;
  /** Rejects when the worker breaks; resolves when it was stopped. */
  readonly finished: Promise<void>;
}

/** At the end of the grace the SDK cancels what runs; only what was cancelled before hears nothing, and is told by us after that. */
const CANCEL_MARGIN_MS = 1_000;
/** A cancel reaches an activity with its next heartbeat; do not let the SDK hold those back. */
const HEARTBEAT_THROTTLE_MS = 200;

/** Starts a worker and returns once it polls. */
export async function startWorker(setup: WorkerSetup): Promise<RunningWorker> {
  installRuntime(setup.onLog);
  const binder = appBinder(setup.definitions, setup.env ?? processEnvironment());
  const connection = await connectToServer(setup.temporal.options);
  const close = async (): Promise<void> => {
    await connection.close();
    await binder.close();
  };
  try {
    await binder.prepare();
    const grace = new AbortController();
    const worker = await Worker.create(workerOptions(setup, connection, { binder, graceOver: grace.signal }));
    const stopCollecting = collectRegularly(setup.store, logUncollected);
    const endGrace = (): void => grace.abort(new Error("the worker stops"));
    return running(worker, connection, {
      stopping: () => void setTimeout(endGrace, timings(setup.knobs).graceMs + CANCEL_MARGIN_MS).unref(),
      close: async () => {
        await stopCollecting();
        await close();
      },
    });
  } catch (error) {
    await close();
    throw error;
  }
}

interface HostParts {
  readonly binder: AppBinder;
  readonly graceOver: AbortSignal;
}

function workerOptions(
  setup: WorkerSetup,
  connection: NativeConnection,
  { binder: { bind }, graceOver }: HostParts,
): WorkerOptions {
  const { heartbeatMs, stickyTimeoutMs, graceMs } = timings(setup.knobs);
  const crashPoints = readCrashPoint(setup.env ?? processEnvironment());
  return {
    connection,
    namespace: setup.temporal.namespace,
    taskQueue: setup.taskQueue,
    workflowBundle: { codePath: setup.workflowBundlePath ?? bundledWorkflows() },
    activities: { ...createActivities({ store: setup.store, bind, heartbeatMs, crashPoints, graceOver }) },
    stickyQueueScheduleToStartTimeout: stickyTimeoutMs,
    maxHeartbeatThrottleInterval: HEARTBEAT_THROTTLE_MS,
    defaultHeartbeatThrottleInterval: HEARTBEAT_THROTTLE_MS,
    shutdownGraceTime: graceMs,
  };
}

interface WorkerEnd {
  /** The grace begins. */
  stopping(this: void): void;
  close(this: void): Promise<void>;
}

function running(worker: Worker, connection: NativeConnection, { stopping: begin, close }: WorkerEnd): RunningWorker {
  const finished = worker.run();
  finished.catch(() => undefined); // whoever awaits `finished` or `stop` hears of it
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    if (worker.getState() === "RUNNING") worker.shutdown();
    begin();
    try {
      await finished;
    } finally {
      await close();
    }
  };
  return {
    connection,
    finished,
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}
