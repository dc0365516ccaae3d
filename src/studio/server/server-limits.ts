/** Every limit of the HTTP API, so that an operator or a test may set one. */
export interface ServerLimits {
  readonly requestBodyBytes: number;
  /** Event streams that may be open at the same time. */
  readonly openStreams: number;
  /** A stream with nothing to say says so this often, so that proxies keep it open and a dead reader is noticed. */
  readonly streamHeartbeatMs: number;
  /** A reader that takes nothing for this long loses its connection; its cursor brings it back to the same place. */
  readonly streamStallMs: number;
  /** Connections that may be open at the same time. */
  readonly openConnections: number;
  /** How long a client may take to send its headers. */
  readonly headersTimeoutMs: number;
  /** How long a client may take to send its whole request. */
  readonly requestTimeoutMs: number;
  /** How often slow clients are looked for. */
  readonly timeoutCheckMs: number;
  /** How long an idle connection is kept for another request. */
  readonly keepAliveMs: number;
  /** How long requests may go on after the server was asked to close. */
  readonly closeGraceMs: number;
  /** How long the readiness check may take before the server calls itself not ready. */
  readonly readinessTimeoutMs: number;
}

/** The limits unless someone says otherwise. */
export const SERVER_LIMITS: ServerLimits = {
  // A prompt of PROMPT_BYTES with the escapes that JSON adds, and some room.
  requestBodyBytes: 2 * 1024 * 1024,
  openStreams: 200,
  streamHeartbeatMs: 15_000,
  streamStallMs: 30_000,
  openConnections: 1_000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  timeoutCheckMs: 1_000,
  keepAliveMs: 5_000,
  closeGraceMs: 1_500,
  readinessTimeoutMs: 5_000,
};
