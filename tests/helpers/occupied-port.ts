import { once } from "node:events";
import { createServer } from "node:net";
import { onTestFinished } from "vitest";

/** Listens on a port until the test ends: on this one, or on any. */
export async function occupiedPort(wanted = 0): Promise<number> {
  const server = createServer().listen(wanted, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
  const address = server.address();
  if (typeof address === "object" && address !== null) return address.port;
  throw new Error(`nothing listens on port ${wanted}`);
}
