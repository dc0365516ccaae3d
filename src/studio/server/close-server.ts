import type { Server } from "node:http";
import type { OpenStreams } from "./open-streams.ts";

/** How often a closing server looks for connections that became idle. */
const LOOK_MS = 50;

/** What ends with a server, and when. */
export interface CloseOptions {
  readonly streams: OpenStreams;
  readonly graceMs: number;
}

/** Stops a server: streams end at once, running requests get a moment, and what is left is cut. Safe to call again. */
export async function closeServer(server: Server, { streams, graceMs }: CloseOptions): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  streams.closeAll();
  // A kept connection is idle, and may go, as soon as its last answer is out.
  const look = setInterval(() => server.closeIdleConnections(), LOOK_MS);
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(look);
  clearTimeout(cut);
}
