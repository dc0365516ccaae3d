import { setTimeout as sleep } from "node:timers/promises";
import { isGrpcDeadlineError, ServiceError } from "@temporalio/client";
import { thrownMessage } from "../../lib/thrown-text.ts";
import { StateError } from "../../protocol/errors.ts";
import type { Session } from "../session.ts";
import { ServerGone } from "./server-watch.ts";

/** A slow server gets this long; without a deadline a call blocks for about twenty seconds. */
export const CALL_TIMEOUT_MS = 10_000;
/** The client pauses between its tries without a look at the deadline; its own word is waited for no longer than this. */
const OVERTIME_MS = 500;

/**
 * Makes a call to the server that fails clearly and in time: in about three seconds when nothing listens at its address. A call that
 * is given up is ended, so that it is not sent again after its caller was told. One that asks several things gets the signal of that.
 */
export async function guardTemporal<T>(
  session: Session,
  call: (givenUp: AbortSignal) => Promise<T>,
  timeoutMs = CALL_TIMEOUT_MS,
): Promise<T> {
  const { client, serverWatch } = session;
  const deadline = Date.now() + timeoutMs;
  const givingUp = new AbortController();
  let isSent = false;
  const send = async (): Promise<T> => {
    isSent = true;
    return client.withDeadline(deadline, () => client.withAbortSignal(givingUp.signal, () => call(givingUp.signal)));
  };
  try {
    return await within(timeoutMs + OVERTIME_MS, serverWatch.guard(send, givingUp.signal));
  } catch (error) {
    const unanswered = (): StateError => unreachable(session, error, isSent);
    if (error instanceof ServerGone || error instanceof NoAnswer) {
      givingUp.abort(error);
      throw unanswered();
    }
    if (isGrpcDeadlineError(error)) throw unanswered();
    if (error instanceof ServiceError) throw isRefusal(error) ? refused(session, error) : unanswered();
    throw error;
  }
}

class NoAnswer extends Error {}

async function within<T>(timeoutMs: number, answer: Promise<T>): Promise<T> {
  const over = new AbortController();
  const late = sleep(timeoutMs, undefined, { signal: over.signal }).then(() => {
    throw new NoAnswer(`there was no answer within ${Math.round(timeoutMs / 1_000)} s`);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    over.abort();
  }
}

/** The server answered, and what it said will not change by asking again. */
function isRefusal({ cause }: ServiceError): boolean {
  const code = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined;
  return REFUSALS.has(code);
}

/** gRPC codes: invalid argument, permission denied, failed precondition, unimplemented, unauthenticated. */
const REFUSALS: ReadonlySet<unknown> = new Set([3, 7, 9, 12, 16]);

function refused({ target }: Session, cause: ServiceError): StateError {
  const reason = cause.cause instanceof Error ? cause.cause.message : cause.message;
  return new StateError("TEMPORAL_REFUSED", `The Temporal server at ${target.address} refused: ${reason}.`, {
    hint: `Check the namespace ("${target.namespace}"), the key and its permissions.`,
    cause,
  });
}

function unreachable({ target }: Session, cause: unknown, isSent: boolean): StateError {
  const reason = thrownMessage(cause);
  return new StateError("TEMPORAL_UNREACHABLE", `The Temporal server at ${target.address} did not answer: ${reason}.`, {
    retryable: true,
    hint: `Look whether it runs (\`bridle doctor\`). ${isSent ? MAYBE_HEARD : NOT_SENT}`,
    cause,
  });
}

const NOT_SENT = "Nothing was sent: repeat it then.";
const MAYBE_HEARD =
  "What was asked may have been heard: look (`bridle runs show`, `bridle approvals show`) before asking again. The same run id is never run twice, and the same decision id never counts twice.";
