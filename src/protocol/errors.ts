/**
 * Every error a person or a program can meet. The class says who must act, the code says what happened, the hint says
 * what to do next. Messages name the thing, what was expected and what came, and never carry a secret or a row.
 */

/** Stable codes; a code is never reused for another meaning. */
export type ErrorCode =
  | "SPEC_INVALID"
  | "SPEC_MISSING"
  | "INPUT_INVALID"
  | "PROMPT_TOO_LARGE"
  | "THREAD_BUSY"
  | "QUEUE_FULL"
  | "RUN_UNKNOWN"
  | "RUN_CONFLICT"
  | "THREAD_UNKNOWN"
  | "WORKSPACE_UNKNOWN"
  | "AGENT_UNKNOWN"
  | "AGENT_DEPTH"
  | "AGENT_FAILED"
  | "MAX_TURNS"
  | "INVALID_REPLIES"
  | "CANCELLED"
  | "APPROVAL_REJECTED"
  | "APPROVAL_EXPIRED"
  | "APPROVAL_MISSING"
  | "APPROVAL_IMPOSSIBLE"
  | "TOOL_UNKNOWN"
  | "TOOL_ARGS_INVALID"
  | "TOOL_ARGS_TOO_LARGE"
  | "TOOL_CALLS_TOO_MANY"
  | "TOOL_FAILED"
  | "TOOL_TIMEOUT"
  | "TOOL_RESULT_INVALID"
  | "TOOL_RESULT_TOO_LARGE"
  | "TOOL_OUTCOME_UNKNOWN"
  | "OUTPUT_TRUNCATED"
  | "PLAN_INVALID"
  | "PLAN_NOT_DRAFT"
  | "PLAN_CHANGED"
  | "PLAN_CONFLICT"
  | "PLAN_KIND_MISMATCH"
  | "PLAN_UNFINISHED"
  | "DISPATCHER_MISSING"
  | "COMPENSATE_MISSING"
  | "ACTION_FAILED"
  | "ACTION_REFUSED"
  | "ACTION_UNREACHED"
  | "ACTION_OUTCOME_UNKNOWN"
  | "ACTION_KIND_UNKNOWN"
  | "ACTION_NOT_IN_DOUBT"
  | "NOTHING_TO_UNDO"
  | "DISPATCH_RESULT_INVALID"
  | "MODEL_KEY_MISSING"
  | "MODEL_AUTH"
  | "MODEL_BAD_REQUEST"
  | "MODEL_NOT_FOUND"
  | "MODEL_TOO_LARGE"
  | "MODEL_RATE_LIMITED"
  | "MODEL_OVERLOADED"
  | "MODEL_UNREACHABLE"
  | "MODEL_STALLED"
  | "MODEL_PROTOCOL"
  | "MODEL_SCRIPT_INVALID"
  | "STEP_SUPERSEDED"
  | "STORE_UNAVAILABLE"
  | "STORE_BUSY"
  | "STORE_FULL"
  | "STORE_CORRUPT"
  | "STORE_EMPTY"
  | "STORE_NEWER"
  | "BLOB_MISSING"
  | "BLOB_CORRUPT"
  | "PLAN_UNKNOWN"
  | "GATE_UNKNOWN"
  | "APPROVAL_KEY_INVALID"
  | "REFERENCE_MISSING"
  | "REFERENCE_EXPIRED"
  | "REFERENCE_CORRUPT"
  | "TEMPORAL_UNREACHABLE"
  | "TEMPORAL_REFUSED"
  | "TEMPORAL_CLI_MISSING"
  | "TEMPORAL_START_FAILED"
  | "NO_WORKER"
  | "RUN_LOST"
  | "RUNTIME_CLOSED"
  | "PAYLOAD_TOO_LARGE"
  | "REPLAY_FAILED"
  | "PORT_IN_USE"
  | "HOST_REFUSED"
  | "ORIGIN_REFUSED"
  | "TOKEN_REFUSED"
  | "CONTENT_TYPE_REFUSED"
  | "BODY_TOO_LARGE"
  | "ROUTE_UNKNOWN"
  | "METHOD_REFUSED"
  | "STREAMS_FULL"
  | "DATA_ENVIRONMENT_INVALID"
  | "TENANT_MISMATCH"
  | "TARGET_DATABASE_MISSING"
  | "DATABASE_UNAVAILABLE"
  | "QUERY_REFUSED"
  | "QUERY_FAILED"
  | "CATALOG_MISSING"
  | "CATALOG_READ_ONLY"
  | "CATALOG_ENTRY_INVALID"
  | "CATALOG_ENTRY_UNKNOWN"
  | "CATALOG_SEARCH_MISSING"
  | "INDEX_MISSING"
  | "INDEX_STALE"
  | "INDEX_CORRUPT"
  | "KV_MISSING"
  | "DOCUMENT_INVALID"
  | "INTERNAL";

/** The parts of an error that travel: in events, HTTP bodies, CLI output and Temporal failures. */
export interface ErrorInfo {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
}

/** What may be said about an error besides its code and message. */
export interface ErrorDetails {
  /** The next command to run or line to change. */
  readonly hint?: string;
  /** Whether trying the same thing again can help. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/** Base of every error this package throws. */
export class BridleError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = details.hint;
    this.retryable = details.retryable ?? false;
  }
}

/** The author of a spec must change it. */
export class SpecError extends BridleError {}
/** The caller must change the call. */
export class InputError extends BridleError {}
/** The model or its provider did not do its part. */
export class ModelError extends BridleError {
  /** How long the provider asked us to wait, when it said. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails & { readonly retryAfterMs?: number } = {}) {
    super(code, message, details);
    this.retryAfterMs = details.retryAfterMs;
  }
}
/** The operator must look at a store, a database or a server. */
export class StateError extends BridleError {
  /** How long to wait before trying again, when that is known. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails & { readonly retryAfterMs?: number } = {}) {
    super(code, message, details);
    this.retryAfterMs = details.retryAfterMs;
  }
}
/** A defect of ours. */
export class InternalError extends BridleError {
  constructor(message: string, details: ErrorDetails = {}) {
    super("INTERNAL", message, details);
  }
}

/** The travelling part of an error. */
export function errorInfo(error: BridleError): ErrorInfo {
  return { code: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
}
