/** A process that starts the embedded server of a folder, says so on a line, and stops it when its stdin ends. */
import { startEmbeddedServer } from "../../src/runtime/temporal/embedded-server.ts";

const [home = "", cli = ""] = process.argv.slice(2);
const server = await startEmbeddedServer({ home, cli });
console.log(JSON.stringify({ pid: server.pid, address: server.address, reused: server.reused }));
process.stdin.resume().once("end", () => void server.stop());
