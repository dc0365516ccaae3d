import { resolve } from "node:path";
import { type Environment, processEnvironment } from "../environment.ts";
import { InputError, SpecError } from "../protocol/errors.ts";
import type { RunEvent } from "../protocol/event.ts";
import { Scope } from "../protocol/ids.ts";
import type { Page, RunRecord, RunStatus, ThreadRecord, PageRequest } from "../protocol/run.ts";
import type { HostedApp } from "../specs/hosted-app.ts";
import { normaliseDispatcher } from "../specs/dispatcher.ts";
import type { CreatedReference } from "../specs/tool-context.ts";
import type { ReferenceSpec, ReferenceValue } from "../specs/reference.ts";
import { NO_SERVICES } from "../specs/tool-context.ts";
import { missingKey } from "../specs/model-key.ts";
import type { RuntimeSpec } from "../specs/runtime-spec.ts";
import type { RunFilter } from "../state/port.ts";
import { type RuntimeApprovals, runtimeApprovals } from "./approval-inbox.ts";
import type { Approver } from "./approvals/approver.ts";
import { readSigningKey } from "./approvals/key-file.ts";
import { programApprovals } from "./approvals/program-approvals.ts";
import { askRun, getRun, resumeRun } from "./ask-run.ts";
import { cancelRun } from "./cancel-run.ts";
import { boundEnvironment } from "./bound-environment.ts";
import { checkPredicates } from "./check-predicates.ts";
import { createReference } from "./create-reference.ts";
import { parseRunId, parseThreadId } from "./parse-id.ts";
import type { QueryOptions, RuntimeOptions } from "./options.ts";
import { type RuntimePlans, runtimePlans } from "./plans.ts";
import { type ApprovalResponse, type ApprovalResult, respondToApproval } from "./respond-to-approval.ts";
import { type LazySession, lazily } from "./lazy-session.ts";
import type { RunPlace } from "./run-place.ts";
import { parseCursor, type RunStream } from "./run-stream.ts";
import { openSession } from "./session.ts";
import { temporalPlace, type TemporalPlace } from "./temporal-place.ts";
import { readTranscript, type ThreadTranscript } from "./transcript.ts";

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
  /** Keeps a value outside prompts and plans; the handle stands for it. */
  createReference<Spec extends ReferenceSpec>(spec: Spec, value: ReferenceValue<Spec>): Promise<CreatedReference>;
  close(): Promise<void>;
}

/**
 * Binds a spec to this process: its services, its model, its Temporal server and its state store. Without options it runs on an
 * embedded server and a file in `.bridle`.
 *
 * @example
 * const runtime = createRuntime(spec, { interpreter: "scripted" });
 * for await (const event of runtime.query("hello")) console.log(event.type);
 * await runtime.close();
 */
export function createRuntime(spec: RuntimeSpec, options: RuntimeOptions = {}): Runtime {
  const app = hostedApp(spec, options);
  const env = processEnvironment();
  const { approvals, keyFile, prepare } = programApprovals(options.approvals ?? {}, env, homeOf(options, env));
  const bound = { ...app, approvals };
  return bindRuntime(
    bound,
    lazily(async () => {
      if (options.worker !== false) {
        prepare();
        warnOfMissingKey(bound, env);
      }
      return openSession(sessionOptions(bound, options));
    }),
    () => readSigningKey(keyFile),
  );
}

/** Once, when the session opens; runs that are told of it only one by one are hard to make sense of. */
function warnOfMissingKey(app: HostedApp, env: Environment): void {
  const warning = missingKey(app, env, 'interpreter: "scripted"');
  if (warning !== undefined) process.emitWarning(warning, { type: "BridleWarning", code: "MODEL_KEY_MISSING" });
}

/** A runtime over a session that several share. */
export function bindRuntime(
  app: HostedApp,
  session: LazySession,
  signingKey: Approver["signingKey"] = () => null,
): Runtime {
  const place = async (): Promise<RunPlace> => {
    const open = await session.open();
    return { session: open, app, store: open.store.in(Scope.parse({ tenant: app.tenant, workspace: app.workspace })) };
  };
  const approver = { tenant: app.tenant, workspace: app.workspace, signingKey };
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
      get: async (threadId) => getThread(await place(), threadId),
      list: async (page = {}) => (await place()).store.threads.list(page),
      transcript: async (threadId) => {
        const here = await place();
        return readTranscript(here.store, await getThread(here, threadId));
      },
    },
    plans: runtimePlans(place, approver),
    approvals: runtimeApprovals(async () => (await place()).store),
    async respondToApproval(id, response) {
      const here = await place();
      return respondToApproval(here.store, async () => here.session, {
        id,
        response,
        approver,
      });
    },
    createReference: async (reference, value) => createReference(await place(), reference, value),
    close: () => session.close(),
  };
}

/** Which runs to list. */
export interface RunListing extends PageRequest {
  readonly threadId?: string;
  readonly status?: RunStatus;
}

function hostedApp(spec: RuntimeSpec, options: RuntimeOptions): HostedApp {
  const tenant = spec.manifest.tenant.id;
  const dataEnvironment = boundEnvironment(spec, options);
  const {
    app = tenant,
    workspace = dataEnvironment?.workspaceId ?? "default",
    services = NO_SERVICES,
    interpreter = "anthropic",
    testing = {},
  } = options;
  const scope = Scope.safeParse({ tenant, workspace });
  if (!scope.success) {
    throw new SpecError(
      "SPEC_INVALID",
      `createRuntime(): workspace must be an id of letters, digits, dots, colons, dashes and underscores; received ${JSON.stringify(workspace)}.`,
    );
  }
  const { approvalPredicates = {} } = options;
  if (options.worker !== false) checkPredicates(spec, approvalPredicates);
  const data = dataEnvironment === undefined ? {} : { dataEnvironment };
  const hosted = { app, tenant, workspace, spec, services, interpreter, testing, approvalPredicates, ...data };
  const { actionDispatcher } = options;
  if (actionDispatcher === undefined) return hosted;
  return { ...hosted, actionDispatcher: normaliseDispatcher(actionDispatcher) };
}

function sessionOptions(app: HostedApp, options: RuntimeOptions): Parameters<typeof openSession>[0] {
  const env = processEnvironment();
  const { store, temporal, knobs, onProgress, worker = true } = options;
  return {
    env,
    home: homeOf(options, env),
    hosted: worker ? [app] : [],
    startServer: worker,
    ...(store === undefined ? {} : { store }),
    ...(temporal === undefined ? {} : { temporal }),
    ...(knobs === undefined ? {} : { knobs }),
    ...(onProgress === undefined ? {} : { onProgress }),
  };
}

function homeOf({ home }: RuntimeOptions, env: Environment): string {
  return resolve(home ?? env.BRIDLE_HOME ?? ".bridle");
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

async function getThread({ store, app }: RunPlace, threadId: string): Promise<ThreadRecord> {
  const thread = await store.threads.get(parseThreadId(threadId));
  if (thread !== null) return thread;
  throw new InputError("THREAD_UNKNOWN", `There is no thread "${threadId}" in ${app.tenant}/${app.workspace}.`, {
    hint: "`bridle threads list` shows the threads of a workspace.",
  });
}
