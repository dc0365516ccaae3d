import { BridleError, InternalError } from "../../protocol/errors.ts";
import type { RunEvent } from "../../protocol/event.ts";

/** How a hub reads the log of its run. */
export interface LogReader {
  end(): Promise<{ readonly lastSeq: number; readonly isFinal: boolean }>;
  read(after: number): Promise<readonly RunEvent[]>;
}

/**
 * The followers of one run. New events come in once, by `push` from this process or by one read when another process wrote, and
 * stay in a bounded window that all followers share. A follower that is late or slow reads the store itself until it is inside
 * the window again, so nothing is lost and nothing piles up. What must stay true: the window has no gaps and ends at `#last`.
 */
export class RunHub {
  followers = 0;
  readonly #reader: LogReader;
  readonly #waiting = new Set<() => void>();
  readonly #reads = new Map<number, Promise<readonly RunEvent[]>>();
  #window: RunEvent[] = [];
  #windowChars = 0;
  /** Null until the store was asked where the log stands. */
  #last: number | null = null;
  #starting: Promise<void> | null = null;
  #hasEnded = false;
  #isClosed = false;
  #isRefreshing = false;
  #isStale = false;
  #failure: Error | null = null;

  constructor(reader: LogReader) {
    this.#reader = reader;
  }

  async *follow(after: number, signal: AbortSignal | undefined): AsyncGenerator<RunEvent, void, undefined> {
    let position = after;
    await (this.#starting ??= this.#start());
    const isOver = (): boolean => this.#isClosed || signal?.aborted === true;
    while (!isOver()) {
      if (this.#failure !== null) throw this.#failure;
      const batch = await this.#after(position);
      if (batch.length === 0) {
        if (this.#hasEnded && position >= (this.#last ?? 0)) return;
        await this.#news(position, signal);
      }
      for (const event of batch) {
        if (isOver()) return;
        position = event.seq;
        yield event;
        if (event.type === "finish") return;
      }
    }
  }

  /** Takes events that this process just committed. */
  push(events: readonly RunEvent[]): void {
    const fresh = events.filter((event) => event.seq > (this.#last ?? Number.POSITIVE_INFINITY));
    if (this.#last === null || (fresh[0] !== undefined && fresh[0].seq !== this.#last + 1)) this.refresh();
    else this.#accept(fresh);
  }

  /** Looks for events of other processes. Any number of calls while one read is under way cost one more read. */
  refresh(): void {
    this.#isStale = true;
    if (this.#last === null || this.#isRefreshing || this.#isClosed) return;
    this.#isRefreshing = true;
    void this.#readNews().finally(() => {
      this.#isRefreshing = false;
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  async #start(): Promise<void> {
    const end = await this.#reader.end();
    this.#last = end.lastSeq;
    this.#hasEnded = end.isFinal;
    if (this.#isStale) this.refresh();
  }

  async #readNews(): Promise<void> {
    try {
      while (this.#isStale && !this.#isClosed) {
        this.#isStale = false;
        const events = await this.#reader.read(this.#last ?? 0);
        this.#accept(events.filter((event) => event.seq > (this.#last ?? 0)));
        if (events.length > 0) this.#isStale = true;
      }
    } catch (error) {
      if (error instanceof BridleError && error.retryable) setTimeout(() => this.refresh(), RETRY_MS).unref();
      else
        this.#failure =
          error instanceof Error ? error : new InternalError(`reading a run log failed: ${String(error)}`);
      this.#wake();
    }
  }

  /** Events that follow on `#last`. */
  #accept(events: readonly RunEvent[]): void {
    const last = events.at(-1);
    if (last === undefined) return;
    this.#window.push(...events);
    this.#windowChars += charsOf(events);
    this.#last = last.seq;
    this.#hasEnded ||= events.some((event) => event.type === "finish");
    if (this.#window.length > WINDOW_EVENTS || this.#windowChars > WINDOW_CHARS) this.#trim();
    this.#wake();
  }

  /** Half of the window goes at once, so that trimming stays rare. */
  #trim(): void {
    const kept: RunEvent[] = [];
    let chars = 0;
    for (const event of this.#window.toReversed()) {
      chars += charsOf([event]);
      if (kept.length >= WINDOW_EVENTS / 2 || chars > WINDOW_CHARS / 2) break;
      kept.unshift(event);
    }
    this.#window = kept;
    this.#windowChars = charsOf(kept);
  }

  async #after(position: number): Promise<readonly RunEvent[]> {
    if (position >= (this.#last ?? 0)) return [];
    const first = this.#window[0]?.seq ?? Number.POSITIVE_INFINITY;
    if (position >= first - 1) return this.#window.slice(position - first + 1);
    try {
      return await this.#readShared(position);
    } catch (error) {
      if (this.#isClosed) return [];
      throw error;
    }
  }

  /** Followers that start at the same place at the same time share one read. */
  async #readShared(after: number): Promise<readonly RunEvent[]> {
    const running = this.#reads.get(after);
    if (running !== undefined) return await running;
    const read = this.#reader.read(after).finally(() => this.#reads.delete(after));
    this.#reads.set(after, read);
    return await read;
  }

  async #news(position: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#isClosed || signal?.aborted === true || this.#failure !== null || position < (this.#last ?? 0)) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal?.addEventListener("abort", wake);
    });
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}

/** What a window may hold before followers must read older events from the store again. */
const WINDOW_EVENTS = 512;
const WINDOW_CHARS = 1024 * 1024;
const RETRY_MS = 250;

/** About the size of events in memory: their long texts are what counts. */
function charsOf(events: readonly RunEvent[]): number {
  return events.reduce((sum, event) => sum + JSON.stringify(event).length, 0);
}
