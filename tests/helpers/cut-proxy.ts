import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A way to the server that can be cut, as a network would be. */
export interface CutProxy extends AsyncDisposable {
  readonly address: string;
  /** Closes every connection; new ones are let through. */
  cut(): void;
  /** Closes every connection and refuses new ones; the returned function lets them through again. */
  refuse(): Promise<() => Promise<void>>;
  /** Holds back every byte, as a server that is too busy to answer would; the returned function lets them go on. */
  hold(): () => void;
  /** What clients sent and was not passed on. */
  heldBytes(): number;
}

/** Passes bytes on to `address` (host:port). */
export async function startCutProxy(address: string): Promise<CutProxy> {
  const [host = "127.0.0.1", port = "0"] = address.split(":");
  const sockets = new Set<Socket>();
  const pipes = new Set<readonly [Socket, Socket]>();
  let isHeld = false;
  const server = createServer((inner) => {
    const outer = connect({ host, port: Number(port) });
    for (const pipe of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      const [from, to] = pipe;
      pipes.add(pipe);
      sockets.add(from);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        pipes.delete(pipe);
        to.destroy();
      });
      if (!isHeld) from.pipe(to);
    }
  });
  const cut = (): void => sockets.forEach((socket) => socket.destroy());
  const listen = (at: number): Promise<unknown> => once(server.listen(at, "127.0.0.1"), "listening");
  await listen(0);
  const own = server.address();
  const ownPort = typeof own === "object" && own !== null ? own.port : 0;
  return {
    address: `127.0.0.1:${ownPort}`,
    cut,
    async refuse() {
      server.close();
      cut();
      await once(server, "close");
      return async () => void (await listen(ownPort));
    },
    hold() {
      isHeld = true;
      pipes.forEach(([from, to]) => from.unpipe(to));
      return () => {
        isHeld = false;
        pipes.forEach(([from, to]) => from.pipe(to));
      };
    },
    heldBytes: () => (isHeld ? [...pipes].reduce((bytes, [from]) => bytes + from.readableLength, 0) : 0),
    async [Symbol.asyncDispose]() {
      server.close();
      cut();
      await once(server, "close");
    },
  };
}
