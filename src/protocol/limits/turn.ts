/** Longest prompt that may come inside a start input, which Temporal keeps in history. Longer ones travel as a handle. */
export const PAYLOAD_CHARS = 128 * 1024;
/** Largest prompt a turn accepts. */
export const PROMPT_BYTES = 1024 * 1024;
/** Model steps of one turn when the agent does not say. */
export const DEFAULT_MAX_TURNS = 30;
/** Largest `maxTurns` an agent may declare. */
export const MAX_MAX_TURNS = 1000;
/** Tool calls of one reply; further ones get an error result. */
export const CALLS_PER_STEP = 64;
/** Tool activities of one reply that run side by side. */
export const PARALLEL_TOOLS = 16;
/** Replies in a row whose every tool call was invalid, after which the turn fails. */
export const INVALID_REPLIES_IN_A_ROW = 5;
/** A worker that is not heard of for this long while it works is taken for dead, unless its operator or the run says otherwise. */
export const DEFAULT_HEARTBEAT_MS = 5_000;
/** How deep agents may call agents. */
export const AGENT_DEPTH = 8;
/** How long a request for a run may be starting it; longer than any of its calls to the server may take. */
export const START_LEASE_MS = 30_000;
/** Prompts that may wait behind a busy thread. */
export const QUEUED_PROMPTS = 32;
