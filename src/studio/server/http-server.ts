import { createServer, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { InputError, InternalError, StateError } from "../../protocol/errors.ts";
import { bindHost } from "./bind-host.ts";
import { closeServer } from "./close-server.ts";
import { createApp } from "./create-app.ts";
import type { HttpServerOptions } from "./http-server-options.ts";
import { createOpenStreams } from "./open-streams.ts";
import { servedAddresses, urlHost } from "./served-addresses.ts";
import { SERVER_LIMITS } from "./server-limits.ts";

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
  checkOptions(options);
  const bound = await bindHost(options.host ?? LOOPBACK, options.dangerouslyBindAll ?? false);
  const limits = { ...SERVER_LIMITS, ...options.limits };
  const server = createServer({
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: limits.timeoutCheckMs,
  });
  server.maxConnections = limits.openConnections;
  const port = await listen(server, { host: bound, port: options.port });

  // The port is known only now; no request is read before this turn of the event loop ends.
  const streams = createOpenStreams(limits.openStreams);
  const addresses = servedAddresses({ ...options, host: bound, port });
  const app = createApp({ ...options, addresses, streams, limits, isServing: () => server.listening });
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  server.on("request", (incoming, outgoing) => void listener(incoming, outgoing));

  const host = bound ?? LOOPBACK;
  return {
    url: `http://${urlHost(host)}:${port}`,
    host,
    port,
    close: () => closeServer(server, { streams, graceMs: limits.closeGraceMs }),
  };
}

function checkOptions({ token, port }: HttpServerOptions): void {
  if (token.trim() === "") throw new InputError("INPUT_INVALID", "The HTTP server needs a token that is not blank.");
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return;
  throw new InputError("INPUT_INVALID", `The port must be a whole number from 0 to 65535; received ${port}.`);
}

interface Address {
  /** Null listens on all interfaces. */
  readonly host: string | null;
  readonly port: number;
}

/** Resolves with the port that was taken. */
async function listen(server: Server, address: Address): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", (error) => reject(listenError(error, address)));
  server.once("listening", resolve);
  server.listen(withHost(address));
  await promise;
  const taken = server.address();
  if (typeof taken === "object" && taken !== null) return taken.port;
  throw new InternalError("A server that listens on a port has no port.");
}

function withHost({ host, port }: Address): { port: number; host?: string } {
  return host === null ? { port } : { port, host };
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
