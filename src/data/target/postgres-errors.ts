import { redact } from "../../lib/redact.ts";
import type { QueryErrorCode, QueryRefusal } from "../port.ts";
import { refusal } from "./refusal.ts";

/** What a server's or a connection's error means for a query. Passwords are taken out of its text. */
export function postgresRefusal(error: unknown, timeMs: number): QueryRefusal {
  const code = errorCode(error);
  if (code === "57014") return timeoutRefusal(timeMs);
  const text = redact(error instanceof Error && error.message !== "" ? error.message : `connection failed (${code})`);
  if (code === "25006")
    return refusal("read_only", `read-only target database: only SELECT statements are allowed (${text})`);
  const meaning = MEANINGS.find(([pattern]) => pattern.test(code))?.[1] ?? (code === "" ? "unavailable" : "failed");
  if (meaning === "unavailable")
    return refusal(meaning, `the target database cannot be used: ${text}`, code.startsWith("28") ? LOGIN : PLACE);
  return refusal(meaning, text);
}

const LOGIN = "Check the user and the password in the URL of target_database, and that this login may connect.";
const PLACE = "Check target_database in the data environment, and that the server runs.";

/** What a query gets whose time is up. */
export function timeoutRefusal(timeMs: number): QueryRefusal {
  return refusal(
    "timeout",
    `the query was stopped by its time limit of ${timeMs} ms`,
    "Ask for less: filter, aggregate, or look at fewer tables at once.",
  );
}

/** True when the connection is of no more use. */
export function isConnectionError(error: unknown): boolean {
  const code = errorCode(error);
  return code === "" || !/^[0-9A-Z]{5}$/.test(code) || (/^(?:08|57P|28|3D)/.test(code) && code !== WRONG_PARAMETERS);
}

/** The code of a server (SQLSTATE) or of the system (ECONNREFUSED), the first of several. */
function errorCode(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return errorCode(error.errors[0]);
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** What the server says when a statement has more or fewer parameters than were given. */
const WRONG_PARAMETERS = "08P01";
const MEANINGS: readonly (readonly [RegExp, QueryErrorCode])[] = [
  [/^08P01$/, "failed"],
  [/^42601$/, "syntax"],
  [/^(?:53200|54000|54001)$/, "memory"],
  [
    /^(?:08|28|3D|53|55P03|57P|58|ECONN|ENOTFOUND|EHOST|ENET|ETIMEDOUT|EPIPE|EAI|ENOENT|ERR_|SELF_|DEPTH_|CERT_)/,
    "unavailable",
  ],
];
