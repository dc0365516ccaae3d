import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { type EmbeddedServer, startEmbeddedServer } from "../../src/runtime/temporal/embedded-server.ts";
import { locateTemporalCli } from "../../src/runtime/temporal/locate-temporal-cli.ts";
import { answersWithin } from "../../src/runtime/temporal/probe-server.ts";
import { isAlive } from "../../src/runtime/temporal/server-process.ts";
import { readServerRecord, writeServerRecord } from "../../src/runtime/temporal/server-record.ts";
import { ROOT } from "./source-files.ts";

/** A Temporal server of one test, with files that outlive a kill. */
export interface OwnServer extends AsyncDisposable {
  readonly address: string;
  /** Ends the server without a word. */
  kill(): void;
  /** Starts it again on the same files and ports. */
  restart(): Promise<void>;
}

/** Starts a server in a folder of its own; `settings` are Temporal's dynamic configuration, as `key=value`. */
export async function startOwnServer(settings: readonly string[] = []): Promise<OwnServer> {
  const home = mkdtempSync(join(tmpdir(), "bridle-server-"));
  const cli = withSettings(
    home,
    await locateTemporalCli({ env: process.env, home: join(ROOT, ".cache"), allowFetch: false }),
    settings,
  );
  let server: EmbeddedServer = await startEmbeddedServer({ home, cli });
  return {
    address: server.address,
    kill: () => void process.kill(server.pid, "SIGKILL"),
    async restart() {
      // A server that is killed may answer for a moment yet, and would be taken for one that runs.
      await vi.waitUntil(() => !isAlive(server.pid), { timeout: GONE_WITHIN_MS, interval: 10 });
      const { address } = server;
      const record = readServerRecord(home);
      for (let attempt = 1; ; attempt++) {
        server = await startEmbeddedServer({ home, cli });
        if (server.address === address && (await answersWithin(ANSWER_MS, address))) return;
        const said = readFileSync(server.logFile, "utf8").slice(-SAID_CHARS);
        console.warn(`The server is not back at ${address} but was at ${server.address}:\n${said}`);
        if (attempt === RESTARTS || record === undefined)
          throw new Error(`The server did not come back at ${address}.`);
        // Its port was taken for a moment: the next start shall look for the same one.
        await server.stop();
        writeServerRecord(home, record);
      }
    },
    async [Symbol.asyncDispose]() {
      await server.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

const GONE_WITHIN_MS = 30_000;
const ANSWER_MS = 2_000;
const RESTARTS = 5;
const SAID_CHARS = 2_000;

/** A command that starts the server with more settings than the product has use for. */
function withSettings(home: string, cli: string, settings: readonly string[]): string {
  if (settings.length === 0) return cli;
  const wrapper = join(home, "temporal");
  const values = settings.map((setting) => `--dynamic-config-value '${setting}'`).join(" ");
  writeFileSync(wrapper, `#!/bin/sh\nexec '${cli}' "$@" ${values}\n`, { mode: 0o700 });
  return wrapper;
}
