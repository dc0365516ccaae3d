/**
 * Composition root of a worker process: the only place where workflows, activities, models and the store meet a Temporal worker.
 */
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type ConnectionOptions } from "@temporalio/client";
import {
  DefaultLogger,
  type LogEntry,
  NativeConnection,
  Runtime,
  Worker,
  type WorkerOptions,
} from "@temporalio/worker";
import { thrownMessage } from "./lib/thrown-text.ts";
import { type AppBinder, appBinder } from "./activities/bind-app.ts";
import { armCrashPoints, CRASH_POINTS, type CrashPoints } from "./activities/crash-points.ts";
import { createActivities } from "./activities/create-activities.ts";
import { type Environment, processEnvironment } from "./environment.ts";
import { preview } from "./lib/cap-text.ts";
import { InputError, StateError } from "./protocol/errors.ts";
import { isOwnWarning } from "./lib/own-warning.ts";
import { redact } from "./lib/redact.ts";
import type { HostedApp } from "./specs/hosted-app.ts";
import { collectRegularly } from "./state/collect-regularly.ts";
import type { StateStore } from "./state/port.ts";

/** What a worker needs. */
export interface WorkerSetup {
  readonly definitions: readonly HostedApp[];
  readonly store: StateStore;
  readonly temporal: { readonly namespace: string; readonly options: ConnectionOptions & { readonly address: string } };
  readonly taskQueue: string;
  readonly knobs?: WorkerKnobs;
  readonly env?: Environment;
  /** Where log lines go; by default the SDK's own warnings are dropped, its errors go to stderr, and ours are warnings of the process. */
  readonly onLog?: (entry: LogEntry) => void;
  /** A workflow bundle other than the one of this package. */
  readonly workflowBundlePath?: string;
}

/** Timings that an operator may change. */
export interface WorkerKnobs {
  /** A silent activity is taken for dead after this long. */
  readonly heartbeatMs?: number;
  /** How long a workflow task waits for the worker that last had it. */
  readonly stickyTimeoutMs?: number;
  /** How long running activities may go on after a stop was asked for. */
  readonly graceMs?: number;
}

/** A worker that polls its task queue. */
export interface RunningWorker {
  readonly connection: NativeConnection;
  /** Stops polling, lets running activities finish within the grace time, and resolves when all is quiet. */
  stop(): Promise<void>;
  /** Rejects when the worker breaks; resolves when it was stopped. */
  readonly finished: Promise<void>;
}

/** A dead worker's queue is given up after this long; the SDK's default of ten seconds is most of a recovery. */
const STICKY_TIMEOUT_MS = 1_000;
const HEARTBEAT_MS = 5_000;
const GRACE_MS = 4_000;
/** At the end of the grace the SDK cancels what runs; only what was cancelled before hears nothing, and is told by us after that. */
const CANCEL_MARGIN_MS = 1_000;
/** A cancel reaches an activity with its next heartbeat; do not let the SDK hold those back. */
const HEARTBEAT_THROTTLE_MS = 200;

/** Starts a worker and returns once it polls. */
export async function startWorker(setup: WorkerSetup): Promise<RunningWorker> {
  installRuntime(setup.onLog);
  const binder = appBinder(setup.definitions, setup.env ?? processEnvironment());
  const connection = await connect(setup.temporal.options);
  const close = async (): Promise<void> => {
    await connection.close();
    await binder.close();
  };
  try {
    await binder.prepare();
    const grace = new AbortController();
    const worker = await Worker.create(workerOptions(setup, connection, { binder, graceOver: grace.signal }));
    const stopCollecting = collectRegularly(setup.store, tellUncollected);
    const endGrace = (): void => grace.abort(new Error("the worker stops"));
    return running(worker, connection, {
      stopping: () => void setTimeout(endGrace, (setup.knobs?.graceMs ?? GRACE_MS) + CANCEL_MARGIN_MS).unref(),
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

interface HostParts {
  readonly binder: AppBinder;
  readonly graceOver: AbortSignal;
}

function workerOptions(
  setup: WorkerSetup,
  connection: NativeConnection,
  { binder: { bind }, graceOver }: HostParts,
): WorkerOptions {
  const env = setup.env ?? processEnvironment();
  const { heartbeatMs = HEARTBEAT_MS, stickyTimeoutMs = STICKY_TIMEOUT_MS, graceMs = GRACE_MS } = setup.knobs ?? {};
  const host = {
    store: setup.store,
    bind,
    heartbeatMs,
    crashPoints: crashPoints(env),
    graceOver,
  };
  return {
    connection,
    namespace: setup.temporal.namespace,
    taskQueue: setup.taskQueue,
    workflowBundle: { codePath: setup.workflowBundlePath ?? bundledWorkflows() },
    activities: { ...createActivities(host) },
    stickyQueueScheduleToStartTimeout: stickyTimeoutMs,
    maxHeartbeatThrottleInterval: HEARTBEAT_THROTTLE_MS,
    defaultHeartbeatThrottleInterval: HEARTBEAT_THROTTLE_MS,
    shutdownGraceTime: graceMs,
  };
}

/** The bundle lies beside this file in the package, and in the build folder of a checkout. */
function bundledWorkflows(): string {
  const candidates = ["./workflow-bundle.js", "../dist/workflow-bundle.js"].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const found = candidates.find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new StateError("SPEC_MISSING", `The workflow bundle is missing: expected ${candidates[0]}.`, {
    hint: "Run `npm run build`.",
  });
}

async function connect(options: WorkerSetup["temporal"]["options"]): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(nativeOptions(options));
  } catch (error) {
    throw new StateError("TEMPORAL_UNREACHABLE", `No Temporal server answers at ${options.address}.`, {
      retryable: true,
      hint: "Start one with `bridle dev`, or set TEMPORAL_ADDRESS.",
      cause: error,
    });
  }
}

/** Both connections take the same address, TLS and key; the SDK types them apart. */
function nativeOptions({
  address,
  tls,
  apiKey,
  metadata,
}: WorkerSetup["temporal"]["options"]): Parameters<typeof NativeConnection.connect>[0] {
  return {
    address,
    ...(tls === undefined ? {} : { tls }),
    ...(typeof apiKey === "string" ? { apiKey } : {}),
    ...(metadata === undefined ? {} : { metadata: metadata as Record<string, string> }),
  };
}

/** The SDK has one runtime per process; the first to install it decides where logs go. */
function installRuntime(onLog: WorkerSetup["onLog"]): void {
  const logger = onLog === undefined ? programLogger() : new DefaultLogger("INFO", onLog);
  try {
    // Signals belong to the program: the command line drains on them, and a library must not take them away.
    // The native part would write its lines to stdout, which belongs to the program too.
    const logging = { forward: {}, filter: { core: "WARN", other: "ERROR" } } as const;
    Runtime.install({ logger, shutdownSignals: [], telemetryOptions: { logging } });
  } catch {
    // someone installed it before us, and theirs stays
  }
}

function tellUncollected(error: unknown): void {
  Runtime.instance().logger.error(`Expired values were not removed from the store: ${redact(thrownMessage(error))}`);
}

/** A program that said nothing of logs reads what goes wrong, and not what the SDK does about it. */
function programLogger(): DefaultLogger {
  const errors = new DefaultLogger("ERROR");
  return new DefaultLogger("WARN", (entry) => {
    if (isOwnWarning(entry)) process.emitWarning(entry.message, { type: "BridleWarning" });
    else errors.log(entry.level, entry.message, entry.meta);
  });
}

/** Reads BRIDLE_CRASHPOINT=name:n; without it every point is inert. */
function crashPoints(env: Environment): CrashPoints {
  const setting = env.BRIDLE_CRASHPOINT;
  if (setting === undefined || setting === "") return armCrashPoints(null, () => undefined);
  const [name = "", passage = ""] = setting.split(/:(?=[^:]*$)/);
  const point = CRASH_POINTS.find((known) => known === name);
  if (point === undefined || !/^[1-9]\d*$/.test(passage)) {
    const message = `BRIDLE_CRASHPOINT must be name:n with a known name and n from 1, received ${JSON.stringify(setting)}.`;
    throw new InputError("INPUT_INVALID", message, { hint: "`bridle crashpoints` lists the names." });
  }
  return armCrashPoints({ point, passage: Number(passage) }, () => process.kill(process.pid, "SIGKILL"));
}

/** A recorded history to run again. */
export interface ReplaySetup {
  /** As the server or `temporal workflow show -o json` gives it. */
  readonly history: unknown;
  readonly workflowId?: string;
  readonly onLog?: (entry: LogEntry) => void;
  readonly workflowBundlePath?: string;
}

/** A history that makes the native part of the SDK stumble would be waited for without end. */
const REPLAY_TIMEOUT_MS = 120_000;
const REPLAY_TEXT_CHARS = 1_000;

/** Runs a recorded history against today's workflow code; fails with REPLAY_FAILED when that would decide otherwise. */
export async function replayHistory({ history, workflowId, onLog, workflowBundlePath }: ReplaySetup): Promise<void> {
  installRuntime(onLog);
  const workflowBundle = { codePath: workflowBundlePath ?? bundledWorkflows() };
  const timer = new AbortController();
  const late = sleep(REPLAY_TIMEOUT_MS, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`it did not end within ${REPLAY_TIMEOUT_MS / 1000} s`);
  });
  try {
    await Promise.race([Worker.runReplayHistory({ workflowBundle }, history, workflowId), late]);
  } catch (error) {
    throw new StateError(
      "REPLAY_FAILED",
      `The history of ${workflowId ?? "the workflow"} does not replay: ${replayText(error)}`,
      {
        hint: "The workflow code decides otherwise than when this was recorded: guard the change with a patch, or run the old version.",
        cause: error,
      },
    );
  } finally {
    late.catch(() => undefined); // the replay was faster and the timer was stopped
    timer.abort();
  }
}

/** The sentence about the difference, out of the page that the SDK writes around it. */
function replayText(error: unknown): string {
  const said = thrownMessage(error);
  return preview(/\[TMPRL\d+\] [^"]+/.exec(said)?.[0] ?? said, REPLAY_TEXT_CHARS);
}
