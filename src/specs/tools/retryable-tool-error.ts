import { BridleError, type ErrorDetails } from "../../protocol/errors.ts";

/** Thrown by a tool's handler to ask for another attempt. Ignored for a tool with effects `once`. */
export class RetryableToolError extends BridleError {
  /** How long to wait before the next attempt, when the handler knows. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, details: Omit<ErrorDetails, "retryable"> & { readonly retryAfterMs?: number } = {}) {
    super("TOOL_FAILED", message, { ...details, retryable: true });
    this.retryAfterMs = details.retryAfterMs;
  }
}
