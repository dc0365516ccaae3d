import { isGrpcDeadlineError, ServiceError } from "@temporalio/client";
import { StateError } from "../protocol/errors.ts";
import type { Session } from "./session.ts";

/** Without a deadline a call to a server that is down blocks for about twenty seconds. */
const CALL_TIMEOUT_MS = 10_000;

/** Makes a call to the server that fails clearly and in time. */
export async function guardTemporal<T>(
  session: Session,
  call: () => Promise<T>,
  timeoutMs = CALL_TIMEOUT_MS,
): Promise<T> {
  try {
    return await session.client.withDeadline(Date.now() + timeoutMs, call);
  } catch (error) {
    if (error instanceof ServiceError || isGrpcDeadlineError(error)) throw unreachable(session, error);
    throw error;
  }
}

function unreachable({ target }: Session, cause: unknown): StateError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StateError("TEMPORAL_UNREACHABLE", `The Temporal server at ${target.address} did not answer: ${reason}.`, {
    retryable: true,
    hint: "Look whether it runs (`bridle doctor`), then repeat; the same run id is never run twice.",
    cause,
  });
}
