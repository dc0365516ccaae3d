/** Largest argument document of one tool call; a larger one is a tool error. */
export const TOOL_ARGS_BYTES = 1024 * 1024;
/** How much of a tool's result the model sees; the rest stays in the store. */
export const TOOL_RESULT_MODEL_BYTES = 64 * 1024;
/** Largest tool result that is stored; a larger one is a tool error. */
export const TOOL_RESULT_BYTES = 4 * 1024 * 1024;
/** How long a tool may run when it does not say. */
export const DEFAULT_TOOL_TIMEOUT_MS = 60_000;
/** Longest `timeoutMs` a tool may declare. */
export const MAX_TOOL_TIMEOUT_MS = 24 * 60 * 60 * 1000;
/** Attempts of a tool whose effects are `none` or `idempotent`. */
export const TOOL_ATTEMPTS = 5;
/** Progress reports of one tool call that reach the run log. */
export const PROGRESS_PER_CALL = 1000;
