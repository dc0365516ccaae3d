import type { ConnectionOptions } from "@temporalio/client";
import type { LogEntry } from "@temporalio/worker";
import type { Environment } from "../environment.ts";
import type { HostedApp } from "../specs/hosted-app.ts";
import type { StateStore } from "../state/port.ts";
import type { WorkerKnobs } from "./worker-knobs.ts";

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
