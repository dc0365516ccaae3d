import { setTimeout as sleep } from "node:timers/promises";
import { isRefused } from "./probe-server.ts";

/** A call that takes longer than this is worth a look at the port. */
const FIRST_LOOK_MS = 500;
const LOOK_EVERY_MS = 200;
/** How long a port may refuse before the server counts as gone; a restart takes less. */
const PATIENCE_MS = 2_500;
/** A port that refuses says so at once; one that is silent for this long is not waited for. */
const LOOK_TIMEOUT_MS = 250;
/** Who answered this lately is there. */
const ANSWERED_LATELY_MS = 100;
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
  #answeredAt = 0;
  #refusal: { readonly since: number; readonly seen: number } | null = null;

  constructor(address: string) {
    this.#address = address;
  }

  /**
   * Makes a call, and gives it up with ServerGone when the port refuses for long. The port is looked at first: a call that was sent
   * would be tried again until its deadline, and might be heard after its caller was told that it failed.
   */
  async guard<T>(call: () => Promise<T>): Promise<T> {
    const over = new AbortController();
    if (Date.now() - this.#answeredAt > ANSWERED_LATELY_MS) await this.#untilOpen();
    try {
      const result = await Promise.race([call(), this.#watch(over.signal)]);
      this.#answeredAt = Date.now();
      return result;
    } finally {
      over.abort();
    }
  }

  /** Ends only by failing; nobody listens any more once the signal is given. */
  async #watch(over: AbortSignal): Promise<never> {
    await sleep(FIRST_LOOK_MS, undefined, { signal: over });
    for (;;) {
      await this.#untilOpen(over);
      await sleep(LOOK_EVERY_MS, undefined, { signal: over });
    }
  }

  async #untilOpen(over?: AbortSignal): Promise<void> {
    while (await isRefused(this.#address, LOOK_TIMEOUT_MS)) {
      const now = Date.now();
      this.#answeredAt = 0;
      const before = this.#refusal !== null && now - this.#refusal.seen < STALE_MS ? this.#refusal.since : now;
      this.#refusal = { since: before, seen: now };
      if (now - before >= PATIENCE_MS) throw new ServerGone("the connection is refused");
      await sleep(LOOK_EVERY_MS, undefined, over === undefined ? {} : { signal: over });
    }
    this.#refusal = null;
  }
}
