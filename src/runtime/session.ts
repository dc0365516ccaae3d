import { join } from "node:path";
import { Client, type Connection } from "@temporalio/client";
import type { Environment } from "../environment.ts";
import { isOwnWarning } from "../lib/own-warning.ts";
import { withoutUndefined } from "../lib/without-undefined.ts";
import type { HostedApp } from "../specs/hosted-app.ts";
import { openStateStore } from "../state/open-state-store.ts";
import type { StateStore } from "../state/port.ts";
import type { RunningWorker } from "../worker/start-worker.ts";
import type { RuntimeKnobs, TemporalOptions } from "./options.ts";
import { LossWatch } from "./runs/loss-watch.ts";
import { connectClient, resolveTemporal, type TemporalTarget } from "./temporal/connect-temporal.ts";
import { ServerWatch } from "./temporal/server-watch.ts";
import { registerSearchAttributes } from "./temporal/search-attributes.ts";

/** A line that the worker of a session logs. */
export interface SessionLog {
  readonly level: string;
  readonly message: string;
  /** Whether it is a warning of ours, for people; the SDK's are for whoever looks closer. */
  readonly isOwn: boolean;
}

/** What a session is opened from. */
export interface SessionOptions {
  readonly env: Environment;
  readonly home: string;
  readonly store?: string;
  readonly temporal?: TemporalOptions;
  /** The apps this process runs activities for; none makes a client only. */
  readonly hosted: readonly HostedApp[];
  /** Whether a Temporal server may be started when none is found. */
  readonly startServer: boolean;
  readonly durability?: "fast" | "full";
  /** The command that starts this project's server again, for people who find it down. */
  readonly startedBy?: string;
  readonly knobs?: RuntimeKnobs;
  readonly onProgress?: (line: string) => void;
  readonly onLog?: (entry: SessionLog) => void;
  /** A workflow bundle other than the one of this package. */
  readonly workflowBundlePath?: string;
}

/** An open store, a connected client and, when this process hosts apps, its worker. */
export interface Session {
  readonly store: StateStore;
  /** Its calls can be ended, unlike those of a worker's connection, which tries again for as long as it likes. */
  readonly client: Client;
  /** Starts turns: through the worker, when there is one here, to have the first task at once. */
  readonly starter: Client;
  readonly target: TemporalTarget;
  readonly taskQueue: string;
  readonly heartbeatMs: number | undefined;
  /** Whether this server keeps our search attributes. */
  readonly hasSearchAttributes: boolean;
  readonly worker: RunningWorker | null;
  /** Looks after the runs that this process reads. */
  readonly lossWatch: LossWatch;
  /** Notices that the server is gone. */
  readonly serverWatch: ServerWatch;
  close(): Promise<void>;
}

/** The queue that workers poll unless someone says otherwise. */
export const DEFAULT_TASK_QUEUE = "bridle";

/** Opens store, server and worker, in that order; what was opened is closed again when a later one fails. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    const failures: unknown[] = [];
    for (const closer of closers.splice(0).reverse()) await closer().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  };
  try {
    const store = await openStateStore({ url: options.store ?? `sqlite:${join(options.home, "state.db")}` });
    closers.push(() => store.close());
    const target = await findServer(options);
    closers.push(async () => target.embedded?.stop());
    const taskQueue = options.temporal?.taskQueue ?? options.env.TEMPORAL_TASK_QUEUE ?? DEFAULT_TASK_QUEUE;
    const worker = await hostWorker({ options, store, target, taskQueue });
    if (worker !== null) closers.push(() => worker.stop());
    const client = new Client({ connection: await openConnection(target, closers), namespace: target.namespace });
    const hasSearchAttributes = await registerSearchAttributes(client, target.namespace);
    return {
      store,
      client,
      target,
      taskQueue,
      heartbeatMs: options.knobs?.heartbeatMs,
      hasSearchAttributes,
      worker,
      starter: worker === null ? client : new Client({ connection: worker.connection, namespace: target.namespace }),
      lossWatch: new LossWatch(),
      serverWatch: new ServerWatch(target.address),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function findServer({
  env,
  home,
  temporal = {},
  startServer,
  durability,
  startedBy,
  onProgress,
}: SessionOptions): Promise<TemporalTarget> {
  const { address, namespace, taskQueue: _, ...rest } = temporal;
  const explicit = address === undefined ? undefined : { ...rest, address };
  return resolveTemporal({
    env,
    home,
    start: startServer ? "allowed" : "never",
    ...withoutUndefined({ startedBy, explicit, namespace, durability, onProgress }),
  });
}

interface WorkerParts {
  readonly options: SessionOptions;
  readonly store: StateStore;
  readonly target: TemporalTarget;
  readonly taskQueue: string;
}

/** The composition root of a worker is loaded only by processes that are one: it brings the native part of the SDK. */
async function hostWorker({ options, store, target, taskQueue }: WorkerParts): Promise<RunningWorker | null> {
  const { hosted, knobs, env, onLog, workflowBundlePath } = options;
  if (hosted.length === 0) return null;
  const { startWorker } = await import("../worker/start-worker.ts");
  return startWorker({
    definitions: hosted,
    store,
    temporal: { namespace: target.namespace, options: target.options },
    taskQueue,
    env,
    ...withoutUndefined({ knobs, workflowBundlePath }),
    ...(onLog === undefined ? {} : { onLog: (entry) => onLog({ ...entry, isOwn: isOwnWarning(entry) }) }),
  });
}

async function openConnection(target: TemporalTarget, closers: (() => Promise<void>)[]): Promise<Connection> {
  const connection = await connectClient(target);
  closers.push(() => connection.close());
  return connection;
}
