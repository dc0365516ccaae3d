import { BridleError } from "../protocol/errors.ts";
import { ActionInDoubtError } from "../specs/dispatchers/action-in-doubt-error.ts";
import { ActionRefusedError } from "../specs/dispatchers/action-refused-error.ts";

/**
 * What an error that a dispatcher threw says about the effect: `refused` that there is none, `unreachable` that the target never heard
 * of it, `in-doubt` that the connection broke. Any other says nothing: it may come from a handler that trips over an answer.
 */
export function callTrouble(
  error: unknown,
): "refused" | "asks-again" | "unreachable" | "threw" | "garbled" | "in-doubt" {
  if (error instanceof ActionRefusedError) return "refused";
  if (error instanceof ActionInDoubtError) return "in-doubt";
  if (error instanceof BridleError && error.code === "DISPATCH_RESULT_INVALID") return "garbled";
  if (error instanceof BridleError && NOT_CALLED.has(error.code)) return "refused";
  if (error instanceof BridleError) return error.retryable ? "asks-again" : "threw";
  const marks = marksOf(error);
  if (marks.some((mark) => BROKEN.has(mark))) return "in-doubt";
  return marks.some((mark) => UNREACHED.has(mark)) ? "unreachable" : "threw";
}

/** Ours, thrown in the place of a handler that there is not. */
const NOT_CALLED: ReadonlySet<string> = new Set(["ACTION_KIND_UNKNOWN", "COMPENSATE_MISSING"]);

/** The codes, names and messages of an error and of what caused it; clients wrap the socket's error once or twice. */
function marksOf(error: unknown): readonly string[] {
  const marks: string[] = [];
  const open: unknown[] = [error];
  for (let looked = 0; looked < LOOKED_AT; looked++) {
    const next = open.shift();
    if (typeof next !== "object" || next === null) continue;
    for (const key of ["code", "name", "message"]) {
      const mark: unknown = Reflect.get(next, key);
      if (typeof mark === "string") marks.push(mark);
    }
    const inner: unknown = Reflect.get(next, "errors");
    open.push(Reflect.get(next, "cause"), ...(Array.isArray(inner) ? inner.slice(0, LOOKED_AT) : []));
  }
  return marks;
}

const LOOKED_AT = 10;

/** Sockets, fetch, aborted calls, and Postgres that lost its connection or was shut down under a statement. */
const BROKEN: ReadonlySet<string> = new Set([
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "ERR_STREAM_PREMATURE_CLOSE",
  "ERR_HTTP2_STREAM_ERROR",
  "UND_ERR_SOCKET",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "UND_ERR_ABORTED",
  "AbortError",
  "TimeoutError",
  "08003",
  "08006",
  "08007",
  "57P01",
  "57P02",
  "Connection terminated unexpectedly", // pg gives this one no code
]);

const UNREACHED: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
  "08001",
  "08004",
  "57P03",
]);
