import { randomUUID } from "node:crypto";
import pg from "pg";

/**
 * How processes on one Postgres tell each other that a run has new events: NOTIFY after the commit, so that no writer waits for
 * it, and LISTEN on a connection of its own. A lost notice only costs time: everything is looked at again once a second.
 */
export class PostgresNews {
  readonly #pool: pg.Pool;
  readonly #config: pg.ClientConfig;
  readonly #pollMs: number;
  /** Puts stores of other schemas and this process's own notices apart. */
  readonly #prefix: string;
  readonly #origin = randomUUID();
  readonly #pending = new Set<string>();
  #sending: Promise<void> | null = null;
  #listener: pg.Client | null = null;
  #connecting: Promise<void> | null = null;
  #onNews: ((topic: string | null) => void) | null = null;
  #isClosed = false;

  constructor(
    pool: pg.Pool,
    config: pg.ClientConfig,
    options: { readonly schema: string | null; readonly pollMs: number },
  ) {
    this.#pool = pool;
    this.#config = config;
    this.#pollMs = Math.max(options.pollMs, FALLBACK_POLL_MS);
    this.#prefix = options.schema ?? "";
  }

  announce(topic: string): void {
    if (this.#isClosed) return;
    this.#pending.add(topic);
    this.#sending ??= this.#send();
  }

  /** One watcher at a time; the connection is kept for the next one. */
  watch(onNews: (topic: string | null) => void): () => void {
    this.#onNews = onNews;
    this.#connect();
    const timer = setInterval(() => {
      this.#connect();
      onNews(null);
    }, this.#pollMs);
    timer.unref();
    return () => {
      clearInterval(timer);
      this.#onNews = null;
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#sending;
    await this.#connecting;
    await this.#listener?.end();
  }

  async #send(): Promise<void> {
    while (this.#pending.size > 0) {
      const payloads = Array.from(this.#pending, (topic) => `${this.#origin} ${this.#prefix} ${topic}`);
      this.#pending.clear();
      try {
        await this.#pool.query("select pg_notify($1, payload) from unnest($2::text[]) as payload", [CHANNEL, payloads]);
      } catch {
        // A notice is only a hint: readers poll as well, and whoever writes next gets the error itself.
      }
    }
    this.#sending = null;
  }

  #connect(): void {
    if (this.#listener !== null || this.#isClosed) return;
    this.#connecting ??= this.#listen().finally(() => {
      this.#connecting = null;
    });
  }

  async #listen(): Promise<void> {
    const client = new pg.Client(this.#config);
    client.on("error", () => this.#drop(client));
    client.on("end", () => this.#drop(client));
    client.on("notification", (message) => this.#receive(message.payload ?? ""));
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      this.#listener = client;
      this.#onNews?.(null);
    } catch {
      // The next tick tries again; until then readers poll.
      await client.end().catch(() => {});
    }
  }

  #drop(client: pg.Client): void {
    if (this.#listener === client) this.#listener = null;
  }

  #receive(payload: string): void {
    const [origin, prefix, topic] = payload.split(" ");
    if (origin === this.#origin || prefix !== this.#prefix || topic === undefined) return;
    this.#onNews?.(topic);
  }
}

const CHANNEL = "bridle_run_events";
const FALLBACK_POLL_MS = 1000;
