import { BridleError, type ErrorDetails } from "../../protocol/errors.ts";

/**
 * Thrown by an action's handler that cannot tell whether the action took effect. A target that knows keys is asked again; otherwise
 * the outcome is unknown and the action is never called again by itself. Broken connections are recognised without it.
 */
export class ActionInDoubtError extends BridleError {
  constructor(message: string, details: Omit<ErrorDetails, "retryable"> = {}) {
    super("ACTION_OUTCOME_UNKNOWN", message, details);
  }
}
