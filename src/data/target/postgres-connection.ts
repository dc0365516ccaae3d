import { Socket } from "node:net";
import pg from "pg";
import { QUERY_LOCK_TIMEOUT_MS } from "../../protocol/limits/query.ts";

/** The one connection of a query process. It is kept between queries and dropped after any error that is not the statement's. */
export class PostgresConnection {
  readonly #url: string;
  #client: pg.Client | undefined;
  #socket: Socket | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  /** Bytes that came from the server since it was opened. */
  get bytesRead(): number {
    return this.#socket?.bytesRead ?? 0;
  }

  /** Ends the connection at once, whatever the driver is reading. */
  break(): void {
    this.#socket?.destroy();
  }

  /** Runs the work on the connection; one that the server closed meanwhile is replaced before anything ran on it. */
  async use<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> {
    const client = await this.#ready();
    try {
      return await work(client);
    } catch (error) {
      this.#client = undefined;
      this.break();
      throw error;
    }
  }

  async #ready(): Promise<pg.Client> {
    if (this.#client !== undefined && this.#socket?.destroyed === false) {
      const answered = await this.#client.query("SELECT 1").then(
        () => true,
        () => false,
      );
      if (answered) return this.#client;
    }
    this.break();
    this.#client = undefined;
    return await this.#connect();
  }

  async #connect(): Promise<pg.Client> {
    const socket = new Socket();
    const client = new pg.Client({
      connectionString: this.#url,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      application_name: "bridle",
      stream: () => socket,
      types: { getTypeParser: () => (value: unknown) => value },
    });
    // A broken connection fails its query; without a listener it would end the process as well.
    client.on("error", () => {});
    this.#socket = socket;
    await client.connect();
    await client.query(NOTICE_LOST_CLIENTS);
    this.#client = client;
    return client;
  }
}

const CONNECT_TIMEOUT_MS = 2 * QUERY_LOCK_TIMEOUT_MS;
/** Since Postgres 14 the server can notice that its client is gone, and stop the query. */
const NOTICE_LOST_CLIENTS =
  "SELECT pg_catalog.set_config(name, '500', false) FROM pg_catalog.pg_settings WHERE name = 'client_connection_check_interval'";
