/** How long an approval predicate may take; a later one counts as failed, and a person is asked. */
export const PREDICATE_TIMEOUT_MS = 30_000;
/** Gates whose text stands in the details of a waiting turn; the rest is counted. */
export const SHOWN_GATES = 8;
/** How long an answer that is to be signed waits for the gate of a plan that was stored a moment ago. */
export const GATE_OPENING_MS = 5_000;
/** How long asking for the previews of a plan may take in all; the gate opens then, with or without them. */
export const PREVIEWS_MS = 5_000;
/** Actions of a plan that are previewed. */
export const PREVIEWED_ACTIONS = 200;
/** Largest preview of an action as JSON. */
export const PREVIEW_BYTES = 4 * 1024;
/** How much of a person's name or note is kept with what they found out. */
export const DECISION_NOTE_BYTES = 4 * 1024;
/** How long an edited body waits in the store for the worker that judges its answer. */
export const EDIT_TTL_MS = 24 * 60 * 60 * 1000;
/** How long an answer that was signed and sent counts: a weekend without a worker, with room. */
export const SENT_SIGNATURE_MS = 7 * 24 * 60 * 60 * 1000;
/** How long an answer counts that was signed for a person to paste, unless they say. */
export const PRINTED_SIGNATURE_MS = 60 * 60 * 1000;
/** Longest time a signature may count. */
export const MAX_SIGNATURE_MS = 30 * 24 * 60 * 60 * 1000;
/** How far the clock of a signer may be ahead of the server's. */
export const SIGNATURE_CLOCK_SKEW_MS = 10 * 60 * 1000;
