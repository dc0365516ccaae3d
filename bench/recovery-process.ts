/** A process with a worker of the recovery bench, to be killed. Ends with its stdin, so that none outlives the bench. */
import { createRuntime } from "bridle";
import { recoveryApp, recoveryOptions } from "./recovery-app.ts";

const [home = "", address = "", heartbeatMs = ""] = process.argv.slice(2);
const runtime = createRuntime(recoveryApp, recoveryOptions({ home, address, heartbeatMs: Number(heartbeatMs) }));
process.stdin.resume().once("end", () => process.exit());
await runtime.ready();
console.log("ready");
