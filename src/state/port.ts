import type { EventDraft, FinishReason, RunEvent } from "../protocol/event.ts";
import type { ErrorInfo } from "../protocol/errors.ts";
import type { ContentHash, RunId, Scope, ThreadId, ToolCallId, TurnId } from "../protocol/ids.ts";
import type { Json } from "../protocol/json.ts";
import type { Message } from "../protocol/message.ts";
import type { Page, PageRequest, RunRecord, RunStatus, ThreadRecord, TurnRecord } from "../protocol/run.ts";
import type { Usage } from "../protocol/usage.ts";
import type { GateStore, PlanStore, ReferenceStore } from "./plan-port.ts";

/**
 * The state store: the one place where transcripts, results, runs and their logs live. Two adapters (SQLite, Postgres) keep
 * the same contract (tests/contract). Everything is reached through a scope, so two tenants or workspaces never see each other.
 *
 * What must stay true: a step is claimed before work and committed in ONE transaction with its messages, results and events;
 * the first commit of a step wins for ever; an attempt that was superseded can write nothing.
 */
export interface StateStore {
  readonly kind: "sqlite" | "postgres";
  /** Brings the schema up to date; safe when several processes start at once. Called by `openStateStore`. */
  migrate(): Promise<void>;
  in(scope: Scope): ScopedStore;
  /** The tenants and workspaces that have threads, in order. For operators; nothing an app does may depend on other scopes. */
  scopes(): Promise<readonly Scope[]>;
  /** Removes expired, unpinned blobs of every scope; returns how many went. */
  collect(now: Date): Promise<number>;
  /** The files or address this store uses, for people. Never a password. */
  describe(): readonly StoreFile[];
  close(): Promise<void>;
}

export interface StoreFile {
  readonly path: string;
  readonly kind: "sqlite" | "postgres";
  readonly role: "state";
}

/** The store as one tenant and workspace sees it. */
export interface ScopedStore {
  readonly blobs: BlobStore;
  readonly transcripts: TranscriptStore;
  readonly threads: ThreadStore;
  readonly runs: RunStore;
  readonly steps: StepJournal;
  readonly log: RunLog;
  readonly plans: PlanStore;
  readonly gates: GateStore;
  readonly references: ReferenceStore;
}

/** Content-addressed values, compressed and stored once. */
export interface BlobStore {
  /** `ttlMs` counts from now; putting the same content again keeps the later expiry, and no `ttlMs` means kept until unpinned collection never. */
  put(content: Uint8Array, options?: { readonly ttlMs?: number }): Promise<ContentHash>;
  /** Fails with BLOB_MISSING, or with BLOB_CORRUPT when the content no longer has its hash. */
  get(hash: ContentHash): Promise<Uint8Array>;
  has(hash: ContentHash): Promise<boolean>;
  /** While a holder pins a blob it is neither expired nor collected. */
  pin(hash: ContentHash, holder: string): Promise<void>;
  unpin(hash: ContentHash, holder: string): Promise<void>;
}

/** A message and the one before it. Its hash is the head of the conversation up to and including it. */
export interface TranscriptNode {
  readonly hash: ContentHash;
  readonly parent: ContentHash | null;
  readonly message: Message;
}

/** Chains of messages; a node is written once and never changes. */
export interface TranscriptStore {
  /** The conversation that ends in `head`, oldest first. */
  load(head: ContentHash): Promise<readonly TranscriptNode[]>;
  append(nodes: readonly TranscriptNode[]): Promise<void>;
}

/** Threads and which message each agent stands at. */
export interface ThreadStore {
  get(threadId: ThreadId): Promise<ThreadRecord | null>;
  list(page: PageRequest): Promise<Page<ThreadRecord>>;
}

/** A run about to exist. */
export interface NewRun {
  readonly runId: RunId;
  readonly threadId: ThreadId;
  readonly app: string;
  readonly agent: string;
  readonly workflowId: string;
  readonly prompt: string;
  /** The person who asks; null when nobody was named. */
  readonly requestedBy: string | null;
  readonly manifestHash: ContentHash | null;
  /** The Temporal namespace its workflow lives in. */
  readonly namespace: string;
  readonly status: "starting" | "queued";
}

/** Runs and their turns. Lists are newest first. */
export interface RunStore {
  /**
   * Creates the run and returns it, or returns the one that has this id already (`created: false`). Fails with RUN_CONFLICT when that
   * one has another thread, agent, prompt or requester. Each request that finds the run not begun counts as one that may start it.
   */
  create(run: NewRun): Promise<{ readonly created: boolean; readonly run: RunRecord }>;
  get(runId: RunId): Promise<RunRecord | null>;
  /**
   * Takes back the start of one request that failed. The last of them removes a run that has not begun, so that its id stays free; a
   * start that is heard after all finds no run and begins nothing. Requests of long ago count as well, because one of them may have been
   * accepted, unless the server knows of none. Returns whether there is no such run now.
   */
  discard(runId: RunId, options?: { readonly noneAccepted?: boolean }): Promise<boolean>;
  list(filter: RunFilter): Promise<Page<RunRecord>>;
  turn(turn: TurnId): Promise<TurnRecord | null>;
  /** The turns of a run, in the order they began. */
  turns(runId: RunId): Promise<readonly TurnRecord[]>;
  prompt(runId: RunId): Promise<string>;
  /**
   * Makes a run belong to one Temporal execution and `running`; creates the run when nobody did. The second execution that
   * claims a run gets `mine: false` and must leave it alone. Fails with RUN_CONFLICT when the id belongs to another request, and
   * with THREAD_BUSY (to be tried again) while another workflow runs a turn of the same thread.
   */
  claim(run: NewRun, executionId: string): Promise<{ readonly mine: boolean; readonly run: RunRecord }>;
}

export interface RunFilter extends PageRequest {
  readonly threadId?: ThreadId;
  readonly status?: RunStatus;
}

/** Which attempt of which step is speaking. */
export interface StepAttempt {
  readonly runId: RunId;
  readonly turn: TurnId;
  /** Unique in the turn: `model:{n}` or `call:{callId}` or `end`. */
  readonly step: string;
  readonly attempt: number;
  /** Which execution of the workflow speaks. After a reset attempts count from 1 again, and the new execution takes the step over. */
  readonly execution?: string;
}

/** The journal that makes a step happen once however often its activity runs. */
export interface StepJournal {
  /**
   * Announces an attempt. `done` when an earlier attempt already committed: its result is returned and no work may be done.
   * Otherwise every lower attempt is superseded from now on; `superseded` is the highest of them, or null. What is announced `isForGood`
   * is known after a power cut too.
   */
  begin(attempt: StepAttempt, options?: { readonly isForGood?: boolean }): Promise<StepBegin>;
  /**
   * Writes what an attempt tells before its end, in one transaction: results of calls, where they have none yet, and events, whose
   * keys are new. Fails with STEP_SUPERSEDED as `commit` does.
   */
  tell(attempt: StepAttempt, news: StepNews): Promise<void>;
  /**
   * Commits everything a step did, atomically. `done` when another attempt was first. Fails with STEP_SUPERSEDED when a later attempt
   * has begun, or when the run has ended: nothing is ever written after a run's end.
   */
  commit(attempt: StepAttempt, commit: StepCommit): Promise<StepEnd>;
  /** A tool call of a turn, as its model step recorded it. */
  call(turn: TurnId, callId: ToolCallId): Promise<CallRecord | null>;
  /** The calls of one model step in order. */
  calls(turn: TurnId, step: number): Promise<readonly CallRecord[]>;
  /** Where each agent of a run stands when that differs from the thread: turns that ended inside this run. */
  runHead(runId: RunId, agent: string): Promise<ContentHash | null>;
}

export type StepBegin =
  | {
      readonly kind: "fresh";
      readonly superseded: number | null;
      /** Whether an attempt has announced this step before: what that one did is not known. */
      readonly isRepeat: boolean;
    }
  | { readonly kind: "done"; readonly result: Json };

export type StepEnd = { readonly kind: "committed" } | { readonly kind: "done"; readonly result: Json };

/** What an attempt tells before its end. */
export interface StepNews {
  readonly settle: readonly CallResult[];
  readonly events: readonly EventDraft[];
}

export interface StepCommit {
  /** What the activity returns; later attempts get it back. */
  readonly result: Json;
  readonly nodes?: readonly TranscriptNode[];
  readonly calls?: readonly NewCall[];
  readonly settle?: readonly CallResult[];
  readonly events?: readonly EventDraft[];
  /** Opens a routed agent's turn. */
  readonly openTurn?: {
    readonly parent: { readonly turn: TurnId; readonly callId: ToolCallId };
    readonly agent: string;
  };
  /** Ends the turn: a child's head becomes the run's head of its agent; the root's end ends the run and, when completed, commits all heads of the run to the thread. */
  readonly close?: TurnClose;
  /** Added to the run's total. */
  readonly usage?: Usage;
}

export interface NewCall {
  readonly callId: ToolCallId;
  readonly step: number;
  readonly index: number;
  readonly name: string;
  readonly args: Json;
}

export interface CallResult {
  readonly callId: ToolCallId;
  readonly content: string;
  readonly isError: boolean;
  readonly blob?: ContentHash;
}

export interface CallRecord extends NewCall {
  readonly result: CallResult | null;
}

export interface TurnClose {
  readonly isRoot: boolean;
  readonly agent: string;
  readonly threadId: ThreadId;
  readonly status: "completed" | "failed" | "cancelled";
  readonly finish: FinishReason;
  readonly text: string;
  readonly error: ErrorInfo | null;
  /** The new head, for agents that remember; null leaves the thread as it was. */
  readonly head: ContentHash | null;
}

/** The numbered events of a run. */
export interface RunLog {
  /** Writes events whose keys are new; with `fence`, fails with STEP_SUPERSEDED when a later attempt of that step has begun. */
  append(runId: RunId, drafts: readonly EventDraft[], fence?: StepAttempt): Promise<void>;
  /** Events after `after` (0 = from the start), at most EVENTS_PER_READ. */
  read(runId: RunId, after: number): Promise<readonly RunEvent[]>;
  /**
   * Every event after `after`, then new ones as they are written, until the `finish` event or the signal. Any number of followers
   * of one run share one reader; events written in this process arrive at once, those of other processes within `pollMs`.
   */
  follow(runId: RunId, after: number, signal?: AbortSignal): AsyncIterable<RunEvent>;
}
