import type {
  ActionPreview,
  ActionRecord,
  ActionSettlement,
  DecisionRecord,
  PlanBody,
  PlanId,
  PlanStatus,
  ReferenceHandle,
} from "../protocol/plan.ts";
import type { ContentHash, RunId, ToolCallId, TurnId } from "../protocol/ids.ts";
import type { ErrorInfo } from "../protocol/errors.ts";
import type { EventDraft } from "../protocol/event.ts";
import type { Gate } from "../protocol/gate.ts";
import type { Json, JsonObject } from "../protocol/json.ts";
import type { Page, PageRequest } from "../protocol/run.ts";

/** Where a plan came from; null fields for a plan that a host program stored itself. */
export interface PlanOrigin {
  /** The app whose policy, dispatcher and schema hold for the plan: no other may revise or execute it. */
  readonly app: string;
  readonly runId: RunId | null;
  readonly turn: TurnId | null;
  readonly agent: string | null;
  /** Who or what asked for it: a person's name when known, else the agent. */
  readonly requestedBy: string;
}

/** A revision on its way into the store. */
export interface NewRevision {
  readonly planId: PlanId;
  readonly spec: string;
  readonly specHash: ContentHash;
  readonly body: PlanBody;
  /** The whole body as it was given, for people and for diffs. */
  readonly document: JsonObject;
  readonly planHash: ContentHash;
  readonly origin: PlanOrigin;
  readonly workflowId: string;
  /** The person who edited it at the gate, null for a revision by its planner. */
  readonly editedBy: string | null;
}

/** One plan as lists and people see it. */
export interface PlanRecord {
  readonly planId: PlanId;
  readonly spec: string;
  readonly status: PlanStatus;
  readonly revision: number;
  readonly planHash: ContentHash;
  /** Where the last revision came from. */
  readonly origin: PlanOrigin;
  /** Who else asked for an earlier revision. */
  readonly alsoAskedBy: readonly string[];
  readonly workflowId: string;
  readonly gate: Gate | null;
  /** The gate whose decisions approved the plan as it is; null until then. */
  readonly approvedGate: Gate | null;
  readonly fence: number;
  readonly result: PlanResult | null;
  readonly error: ErrorInfo | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What came of executing a plan. */
export interface PlanResult {
  readonly entitiesAffected: number;
  readonly summary: string | null;
}

/** One stored revision of a plan. */
export interface PlanRevision {
  readonly revision: number;
  readonly specHash: ContentHash;
  readonly planHash: ContentHash;
  readonly body: PlanBody;
  readonly document: JsonObject;
  readonly editedBy: string | null;
  /** Who asked for it, and the agent that stored it; null for one that an older version stored. */
  readonly requestedBy: string | null;
  /** Null for a program. */
  readonly agent: string | null;
  readonly at: string;
  /** What the dispatcher says its actions would do; null before it was asked. */
  readonly previews?: readonly ActionPreview[] | null;
}

/** A change of a plan, applied in one transaction together with its events. Doing it again with the same key does nothing. */
export interface PlanChange {
  readonly key: string;
  readonly planId: PlanId;
  /** The status the plan must have for the change to apply; another one is a conflict. */
  readonly from: readonly PlanStatus[];
  /** The content the change was decided on; other content in the meantime is a conflict. */
  readonly planHash?: ContentHash;
  readonly status?: PlanStatus;
  readonly gate?: Gate | null;
  /** With `status: "approved"`: the gate that the decisions answered. */
  readonly approvedGate?: Gate;
  readonly decision?: DecisionRecord;
  /** The next revision, stored with the change; `planHash` then names the content that it follows. */
  readonly revision?: NumberedRevision;
  readonly fence?: number;
  readonly result?: PlanResult;
  readonly error?: ErrorInfo;
  /** Written to a run that has not ended; dropped when there is none, for the plan's own record is the truth. */
  readonly events?: readonly EventDraft[];
  /** The run that gets the events; the plan's origin unless said. */
  readonly eventsRun?: RunId;
}

/** A revision that was made of the one before it; stored only while it is the next. */
export interface NumberedRevision extends NewRevision {
  readonly number: number;
}

/** What came of storing a revision. */
export interface RevisionStored {
  /** `other-agent`: the plan is not the agent's that stores; `too-many-askers`: no more people are remembered. */
  readonly kind: "stored" | "same" | "not-draft" | "other-app" | "other-agent" | "too-many-askers";
  readonly plan: PlanRecord;
}

export type PlanChanged =
  | { readonly kind: "applied" | "again"; readonly plan: PlanRecord }
  | { readonly kind: "conflict"; readonly plan: PlanRecord };

/** Plans, their revisions, decisions and action ledgers. Nothing here is ever deleted while its plan exists. */
export interface PlanStore {
  get(planId: PlanId): Promise<PlanRecord | null>;
  list(filter: PlanFilter): Promise<Page<PlanRecord>>;
  /** Stores the first or the next revision of a draft; the same content again is the same revision. Pins the plan's references. */
  storeRevision(revision: NewRevision): Promise<RevisionStored>;
  revisions(planId: PlanId): Promise<readonly PlanRevision[]>;
  /** The revision that counts now. */
  current(planId: PlanId): Promise<PlanRevision | null>;
  /** Keeps what the actions of a revision would do; what is there stays. */
  keepPreviews(planId: PlanId, revision: number, previews: readonly ActionPreview[]): Promise<void>;
  change(change: PlanChange): Promise<PlanChanged>;
  decisions(planId: PlanId): Promise<readonly DecisionRecord[]>;
  actions(planId: PlanId): Promise<readonly ActionRecord[]>;
  /** Writes the ledger's first lines, all `pending`; does nothing where lines exist. */
  openLedger(planId: PlanId, lines: readonly Pick<ActionRecord, "index" | "kind" | "idempotencyKey">[]): Promise<void>;
  /** Moves several lines in one transaction; fails with STEP_SUPERSEDED, and moves none, when one of them cannot be. */
  moveActions(planId: PlanId, moves: readonly ActionMove[]): Promise<void>;
  /** Moves one line; fails with a conflict when the line is not in one of `from`. */
  moveAction(planId: PlanId, move: ActionMove): Promise<{ readonly moved: boolean; readonly action: ActionRecord }>;
}

export interface PlanFilter extends PageRequest {
  readonly status?: PlanStatus;
  readonly runId?: RunId;
}

/** One step of one action. */
export interface ActionMove {
  readonly index: number;
  readonly from: readonly ActionRecord["state"][];
  readonly to: ActionRecord["state"];
  /** The attempts that the line must have; another attempt has taken over when there are more. */
  readonly ifAttempts?: number;
  readonly attempts?: number;
  readonly calledAt?: string;
  readonly entitiesAffected?: number;
  readonly summary?: string | null;
  readonly details?: Json;
  readonly error?: ErrorInfo | null;
  readonly settlement?: ActionSettlement;
}

/** Gates of tool calls; a plan's gate is on its plan. */
export interface GateStore {
  /** Opens a gate; the same id again is the same gate. Fails with STEP_SUPERSEDED when its run or its turn has ended. */
  open(gate: OpenGate): Promise<void>;
  get(gateId: string): Promise<OpenGate | null>;
  /** Everything that waits for a person, oldest first, plan gates included. */
  waiting(page: PageRequest): Promise<Page<OpenGate>>;
  /** Keeps a decision. One that would count on a closed gate is not kept: `closed`. The same one again is kept once. */
  decide(gateId: string, decision: DecisionRecord, closes: boolean): Promise<"kept" | "closed">;
  decisions(gateId: string): Promise<readonly DecisionRecord[]>;
  /** Closes what waits of a turn that is gone and cannot close it itself. */
  closeOf(turn: TurnId): Promise<void>;
}

/** A gate and where to answer it. */
export interface OpenGate {
  readonly gate: Gate;
  readonly workflowId: string;
  readonly runId: RunId | null;
  readonly call: { readonly turn: TurnId; readonly callId: ToolCallId } | null;
  readonly status: "open" | "closed";
}

/** A value kept outside prompts and plans, addressed by its content. */
export interface ReferenceRecord {
  readonly kind: string;
  readonly id: string;
  readonly contentHash: ContentHash;
  readonly glimpse: Json;
  readonly bytes: number;
  readonly createdAt: string;
  readonly expiresAt: string | null;
}

/** References: the value is a blob, held as long as its TTL or a plan needs it that is not terminal or failed part-way. */
export interface ReferenceStore {
  /** `id` derives from kind and content; the same content again is the same reference, with the later expiry. */
  create(reference: NewReference): Promise<ReferenceRecord>;
  get(handle: ReferenceHandle): Promise<ReferenceRecord | null>;
  /** The value. Fails with REFERENCE_MISSING, REFERENCE_EXPIRED (unless pinned) or REFERENCE_CORRUPT. */
  value(handle: ReferenceHandle): Promise<Json>;
  /** The first of the plans that hold its content, in the order of their ids. */
  heldBy(handle: ReferenceHandle, limit: number): Promise<readonly PlanId[]>;
  /** The first of the kinds that there are references of, in the order of their names. */
  kinds(limit: number): Promise<readonly string[]>;
}

export interface NewReference {
  readonly kind: string;
  readonly value: Json;
  readonly glimpse: Json;
  readonly ttlMs: number | null;
}
