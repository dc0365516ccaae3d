/** Messages above this size live in the blob store, smaller ones inline in the transcript row. */
export const INLINE_MESSAGE_BYTES = 16 * 1024;
/** How long an attempt that knows what came of an effect, or has a model's reply in hand, waits for a store that is away. */
export const STORE_PATIENCE_MS = 5 * 60 * 1000;
/** How often a worker removes values whose time is over. */
export const COLLECT_EVERY_MS = 10 * 60 * 1000;
/** How much longer than its time a value is kept, so that no clock that is ahead removes what others still read. */
export const COLLECT_MARGIN_MS = 24 * 60 * 60 * 1000;
/** Rows of a list page when the caller does not say. */
export const PAGE_SIZE = 50;
/** Largest list page. */
export const MAX_PAGE_SIZE = 500;
/** Events of one read of the run log. */
export const EVENTS_PER_READ = 1000;
