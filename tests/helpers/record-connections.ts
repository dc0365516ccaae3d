/** Loaded into a process with --import: every address that its JavaScript connects to becomes a line of CONNECTIONS_LOG. */
import diagnostics from "node:diagnostics_channel";
import { appendFileSync } from "node:fs";
import { Socket } from "node:net";

const log = process.env["CONNECTIONS_LOG"] ?? "connections.log";

diagnostics.subscribe("net.client.socket", (message) => {
  if (typeof message !== "object" || message === null || !("socket" in message)) return;
  const { socket } = message;
  if (!(socket instanceof Socket)) return;
  socket.on("connectionAttempt", (address: string, port: number) => appendFileSync(log, `${address}:${port}\n`));
});
