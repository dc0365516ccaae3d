import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startEmbeddedServer } from "../src/runtime/temporal/embedded-server.ts";
import { locateTemporalCli } from "../src/runtime/temporal/locate-temporal-cli.ts";
import type { CrashPlace } from "./crash-app.ts";
import { type EffectTarget, startEffectTarget } from "./effect-target.ts";

/** A server that can be killed and a target that outlives it, in a folder of their own. */
export interface CrashLab extends AsyncDisposable {
  readonly target: EffectTarget;
  /** Kills the server and starts it again on the same files. */
  restart(): Promise<void>;
  /** Where a worker finds both now: a restarted server may be at another port. */
  place(guarantee: CrashPlace["guarantee"]): CrashPlace;
}

/** Opens a lab; disposing of it stops the server and the target. */
export async function openCrashLab(): Promise<CrashLab> {
  const home = mkdtempSync(join(tmpdir(), "bridle-crash-bench-"));
  const cli = await locateTemporalCli({ env: process.env, home, onProgress: console.log });
  const target = await startEffectTarget();
  let server = await startEmbeddedServer({ home, cli });
  return {
    target,
    async restart() {
      process.kill(server.pid, "SIGKILL");
      server = await startEmbeddedServer({ home, cli });
    },
    place: (guarantee) => ({ home, address: server.address, targetUrl: target.url, guarantee }),
    async [Symbol.asyncDispose]() {
      await server.stop();
      await target[Symbol.asyncDispose]();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Starts a worker process and waits until it is ready; with a crash point it kills itself there. */
export async function startCrashWorker(place: CrashPlace, crashPoint?: string): Promise<ChildProcess> {
  const program = fileURLToPath(new URL("./crash-process.ts", import.meta.url));
  const worker = spawn(process.execPath, [program, place.home, place.address, place.targetUrl, place.guarantee], {
    env: { ...process.env, ...(crashPoint === undefined ? {} : { BRIDLE_CRASHPOINT: crashPoint }) },
    stdio: ["pipe", "pipe", "inherit"],
  });
  await Promise.race([once(createInterface({ input: worker.stdout }), "line"), once(worker, "exit")]);
  return worker;
}
