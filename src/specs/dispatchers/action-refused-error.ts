import { BridleError, type ErrorDetails } from "../../protocol/errors.ts";

/**
 * Thrown by an action's handler whose target refused the action, so that nothing took effect: the action fails, and is not called
 * again. Whatever else a handler throws leaves the action in doubt.
 */
export class ActionRefusedError extends BridleError {
  constructor(message: string, details: Omit<ErrorDetails, "retryable"> = {}) {
    super("ACTION_REFUSED", message, details);
  }
}
