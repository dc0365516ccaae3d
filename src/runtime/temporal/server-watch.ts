import { setTimeout as sleep } from "node:timers/promises";
import { isRefused } from "./probe-server.ts";

/** A call that takes longer than this is worth a look at the port. */
const FIRST_LOOK_MS = 500;
/** Between looks at a port that refuses, and the first pause at one that accepts; that pause doubles up to the slowest. */
const LOOK_EVERY_MS = 200;
const SLOWEST_LOOK_MS = 2_000;
/** How long a port may refuse before the server counts as gone; a restart takes less. */
const PATIENCE_MS = 2_500;
/** A port that refuses says so at once; one that is silent for this long is not waited for. */
const LOOK_TIMEOUT_MS = 250;
/** Who answered this lately is taken to be there. */
const ANSWERED_LATELY_MS = 5_000;
/** What was seen longer ago says nothing about now. */
const STALE_MS = 10_000;

/** The server's port refuses connections, and has for some time. */
export class ServerGone extends Error {
  override readonly name = "ServerGone";
}

/**
 * Notices that nothing listens where the server was. gRPC only says so when its deadline is over; a port that refuses is a fact at
 * once, while one that accepts and is silent may be a slow server, which is waited for. A session has one watch, so that what one
 * call found out the next one knows.
 */
export class ServerWatch {
  readonly #address: string;
  /** When a call was answered last; 0 when the last one failed. */
  #answeredAt = 0;
  #refusal: { readonly since: number; readonly seen: number } | null = null;

  constructor(address: string) {
    this.#address = address;
  }

  /**
   * Makes a call, and fails with ServerGone when the port refuses for long; ending the call then is up to the caller. Where there is
   * doubt, the port is looked at before anything is sent. The signal ends the waiting.
   */
  async guard<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const over = new AbortController();
    const waiting = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]);
    try {
      if (this.#isDoubtful()) await this.#untilOpen(waiting);
      waiting.throwIfAborted();
      const result = await Promise.race([call(), this.#watch(waiting)]);
      this.#answeredAt = Date.now();
      return result;
    } catch (error) {
      this.#answeredAt = 0;
      throw error;
    } finally {
      over.abort();
    }
  }

  /** A look costs nothing on this machine; a server elsewhere is only looked at when a call has found it away or takes long. */
  #isDoubtful(): boolean {
    if (this.#refusal !== null) return true;
    return LOOPBACK.test(this.#address) && Date.now() - this.#answeredAt > ANSWERED_LATELY_MS;
  }

  /** Ends only by failing; nobody listens any more once the signal is given. */
  async #watch(over: AbortSignal): Promise<never> {
    await sleep(FIRST_LOOK_MS, undefined, { signal: over });
    for (let pauseMs = LOOK_EVERY_MS; ; pauseMs = Math.min(2 * pauseMs, SLOWEST_LOOK_MS)) {
      await this.#untilOpen(over);
      await sleep(pauseMs, undefined, { signal: over });
    }
  }

  async #untilOpen(over: AbortSignal): Promise<void> {
    while (await isRefused(this.#address, LOOK_TIMEOUT_MS)) {
      const now = Date.now();
      const before = this.#refusal !== null && now - this.#refusal.seen < STALE_MS ? this.#refusal.since : now;
      this.#refusal = { since: before, seen: now };
      if (now - before >= PATIENCE_MS) throw new ServerGone("the connection is refused");
      await sleep(LOOK_EVERY_MS, undefined, { signal: over });
    }
    this.#refusal = null;
  }
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?):\d+$/;
