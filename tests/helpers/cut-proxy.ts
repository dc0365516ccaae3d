import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A way to the server that can be cut, as a network would be. */
export interface CutProxy extends AsyncDisposable {
  readonly address: string;
  /** Closes every connection; new ones are let through. */
  cut(): void;
}

/** Passes bytes on to `address` (host:port). */
export async function startCutProxy(address: string): Promise<CutProxy> {
  const [host = "127.0.0.1", port = "0"] = address.split(":");
  const sockets = new Set<Socket>();
  const server = createServer((inner) => {
    const outer = connect({ host, port: Number(port) });
    for (const [from, to] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      sockets.add(from);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  const cut = (): void => sockets.forEach((socket) => socket.destroy());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const own = server.address();
  return {
    address: `127.0.0.1:${typeof own === "object" && own !== null ? own.port : 0}`,
    cut,
    async [Symbol.asyncDispose]() {
      server.close();
      cut();
      await once(server, "close");
    },
  };
}
