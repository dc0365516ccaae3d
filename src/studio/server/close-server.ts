import type { Server } from "node:http";
import type { OpenStreams } from "./open-streams.ts";
import { CLOSE_GRACE_MS, CLOSE_LOOK_MS } from "./server-limits.ts";

/** Stops a server: streams end at once, running requests get a moment, and what is left is cut. Safe to call again. */
export async function closeServer(server: Server, streams: OpenStreams): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  streams.closeAll();
  // A kept connection is idle, and may go, as soon as its last answer is out.
  const look = setInterval(() => server.closeIdleConnections(), CLOSE_LOOK_MS);
  const cut = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  await closed;
  clearInterval(look);
  clearTimeout(cut);
}
