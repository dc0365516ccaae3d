import type { ErrorHandler } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { capText } from "../../lib/cap-text.ts";
import { redact } from "../../lib/redact.ts";
import { BridleError, type ErrorCode, type ErrorInfo, errorInfo, InternalError } from "../../protocol/errors.ts";
import { ERROR_TEXT_BYTES } from "../../protocol/limits/text.ts";
import type { ServerEnv } from "./server-env.ts";

/** What the mapper needs to know. */
export interface ErrorResponseOptions {
  /** Texts that must not leave in an error. */
  readonly secrets: readonly string[];
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** The body of every response that is an error. */
export interface ErrorDocument {
  readonly schemaVersion: 1;
  readonly error: ErrorInfo;
}

/** Turns whatever a handler threw into a response: our errors as they are, all others as an internal one without details. */
export function errorResponse({ secrets, onError }: ErrorResponseOptions): ErrorHandler<ServerEnv> {
  return (error, c) => {
    const known = error instanceof BridleError && !(error instanceof InternalError) ? error : internal();
    const status = STATUS[known.code] ?? 500;
    if (status >= 500) onError?.(error);
    for (const [name, value] of Object.entries(HEADERS[known.code] ?? {})) c.header(name, value);
    return c.json(errorDocument(errorInfo(known), secrets), status);
  };
}

/** An error as it leaves: without secrets, and of a bounded length. */
function errorDocument({ code, message, hint }: ErrorInfo, secrets: readonly string[]): ErrorDocument {
  const clean = (text: string): string => capText(redact(text, secrets), ERROR_TEXT_BYTES);
  return {
    schemaVersion: 1,
    error: { code, message: clean(message), ...(hint === undefined ? {} : { hint: clean(hint) }) },
  };
}

function internal(): BridleError {
  return new InternalError("The server failed to answer this request.", { hint: "Its own log says why." });
}

/** Codes that are not here are failures of the server. */
const STATUS: { readonly [Code in ErrorCode]?: ContentfulStatusCode } = {
  INPUT_INVALID: 400,
  TOKEN_REFUSED: 401,
  HOST_REFUSED: 403,
  ORIGIN_REFUSED: 403,
  RUN_UNKNOWN: 404,
  THREAD_UNKNOWN: 404,
  PLAN_UNKNOWN: 404,
  GATE_UNKNOWN: 404,
  REFERENCE_MISSING: 404,
  AGENT_UNKNOWN: 404,
  WORKSPACE_UNKNOWN: 404,
  ROUTE_UNKNOWN: 404,
  METHOD_REFUSED: 405,
  THREAD_BUSY: 409,
  RUN_CONFLICT: 409,
  ACTION_NOT_IN_DOUBT: 409,
  NOTHING_TO_UNDO: 409,
  COMPENSATE_MISSING: 409,
  APPROVAL_IMPOSSIBLE: 409,
  PROMPT_TOO_LARGE: 413,
  BODY_TOO_LARGE: 413,
  CONTENT_TYPE_REFUSED: 415,
  QUEUE_FULL: 429,
  STREAMS_FULL: 503,
  NO_WORKER: 503,
  STORE_BUSY: 503,
  STORE_FULL: 503,
  STORE_UNAVAILABLE: 503,
  TEMPORAL_UNREACHABLE: 503,
};

/** When a refused reader may ask for a stream again. */
const STREAM_RETRY_SECONDS = 5;

const HEADERS: { readonly [Code in ErrorCode]?: Readonly<Record<string, string>> } = {
  TOKEN_REFUSED: { "www-authenticate": "Bearer" },
  STREAMS_FULL: { "retry-after": String(STREAM_RETRY_SECONDS) },
};
