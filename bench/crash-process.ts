/** A worker of the crash bench, to be killed. Ends with its stdin, so that none outlives the bench. */
import { createRuntime } from "bridle";
import { crashApp, crashOptions } from "./crash-app.ts";

const [home = "", address = "", targetUrl = "", guarantee = ""] = process.argv.slice(2);
const place = { home, address, targetUrl, guarantee: guarantee === "keyed" ? "keyed" : "none" } as const;
const runtime = createRuntime(crashApp, crashOptions(place));
process.stdin.resume().once("end", () => process.exit());
await runtime.ready();
console.log("ready");
