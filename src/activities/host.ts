import type { WorkspaceData } from "../catalog/workspace-data.ts";
import type { ModelProvider } from "../models/port.ts";
import type { ModelManifest } from "../protocol/manifest.ts";
import type { Dispatcher } from "../specs/dispatchers/dispatcher.ts";
import type { ApprovalPredicates, ApprovalProof } from "../specs/hosted-app.ts";
import type { RuntimeSpec } from "../specs/runtime-spec.ts";
import type { Services } from "../specs/tools/tool-context.ts";
import type { StateStore } from "../state/port.ts";
import type { CrashPoints } from "./crash-points.ts";

/** What a worker process lends to its activities. */
export interface ActivityHost {
  readonly store: StateStore;
  /** The app as this process has it; fails with SPEC_MISSING when it does not. */
  bind(request: BindRequest): Promise<AppBinding>;
  /** How often a running activity must be heard of. */
  readonly heartbeatMs: number;
  readonly crashPoints: CrashPoints;
  /** Aborted when the grace of a stopping worker is over. Activities that were cancelled before hear of it by nothing else. */
  readonly graceOver: AbortSignal;
}

/** Names an app; what is left out has the app's own default. */
export interface BindRequest {
  readonly app: string;
  readonly tenant?: string;
  readonly workspace?: string;
}

/** One app in one workspace, bound to this process: its data and its code. */
export interface AppBinding {
  readonly app: string;
  readonly tenant: string;
  readonly workspace: string;
  readonly spec: RuntimeSpec;
  readonly services: Services;
  provider(model: ModelManifest): ModelProvider;
  readonly modelRetry: ModelRetry;
  /** Applies approved plans; null when this process was given none. */
  readonly dispatcher: Dispatcher | null;
  readonly approvals: ApprovalProof;
  /** What tools of the catalog toolkit read. */
  readonly data: WorkspaceData;
  /** What decides per call whether a person is asked, by the name that rules use. */
  readonly approvalPredicates: ApprovalPredicates;
}

/** How often and how soon a failed model call is tried again. */
export interface ModelRetry {
  readonly maxAttempts: number;
  readonly initialMs: number;
  readonly maxMs: number;
}
