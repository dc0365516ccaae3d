import { InputError } from "../protocol/errors.ts";
import type { RunEvent } from "../protocol/event.ts";
import { Scope } from "../protocol/ids.ts";
import type { ReferenceHandle } from "../protocol/plan.ts";
import type { Page, PageRequest, RunRecord, RunStatus, ThreadRecord } from "../protocol/run.ts";
import type { HostedApp } from "../specs/hosted-app.ts";
import type { ReferenceSpec, ReferenceValue } from "../specs/references/reference.ts";
import type { CreatedReference } from "../specs/tools/tool-context.ts";
import type { RunFilter } from "../state/port.ts";
import { type RuntimeApprovals, runtimeApprovals } from "./approvals/approval-inbox.ts";
import type { Approver } from "./approvals/approver.ts";
import { type ApprovalResponse, type ApprovalResult, respondToApproval } from "./approvals/respond-to-approval.ts";
import { createReference } from "./create-reference.ts";
import type { LazySession } from "./lazy-session.ts";
import type { QueryOptions } from "./options.ts";
import { parseRunId, parseThreadId } from "./parse-id.ts";
import type { RunPlace } from "./place.ts";
import { type RuntimePlans, runtimePlans } from "./plans/runtime-plans.ts";
import { readReference, type ReferenceDetail } from "./read-reference.ts";
import { askRun, getRun, resumeRun } from "./runs/ask-run.ts";
import { cancelRun } from "./runs/cancel-run.ts";
import { findThread } from "./runs/find-thread.ts";
import { parseCursor, type RunStream } from "./runs/run-stream.ts";
import { readTranscript, type ThreadTranscript } from "./runs/transcript.ts";
import { temporalPlace, type TemporalPlace } from "./temporal/temporal-place.ts";

/** A spec bound to this process. Connects on first use; `close` lets running activities finish. */
export interface Runtime {
  readonly app: HostedApp;
  /** Opens the store, finds or starts Temporal and hosts the worker; done by the first call that needs it otherwise. */
  ready(): Promise<void>;
  /** Where Temporal is; opens what `ready` opens. */
  temporal(): Promise<TemporalPlace>;
  /** Asks the coordinator. The answer and everything on the way to it are the stream's events. */
  query(prompt: string, options?: QueryOptions): RunStream;
  /** Asks one agent directly. */
  runSpecialist(name: string, prompt: string, options?: QueryOptions): RunStream;
  /** Asks a run to stop; what it already said is kept, its thread stays as it was. */
  cancel(runId: string): Promise<RunRecord>;
  /** Events of a run from a cursor (or a run id: from the start), live ones included, until the run ends. */
  events(cursor: string, options?: { readonly signal?: AbortSignal }): AsyncIterable<RunEvent>;
  readonly runs: {
    get(runId: string): Promise<RunRecord>;
    /** Newest first, one page at a time. */
    list(filter?: RunListing): Promise<Page<RunRecord>>;
  };
  readonly threads: {
    get(threadId: string): Promise<ThreadRecord>;
    list(page?: PageRequest): Promise<Page<ThreadRecord>>;
    transcript(threadId: string): Promise<ThreadTranscript>;
  };
  readonly plans: RuntimePlans;
  readonly approvals: RuntimeApprovals;
  /** Answers what waits under the id of a plan or of a gate. An answer that does not count is refused, not thrown. */
  respondToApproval(id: string, response: ApprovalResponse): Promise<ApprovalResult>;
  readonly references: {
    /** A reference with what it stands for, from the store. */
    get(handle: ReferenceHandle): Promise<ReferenceDetail>;
  };
  /** Keeps a value outside prompts and plans; the handle stands for it. */
  createReference<Spec extends ReferenceSpec>(spec: Spec, value: ReferenceValue<Spec>): Promise<CreatedReference>;
  close(): Promise<void>;
}

/** Which runs to list. */
export interface RunListing extends PageRequest {
  readonly threadId?: string;
  readonly status?: RunStatus;
}

/** A runtime over a session that several share. */
export function bindRuntime(
  app: HostedApp,
  session: LazySession,
  signingKey: Approver["signingKey"] = () => null,
): Runtime {
  const scope = Scope.parse({ tenant: app.tenant, workspace: app.workspace });
  const place = async (): Promise<RunPlace> => {
    const open = await session.open();
    return { session: open, app, scope, store: open.store.in(scope) };
  };
  const approver = { ...scope, signingKey };
  return {
    app,
    ready: async () => void (await session.open()),
    temporal: async () => temporalPlace(await session.open()),
    query: (prompt, options = {}) => askRun(place, { agent: entryAgent(app), prompt, options }),
    runSpecialist: (name, prompt, options = {}) => askRun(place, { agent: knownAgent(app, name), prompt, options }),
    cancel: async (runId) => cancelRun(await place(), parseRunId(runId)),
    events: (cursor, { signal } = {}) => resumeRun(place, parseCursor(cursor), signal),
    runs: {
      get: async (runId) => getRun(await place(), runId),
      list: async (listing = {}) => (await place()).store.runs.list(runFilter(listing)),
    },
    threads: {
      get: async (threadId) => findThread(await place(), parseThreadId(threadId)),
      list: async (page = {}) => (await place()).store.threads.list(page),
      transcript: async (threadId) => {
        const here = await place();
        return readTranscript(here.store, await findThread(here, parseThreadId(threadId)));
      },
    },
    plans: runtimePlans(place, approver),
    approvals: runtimeApprovals(async () => (await place()).store),
    async respondToApproval(id, response) {
      const here = await place();
      return respondToApproval(here.store, async () => here.session, { id, response, approver });
    },
    references: { get: async (handle) => readReference(await place(), handle) },
    createReference: async (reference, value) => createReference(await place(), reference, value),
    close: () => session.close(),
  };
}

function entryAgent(app: HostedApp): string {
  const { entry, agents } = app.spec.manifest;
  if (entry !== null) return entry;
  throw new InputError("AGENT_UNKNOWN", `App "${app.app}" has no coordinator to query.`, {
    hint: `Ask an agent directly: runSpecialist("${Object.keys(agents)[0] ?? ""}", …).`,
  });
}

function knownAgent(app: HostedApp, name: string): string {
  const { agents } = app.spec.manifest;
  if (Object.hasOwn(agents, name)) return name;
  throw new InputError(
    "AGENT_UNKNOWN",
    `App "${app.app}" has no agent "${name}": expected one of ${Object.keys(agents).join(", ")}.`,
  );
}

function runFilter({ threadId, ...rest }: RunListing): RunFilter {
  return threadId === undefined ? rest : { ...rest, threadId: parseThreadId(threadId) };
}
