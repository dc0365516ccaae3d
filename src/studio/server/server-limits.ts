/** Every limit of the HTTP API. */

/** Largest request body: a prompt of PROMPT_BYTES with the escapes that JSON adds, and some room. */
export const REQUEST_BODY_BYTES = 2 * 1024 * 1024;
/** Event streams that may be open at the same time. */
export const OPEN_STREAMS = 200;
/** A stream with nothing to say says so this often, so that proxies keep it open and a dead reader is noticed. */
export const STREAM_HEARTBEAT_MS = 15_000;
/** A reader that takes nothing for this long loses its connection; its cursor brings it back to the same place. */
export const STREAM_STALL_MS = 30_000;
/** When a refused reader may ask for a stream again. */
export const STREAM_RETRY_SECONDS = 5;

/** How long a client may take to send its headers. */
export const HEADERS_TIMEOUT_MS = 10_000;
/** How long a client may take to send its whole request. */
export const REQUEST_TIMEOUT_MS = 30_000;
/** How often slow clients are looked for. */
export const TIMEOUT_CHECK_MS = 1_000;
/** How long an idle connection is kept for another request. */
export const KEEP_ALIVE_MS = 5_000;
/** Connections that may be open at the same time. */
export const OPEN_CONNECTIONS = 1_000;
/** How long requests may go on after the server was asked to close. */
export const CLOSE_GRACE_MS = 1_500;
/** How often a closing server looks for connections that became idle. */
export const CLOSE_LOOK_MS = 50;

/** How long the readiness check may take before the server calls itself not ready. */
export const READINESS_TIMEOUT_MS = 5_000;
