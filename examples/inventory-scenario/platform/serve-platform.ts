import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type * as z from "zod";
import { platformPage } from "./page.ts";
import { PlatformRefusal, type Receipt } from "./platform.ts";
import type { PlatformDatabase } from "./platform-database.ts";
import { Fault, HoldbackBody, OrderBody, SealBody } from "./requests.ts";

/** How the platform is served. */
export interface ServeOptions {
  readonly port: number;
  readonly host?: string;
  /** Lets `POST /faults` break the next writes; for tests only. */
  readonly faults?: boolean;
}

/** A platform that answers. */
export interface ServedPlatform {
  readonly url: string;
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 128 * 1024 * 1024;
const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];

/** Serves the platform over HTTP: the writes, the book of effects, and a page for people. */
export async function servePlatform(database: PlatformDatabase, options: ServeOptions): Promise<ServedPlatform> {
  const site = new PlatformSite(database, options);
  const server = createServer((request, response) => void site.answer(request, response));
  const { host = "127.0.0.1", port } = options;
  await listen(server, port, host);
  const address = server.address();
  const bound = typeof address === "object" && address !== null ? address.port : port;
  return {
    url: `http://${host}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
}

class PlatformSite {
  readonly #database: PlatformDatabase;
  readonly #hasFaults: boolean;
  #faults: Fault[] = [];

  constructor(database: PlatformDatabase, options: ServeOptions) {
    this.#database = database;
    this.#hasFaults = options.faults ?? false;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#route(request, response);
    } catch (error) {
      const status = error instanceof PlatformRefusal ? error.status : 500;
      const message = error instanceof PlatformRefusal ? error.message : "The platform failed; nothing was applied.";
      if (!response.headersSent) send(response, status, { error: message });
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://platform");
    if (!LOOPBACK.includes(hostOf(request))) throw new PlatformRefusal(403, "This platform answers on loopback only.");
    const route = `${request.method} ${url.pathname}`;
    const seal = /^POST \/plans\/([^/]+)\/seal$/u.exec(route);
    if (seal?.[1] !== undefined) {
      this.#database.seal(decodeURIComponent(seal[1]), (await body(request, SealBody)).minFence);
      return send(response, 200, { sealed: true });
    }
    switch (route) {
      case "POST /replenishments": {
        const order = await body(request, OrderBody);
        return this.#write(request, response, () => this.#database.replenish(order, delivery(request)));
      }
      case "POST /holdbacks": {
        const holdback = await body(request, HoldbackBody);
        return this.#write(request, response, () => this.#database.hold(holdback, delivery(request)));
      }
      case "POST /faults":
        if (!this.#hasFaults) break;
        this.#faults.push(await body(request, Fault));
        return send(response, 200, { faults: this.#faults.length });
      case "GET /effects":
        return send(response, 200, this.#effects(url.searchParams));
      case "GET /stock":
        return send(response, 200, { totals: this.#database.totals(), changed: this.#database.changed(100) });
      case "GET /healthz":
        return send(response, 200, { ok: true, products: this.#database.productCount() });
      case "GET /":
        return page(response, platformPage(this.#database));
    }
    throw new PlatformRefusal(404, `There is no ${route}.`);
  }

  async #write(request: IncomingMessage, response: ServerResponse, apply: () => Receipt): Promise<void> {
    const fault = this.#nextFault();
    if (fault?.kind === "delay") await delay(fault.delayMs);
    if (fault?.kind === "error-before") return send(response, 503, { error: "The platform is busy." });
    const receipt = apply();
    if (fault?.kind === "commit-then-reset") return void request.socket.resetAndDestroy();
    response.setHeader("idempotency-replayed", String(receipt.replayed));
    send(response, 200, receipt);
  }

  #nextFault(): Fault | undefined {
    const [fault, ...later] = this.#faults;
    if (fault === undefined) return undefined;
    this.#faults = fault.times > 1 ? [{ ...fault, times: fault.times - 1 }, ...later] : later;
    return fault;
  }

  #effects(query: URLSearchParams): object {
    const planId = query.get("planId");
    const key = query.get("key");
    if (key !== null) return { effects: [this.#database.find(key)].filter((effect) => effect !== null), next: null };
    const limit = Math.min(Math.max(Number(query.get("limit") ?? 100) || 100, 1), 1_000);
    const after = Number(query.get("after") ?? 0) || 0;
    const effects = this.#database.effects({ ...(planId === null ? {} : { planId }), after, limit });
    return { effects, next: effects.length === limit ? (effects.at(-1)?.id ?? null) : null };
  }
}

/** A page elsewhere may know our port and send its own host name; only a browser that was pointed at us names loopback. */
function hostOf({ headers }: IncomingMessage): string {
  return (headers.host ?? "").replace(/:\d+$/u, "");
}

function delivery({ headers }: IncomingMessage): { readonly key: string; readonly fence: number | null } {
  const key = headers["idempotency-key"];
  if (typeof key !== "string" || key === "" || key.length > 255) {
    throw new PlatformRefusal(400, "A write needs an Idempotency-Key of at most 255 characters.");
  }
  if (headers["x-fence"] === undefined) return { key, fence: null };
  const fence = Number(headers["x-fence"]);
  if (!Number.isSafeInteger(fence) || fence < 0) throw new PlatformRefusal(400, "X-Fence must be a whole number.");
  return { key, fence };
}

async function body<Schema extends z.ZodType>(request: IncomingMessage, schema: Schema): Promise<z.infer<Schema>> {
  if (!(request.headers["content-type"] ?? "").startsWith("application/json")) {
    throw new PlatformRefusal(415, "Send JSON with content-type application/json.");
  }
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MAX_BODY_BYTES) throw new PlatformRefusal(413, `A body has at most ${MAX_BODY_BYTES} bytes.`);
    parts.push(part);
  }
  const parsed = schema.safeParse(json(Buffer.concat(parts).toString("utf8")));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new PlatformRefusal(400, `${issue?.path.join(".") ?? "body"}: ${issue?.message ?? "is not what was expected"}`);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new PlatformRefusal(400, "The body is no JSON.");
  }
}

function send(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify(value));
}

function page(response: ServerResponse, html: string): void {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
  response.writeHead(200, { "content-type": "text/html; charset=utf-8", "content-security-policy": policy });
  response.end(html);
}
