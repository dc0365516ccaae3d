/** Rows as both databases hold them: times are ISO strings, JSON is text. Every table is keyed by tenant and workspace first. */
export interface StateTables {
  readonly blobs: BlobRow;
  readonly blob_pins: BlobPinRow;
  readonly nodes: NodeRow;
  readonly threads: ThreadRow;
  readonly thread_heads: ThreadHeadRow;
  readonly runs: RunRow;
  readonly run_heads: RunHeadRow;
  readonly turns: TurnRow;
  readonly steps: StepRow;
  readonly calls: CallRow;
  readonly run_events: RunEventRow;
  readonly plans: PlanRow;
  readonly plan_revisions: PlanRevisionRow;
  readonly plan_decisions: PlanDecisionRow;
  readonly plan_actions: PlanActionRow;
  readonly plan_changes: PlanChangeRow;
  readonly gates: GateRow;
  readonly gate_decisions: GateDecisionRow;
  readonly refs: ReferenceRow;
  readonly migrations: MigrationRow;
}

interface ScopedRow {
  readonly tenant: string;
  readonly workspace: string;
}

export interface BlobRow extends ScopedRow {
  readonly hash: string;
  readonly codec: string;
  readonly size: number;
  readonly content: Uint8Array;
  readonly created_at: string;
  readonly expires_at: string | null;
}

export interface BlobPinRow extends ScopedRow {
  readonly hash: string;
  readonly holder: string;
}

export interface NodeRow extends ScopedRow {
  readonly hash: string;
  readonly parent: string | null;
  /** The message as JSON, or null when it lives in the blob. */
  readonly message: string | null;
  readonly blob: string | null;
}

export interface ThreadRow extends ScopedRow {
  readonly thread_id: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly last_run_id: string | null;
}

export interface ThreadHeadRow extends ScopedRow {
  readonly thread_id: string;
  readonly agent: string;
  readonly head: string;
}

/** Free text is kept as JSON text, because Postgres refuses NUL characters in plain text. */
export interface RunRow extends ScopedRow {
  readonly run_id: string;
  readonly thread_id: string;
  readonly app: string;
  readonly agent: string;
  readonly status: string;
  readonly workflow_id: string;
  readonly execution_id: string | null;
  readonly namespace: string;
  /** The person who asked, as JSON text. */
  readonly requested_by: string | null;
  readonly prompt_hash: string;
  readonly prompt_preview: string;
  readonly manifest_hash: string | null;
  readonly finish: string | null;
  readonly text: string | null;
  readonly error: string | null;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_read_tokens: number;
  readonly cache_write_tokens: number;
  readonly created_at: string;
  readonly ended_at: string | null;
  readonly last_seq: number;
  /** Requests that may be starting it. */
  readonly starts: number;
  /** Requests of long ago whose end nobody told: one of them may have been accepted. */
  readonly earlier_starts: number;
  /** When it was asked for last. */
  readonly asked_at: string;
}

export interface RunHeadRow extends ScopedRow {
  readonly run_id: string;
  readonly agent: string;
  readonly head: string;
}

export interface TurnRow extends ScopedRow {
  readonly turn: string;
  readonly run_id: string;
  readonly position: number;
  readonly parent_turn: string | null;
  readonly parent_call: string | null;
  readonly agent: string;
  readonly status: string;
  readonly head: string | null;
  readonly text: string | null;
  readonly error: string | null;
}

export interface StepRow extends ScopedRow {
  readonly turn: string;
  readonly step: string;
  readonly run_id: string;
  readonly attempt: number;
  /** The workflow execution that the attempt belongs to; empty when it has none. */
  readonly execution: string;
  /** The attempt that `attempt` superseded when it began. */
  readonly superseded: number | null;
  /** Set once, by the commit. */
  readonly result: string | null;
}

export interface CallRow extends ScopedRow {
  readonly turn: string;
  readonly call_id: string;
  readonly step: number;
  readonly position: number;
  readonly name: string;
  readonly args: string;
  readonly result: string | null;
}

export interface RunEventRow extends ScopedRow {
  readonly run_id: string;
  readonly seq: number;
  readonly key: string;
  readonly turn: string;
  readonly agent: string;
  readonly at: string;
  readonly body: string;
}

/** The gate is JSON; its id and its opening are columns of their own to be found by. */
export interface PlanRow extends ScopedRow {
  readonly plan_id: string;
  readonly spec: string;
  readonly app: string;
  readonly status: string;
  readonly revision: number;
  readonly plan_hash: string;
  readonly run_id: string | null;
  readonly turn: string | null;
  readonly agent: string | null;
  readonly requested_by: string;
  /** A JSON array; null when nobody else asked for an earlier revision. */
  readonly also_asked_by: string | null;
  readonly workflow_id: string;
  readonly gate: string | null;
  readonly gate_id: string | null;
  readonly gate_opened_at: string | null;
  readonly approved_gate: string | null;
  readonly fence: number;
  readonly result: string | null;
  readonly error: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

/** Body and document are JSON, or null when they live in their blob. */
export interface PlanRevisionRow extends ScopedRow {
  readonly plan_id: string;
  readonly revision: number;
  readonly spec: string;
  readonly spec_hash: string;
  readonly plan_hash: string;
  readonly body: string | null;
  readonly body_blob: string | null;
  readonly document: string | null;
  readonly document_blob: string | null;
  readonly edited_by: string | null;
  readonly requested_by: string | null;
  readonly agent: string | null;
  readonly at: string;
  readonly previews: string | null;
}

export interface PlanDecisionRow extends ScopedRow {
  readonly plan_id: string;
  readonly position: number;
  readonly decision: string;
}

export interface PlanActionRow extends ScopedRow {
  readonly plan_id: string;
  readonly position: number;
  readonly kind: string;
  readonly idempotency_key: string;
  readonly state: string;
  readonly attempts: number;
  readonly entities_affected: number | null;
  readonly summary: string | null;
  readonly details: string;
  readonly error: string | null;
  readonly at: string | null;
  readonly called_at: string | null;
  readonly settlement: string | null;
}

/** The key of a change that was applied, as JSON text. */
export interface PlanChangeRow extends ScopedRow {
  readonly plan_id: string;
  readonly key: string;
}

export interface GateRow extends ScopedRow {
  readonly gate_id: string;
  readonly gate: string;
  readonly workflow_id: string;
  readonly run_id: string | null;
  readonly turn: string | null;
  readonly call_id: string | null;
  readonly status: string;
  readonly opened_at: string;
}

/** `key` is the id of the decision with the code of its refusal, so that the same one is kept once. */
export interface GateDecisionRow extends ScopedRow {
  readonly gate_id: string;
  readonly key: string;
  readonly position: number;
  readonly decision: string;
}

export interface ReferenceRow extends ScopedRow {
  readonly ref_id: string;
  readonly kind: string;
  readonly hash: string;
  readonly glimpse: string;
  readonly bytes: number;
  readonly created_at: string;
  readonly expires_at: string | null;
}

export interface MigrationRow {
  readonly version: number;
  readonly name: string;
  readonly applied_at: string;
}
