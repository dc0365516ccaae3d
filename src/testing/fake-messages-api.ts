import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FakeHttpError, FakeReply } from "./fake-reply.ts";
import { type FakeDeltaSent, sendFakeError, sendFakeReply } from "./fake-reply-sender.ts";
import { checkFakeRequest } from "./fake-request-check.ts";
import { unknownFields } from "./unknown-fields.ts";

/** A request that the fake Messages API received. */
export interface FakeRequest {
  readonly index: number;
  /** Without the headers that carry a key. */
  readonly headers: { readonly [name: string]: string };
  readonly hasKey: boolean;
  readonly body: FakeRequestBody;
  /** The body as it was sent, byte for byte. */
  readonly bodyText: string;
  /** Which TCP connection it came over: 0 for the first. */
  readonly connection: number;
  /** How it ended: answered to the end, or with the connection closed before that. */
  readonly ended: Promise<"answered" | "closed">;
}

/** The parsed body of a request; only what tests usually look at has a type. */
export interface FakeRequestBody {
  readonly model?: string;
  readonly stream?: boolean;
  readonly messages?: readonly { readonly role: string; readonly content: unknown }[];
  readonly [field: string]: unknown;
}

/** Options of the fake Messages API. */
export interface FakeMessagesApiOptions {
  /** Default: a free port. */
  readonly port?: number;
  /** Refuses any other key with 401. Default: any key will do. */
  readonly apiKey?: string;
  /** Refuses requests that the real API refuses (unanswered tool calls, empty blocks, …). Default true. */
  readonly isStrict?: boolean;
  /** Called right after each content delta went out; for measuring how long it takes to arrive somewhere. */
  readonly onDeltaSent?: (delta: FakeDeltaSent) => void;
}

/** A running fake of the Messages API. */
export interface FakeMessagesApi {
  /** Base URL for a client. */
  readonly url: string;
  /** Everything asked so far, in order. */
  readonly requests: readonly FakeRequest[];
  /** Queues replies; each answers one request. */
  reply(...replies: readonly FakeReply[]): void;
  /** Answers every request for which no reply is queued. */
  respond(handler: (request: FakeRequest, index: number) => FakeReply | Promise<FakeReply>): void;
  /** Stops listening and closes every connection. */
  close(): Promise<void>;
}

/**
 * Starts a real HTTP server on 127.0.0.1 that speaks the wire format of `POST /v1/messages`, streaming and not. Use it to test
 * an app against the real provider code without a key, including everything that can go wrong on the way.
 *
 * @example
 * ```ts
 * import { startFakeMessagesApi } from "bridle/testing";
 *
 * const api = await startFakeMessagesApi();
 * api.reply({ toolCalls: [{ name: "list_products", args: {} }] }, { text: "There are 12 products." });
 * // Run an app with ANTHROPIC_BASE_URL, or providers.anthropic.baseURL, set to api.url and any key.
 * console.log(api.requests.length);
 * await api.close();
 * ```
 */
export async function startFakeMessagesApi(options: FakeMessagesApiOptions = {}): Promise<FakeMessagesApi> {
  const requests: FakeRequest[] = [];
  const queue: FakeReply[] = [];
  const connections = new Map<Socket, number>();
  let handler: Parameters<FakeMessagesApi["respond"]>[0] = nothingToSay;

  const server = createServer((request, response) => {
    void handle(request, response).catch((error: unknown) =>
      response.destroy(error instanceof Error ? error : undefined),
    );
  });

  async function handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const bodyText = await readBody(message);
    const body = parseBody(bodyText);
    const connection = connectionOf(message.socket, connections);
    const request = record({ message, response, body: body ?? {}, bodyText, index: requests.length, connection });
    requests.push(request);
    response.setHeader("request-id", `req_fake_${request.index}`);
    const refusal = refuse(message, body, options);
    if (refusal !== undefined) return sendFakeError(response, refusal);
    const reply = queue.shift() ?? (await handler(request, request.index));
    const mistyped = unknownFields(reply);
    if (mistyped !== undefined) {
      return sendFakeError(response, { status: 400, type: "invalid_request_error", message: mistyped });
    }
    const answered = { index: request.index, model: request.body.model ?? "unknown" };
    await sendFakeReply(response, reply, {
      answered,
      isStreaming: request.body.stream === true,
      onDeltaSent: options.onDeltaSent,
    });
  }

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    requests,
    reply(...replies) {
      const mistyped = replies.map(unknownFields).find((found) => found !== undefined);
      if (mistyped !== undefined) throw new TypeError(mistyped);
      queue.push(...replies);
    },
    respond: (next) => void (handler = next),
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

/** Loud and not worth retrying: a test forgot to say what comes next. */
function nothingToSay(_request: FakeRequest, index: number): FakeReply {
  return {
    error: { status: 400, type: "invalid_request_error", message: `fake Messages API: no reply for request ${index}` },
  };
}

function refuse(
  message: IncomingMessage,
  body: FakeRequestBody | undefined,
  options: FakeMessagesApiOptions,
): FakeHttpError | undefined {
  if (message.method !== "POST" || message.url?.split("?")[0] !== "/v1/messages") {
    return { status: 404, type: "not_found_error", message: "only POST /v1/messages is here" };
  }
  const key = keyOf(message);
  if (key === undefined || (options.apiKey !== undefined && key !== options.apiKey)) {
    return {
      status: 401,
      type: "authentication_error",
      message: key === undefined ? "a key is required" : "invalid key",
    };
  }
  const complaint =
    body === undefined
      ? "the request body is not valid JSON"
      : options.isStrict === false
        ? undefined
        : checkFakeRequest(body);
  return complaint === undefined ? undefined : { status: 400, type: "invalid_request_error", message: complaint };
}

function keyOf({ headers }: IncomingMessage): string | undefined {
  const header = headers["x-api-key"] ?? headers.authorization?.replace(/^Bearer\s+/i, "");
  return typeof header === "string" && header !== "" ? header : undefined;
}

interface Received {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: FakeRequestBody;
  readonly bodyText: string;
  readonly index: number;
  readonly connection: number;
}

function record({ message, response, ...received }: Received): FakeRequest {
  const shown = Object.entries(message.headers).filter(([name]) => name !== "x-api-key" && name !== "authorization");
  const ended = new Promise<"answered" | "closed">((resolve) => {
    response.once("close", () => resolve(response.writableFinished ? "answered" : "closed"));
  });
  return {
    ...received,
    headers: Object.fromEntries(shown.map(([name, value]) => [name, String(value)])),
    hasKey: keyOf(message) !== undefined,
    ended,
  };
}

function connectionOf(socket: Socket, known: Map<Socket, number>): number {
  const number = known.get(socket) ?? known.size;
  known.set(socket, number);
  return number;
}

async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: string[] = [];
  message.setEncoding("utf8");
  for await (const chunk of message) chunks.push(String(chunk));
  return chunks.join("");
}

function parseBody(text: string): FakeRequestBody | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isBody(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

// Only the kind is checked: what the fields hold is for the strict check, and tests may send anything without it.
function isBody(value: unknown): value is FakeRequestBody {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
