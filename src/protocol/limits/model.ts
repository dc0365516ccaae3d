/** A model stream that sends nothing for this long is cut and retried. */
export const MODEL_IDLE_TIMEOUT_MS = 60_000;
/** Longest model call as a whole. */
export const MODEL_CALL_TIMEOUT_MS = 30 * 60 * 1000;
/** Attempts of one model call before the turn fails. */
export const MODEL_ATTEMPTS = 10;
/** Longest a provider may ask us to wait before the next attempt. */
export const MODEL_RETRY_AFTER_MS = 60 * 60 * 1000;
