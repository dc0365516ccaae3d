import { createServer } from "node:net";
import type { ServerPorts } from "./server-record.ts";

/** A port for each listener of the server: the one of the last start if it is free, else any free one. */
export async function choosePorts(remembered: ServerPorts | undefined): Promise<ServerPorts> {
  // One after the other: two looks at once could be given the same port.
  const grpc = await freePort(remembered?.grpc);
  const ui = await freePort(remembered?.ui);
  const http = await freePort(remembered?.http);
  const metrics = await freePort(remembered?.metrics);
  return { grpc, ui, http, metrics };
}

async function freePort(preferred: number | undefined): Promise<number> {
  const port = preferred === undefined ? undefined : await tryPort(preferred);
  if (port !== undefined) return port;
  const any = await tryPort(0);
  if (any === undefined) throw new Error("no free port on 127.0.0.1");
  return any;
}

async function tryPort(port: number): Promise<number | undefined> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once("error", () => resolve(undefined));
    probe.listen(port, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" ? address?.port : undefined));
    });
  });
}
