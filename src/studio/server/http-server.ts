import { createServer, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { InputError, InternalError, StateError } from "../../protocol/errors.ts";
import { bindHost } from "./bind-host.ts";
import { closeServer } from "./close-server.ts";
import { createApp } from "./create-app.ts";
import type { HttpServerOptions } from "./http-server-options.ts";
import { createOpenStreams } from "./open-streams.ts";
import { servedAddresses, urlHost } from "./served-addresses.ts";
import {
  HEADERS_TIMEOUT_MS,
  KEEP_ALIVE_MS,
  OPEN_CONNECTIONS,
  OPEN_STREAMS,
  REQUEST_TIMEOUT_MS,
  TIMEOUT_CHECK_MS,
} from "./server-limits.ts";

/** A server that listens. */
export interface HttpServer {
  /** Where to call it. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Takes no more requests, ends the event streams, and resolves when all connections are closed, within two seconds. */
  close(): Promise<void>;
}

const LOOPBACK = "127.0.0.1";

/** Serves runtimes over HTTP, to callers on this machine that have the token unless the options say otherwise. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  if (options.token.trim() === "")
    throw new InputError("INPUT_INVALID", "The HTTP server needs a token that is not blank.");
  const bound = await bindHost(options.host ?? LOOPBACK, options.dangerouslyBindAll ?? false);
  const server = createServer({
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: TIMEOUT_CHECK_MS,
  });
  server.maxConnections = OPEN_CONNECTIONS;
  const port = await listen(server, { host: bound, port: options.port });

  // The port is known only now; no request is read before this turn of the event loop ends.
  const streams = createOpenStreams(OPEN_STREAMS);
  const addresses = servedAddresses({ ...options, host: bound, port });
  const app = createApp({ ...options, addresses, streams, isServing: () => server.listening });
  server.on("request", getRequestListener(app.fetch, { overrideGlobalObjects: false }));

  const host = bound ?? LOOPBACK;
  return {
    url: `http://${urlHost(host)}:${port}`,
    host,
    port,
    close: () => closeServer(server, streams),
  };
}

interface Address {
  /** Null listens on all interfaces. */
  readonly host: string | null;
  readonly port: number;
}

/** Resolves with the port that was taken. */
function listen(server: Server, { host, port }: Address): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(listenError(error, { host, port })));
    server.once("listening", () => resolve(portOf(server)));
    server.listen({ port, ...(host === null ? {} : { host }) });
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address === "object" && address !== null) return address.port;
  throw new InternalError("A server that listens on a port has no port.");
}

function listenError(error: NodeJS.ErrnoException, { host, port }: Address): Error {
  const where = `${urlHost(host ?? "*")}:${port}`;
  if (error.code === "EADDRINUSE") {
    return new StateError("PORT_IN_USE", `Port ${port} is in use: another process listens on ${where}.`, {
      hint: `Stop that process, or choose another port with --port; 0 takes any free one.`,
      cause: error,
    });
  }
  return new StateError("HOST_REFUSED", `The HTTP server cannot listen on ${where}: ${error.message}.`, {
    hint: "Name an address of this machine, such as 127.0.0.1, and a port from 1024 on.",
    cause: error,
  });
}
