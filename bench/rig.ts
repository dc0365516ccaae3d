import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRuntime, type Runtime, type RuntimeOptions } from "bridle";
import { startEmbeddedServer } from "../src/runtime/temporal/embedded-server.ts";
import { locateTemporalCli } from "../src/runtime/temporal/locate-temporal-cli.ts";

/** A server in a folder of its own; disposing of it stops the server and removes the folder. */
export interface Rig extends AsyncDisposable {
  readonly home: string;
  readonly address: string;
}

/** Starts a server as a project gets it, or as it comes. */
export async function openRig({ tuned = true } = {}): Promise<Rig> {
  const home = mkdtempSync(join(tmpdir(), "bridle-bench-"));
  const remove = (): void => rmSync(home, { recursive: true, force: true });
  try {
    const cli = await locateTemporalCli({ env: process.env, home, onProgress: console.log });
    const server = await startEmbeddedServer({ home, cli, tuned });
    return {
      home,
      address: server.address,
      async [Symbol.asyncDispose]() {
        await server.stop();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

/** A runtime on a rig that closes itself. */
export async function openRuntime(
  rig: Rig,
  spec: Parameters<typeof createRuntime>[0],
  options: RuntimeOptions = {},
): Promise<Runtime & AsyncDisposable> {
  const runtime = createRuntime(spec, {
    home: rig.home,
    interpreter: "scripted",
    ...options,
    temporal: { address: rig.address, ...options.temporal },
  });
  await runtime.ready();
  return { ...runtime, [Symbol.asyncDispose]: () => runtime.close() };
}
