import type { ExecuteRequest, PlanWaiter } from "../protocol/plan-flow.ts";

/**
 * An execute signal as it may be acted on; null for one that names a turn which cannot be. Signals may be sent by hand, and a waiter
 * that cannot be told would keep the plan from ending.
 */
export function executeRequest(given: unknown): ExecuteRequest | null {
  const fields = fieldsOf(given);
  const requestId = requestIdOf(given) ?? BY_HAND;
  const waiter: unknown = Reflect.get(fields, "waiter");
  if (waiter === undefined || waiter === null) return { requestId };
  const named = readWaiter(waiter);
  return named === null ? null : { requestId, waiter: named };
}

/** The id by which whoever asked takes it back; null when there is none. */
export function requestIdOf(given: unknown): string | null {
  return text(fieldsOf(given), "requestId", REQUEST_ID_CHARS);
}

/** What people ask for without an id is one request, however often they ask. */
const BY_HAND = "by-hand";

function readWaiter(given: unknown): PlanWaiter | null {
  const fields = fieldsOf(given);
  const workflowId = text(fields, "workflowId", WORKFLOW_ID_CHARS);
  const runId = text(fields, "runId", RUN_ID_CHARS);
  const turn = text(fields, "turn", TURN_ID_CHARS);
  const agent = text(fields, "agent", NAME_CHARS);
  const callId = text(fields, "callId", NAME_CHARS);
  if (workflowId === null || runId === null || turn === null || agent === null || callId === null) return null;
  return RUN_ID.test(runId) ? { workflowId, runId, turn, agent, callId } : null;
}

function fieldsOf(given: unknown): object {
  return typeof given === "object" && given !== null ? given : {};
}

function text(fields: object, key: string, longest: number): string | null {
  const value: unknown = Reflect.get(fields, key);
  const isText = typeof value === "string" && value !== "" && value.length <= longest;
  return isText && !value.includes("\0") ? value : null; // Postgres stores no NUL
}

/** As protocol/ids.ts has them; its schemas stay out of the workflow bundle. */
const RUN_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]*$/;
const RUN_ID_CHARS = 120;
const TURN_ID_CHARS = 1_000;
const NAME_CHARS = 200;
/** The longest that a Temporal server takes. */
const WORKFLOW_ID_CHARS = 1_000;
const REQUEST_ID_CHARS = TURN_ID_CHARS + NAME_CHARS + 1;
