/** Actions of one plan. */
export const PLAN_ACTIONS = 2000;
/** Largest body of a plan as JSON; more data than that belongs in a reference. */
export const PLAN_BODY_BYTES = 1024 * 1024;
/** How deep a plan's body may nest. */
export const PLAN_BODY_DEPTH = 64;
/** Longest idempotency key: what payment providers and most databases' key columns take. */
export const IDEMPOTENCY_KEY_CHARS = 255;
/** Longest time for looking a plan over before its first action: every value that its references stand for is read. */
export const PREFLIGHT_TIMEOUT_MS = 60 * 60 * 1000;
/** Requests to execute one plan that wait at a time; further ones are ignored. */
export const PLAN_REQUESTS = 1_000;
/** Different people who asked for the revisions of one plan: all are remembered, and its gate carries their names. */
export const PLAN_REQUESTERS = 20;
/** How long cancelling a plan waits for its end unless someone says; the action under way may take longer. */
export const PLAN_CANCEL_WAIT_MS = 60_000;
/** Attempts to close a plan whose every action is settled; then it stands at executing until someone asks again. */
export const PLAN_CLOSE_ATTEMPTS = 5;
/** How soon one who waits for a plan looks after it: each look doubles the time to the next. */
export const PLAN_FIRST_LOOK_MS = 5_000;
/** Longest time between two looks: a wait of weeks costs a few looks a day. */
export const PLAN_LOOK_MS = 4 * 60 * 60 * 1000;
