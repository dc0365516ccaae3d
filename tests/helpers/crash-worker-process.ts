/** A worker process for tests that end it by force: says `ready` on a line once it polls, and stops on SIGTERM or when its stdin ends. */
import { openStateStore } from "../../src/state/open-state-store.ts";
import { startWorker } from "../../src/worker/start-worker.ts";
import { CrashWorkerSetup, workerSetup } from "./crash-worker.ts";

const setup = CrashWorkerSetup.parse(JSON.parse(process.argv[2] ?? ""));
const store = await openStateStore({ url: setup.store });
const worker = await startWorker({ ...workerSetup(setup), store });
process.once("SIGTERM", () => void worker.stop());
process.stdin.resume().once("end", () => process.exit(1));
console.log("ready");
await worker.finished;
await store.close();
process.exit(0);
