/** How long one call of a dispatcher may run when it does not say. */
export const DEFAULT_DISPATCH_TIMEOUT_MS = 5 * 60 * 1000;
/** Longest `timeoutMs` a dispatcher may declare. */
export const MAX_DISPATCH_TIMEOUT_MS = 24 * 60 * 60 * 1000;
/** Longest time one action of a plan may take in one attempt: the dispatcher's own limit ends first. */
export const DISPATCH_TIMEOUT_MS = MAX_DISPATCH_TIMEOUT_MS + 60_000;
/** A call is over this long after its time was up. */
export const CALL_MARGIN_MS = 1_000;
/** How long an action that may be tried again is, before it is given up on. */
export const DISPATCH_DOUBT_MS = 24 * 60 * 60 * 1000;
/** Attempts of one action that vanished without a word, each probably with its worker, before its outcome is called unknown. */
export const DISPATCH_SILENT_ATTEMPTS = 20;
/** Calls of one action after which an error of its handler, or an answer that makes no sense, is followed by no other call. */
export const DISPATCH_FAULTY_ATTEMPTS = 5;
/** How much of a dispatcher's summary is kept. */
export const DISPATCH_SUMMARY_BYTES = 2 * 1024;
/** Largest details of a dispatch result; larger ones are replaced by a note. */
export const DISPATCH_DETAILS_BYTES = 64 * 1024;
/** How much of the stack of a handler's error a worker logs. */
export const LOGGED_STACK_BYTES = 2 * 1024;
