import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Environment } from "../../environment.ts";
import { approvalProof } from "../../runtime/approvals/approval-proof.ts";
import { bindRuntime, type Runtime } from "../../runtime/bind-runtime.ts";
import { openSession, type Session } from "../../runtime/session.ts";
import { startEmbeddedServer } from "../../runtime/temporal/embedded-server.ts";
import { locateTemporalCli } from "../../runtime/temporal/locate-temporal-cli.ts";
import type { HostedApp } from "../../specs/hosted-app.ts";
import { type CrashWorker, startCrashWorker } from "./start-crash-worker.ts";
import { CRASH_KNOBS, type CrashWorkerSetup } from "./worker-setup.ts";

/** What a lab is opened for. */
export interface CrashLabOptions {
  readonly app: string;
  readonly folder: string;
  readonly env: Environment;
  readonly hosted: HostedApp;
  /** The project's data folder, which may hold the `temporal` command; nothing of it is touched. */
  readonly projectHome: string;
  readonly onProgress: (line: string) => void;
}

/** A throw-away home with a Temporal server, a store and a client of its own; workers are other processes. */
export interface CrashLab extends AsyncDisposable {
  readonly hosted: HostedApp;
  readonly env: Environment;
  /** A place for one run: a queue of its own, so that workers of another cannot take its work. */
  open(name: string): Promise<CrashPlace>;
}

/** Where one run happens. */
export interface CrashPlace extends AsyncDisposable {
  readonly runtime: Runtime;
  readonly session: Session;
  readonly callLog: string;
  startWorker(crashPoint: string | null): Promise<CrashWorker>;
}

/** Makes the home and starts the server. Disposing ends the server and removes everything. */
export async function openCrashLab(options: CrashLabOptions): Promise<CrashLab> {
  const { env, projectHome, onProgress } = options;
  const cli = await locateTemporalCli({ env, home: projectHome, onProgress });
  const home = mkdtempSync(join(tmpdir(), "bridle-crashtest-"));
  try {
    const server = await startEmbeddedServer({ home, cli });
    const hosted = { ...options.hosted, approvals: approvalProof("open", () => []) };
    return {
      hosted,
      env,
      open: (name) => openPlace({ ...options, hosted }, { home, address: server.address, name }),
      async [Symbol.asyncDispose]() {
        await server.stop();
        rmSync(home, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(home, { recursive: true, force: true });
    throw error;
  }
}

interface PlaceParts {
  readonly home: string;
  readonly address: string;
  readonly name: string;
}

async function openPlace(options: CrashLabOptions, { home, address, name }: PlaceParts): Promise<CrashPlace> {
  const { app, folder, env, hosted } = options;
  const { workspace } = hosted;
  const callLog = join(home, `${name}.calls`);
  const setup: CrashWorkerSetup = { app, folder, workspace, home, address, taskQueue: name, callLog };
  const temporal = { address, taskQueue: name };
  const session = await openSession({ env, home, hosted: [], startServer: false, temporal, knobs: CRASH_KNOBS });
  const workers: CrashWorker[] = [];
  return {
    session,
    runtime: bindRuntime(hosted, { open: async () => session, close: async () => undefined }),
    callLog,
    async startWorker(crashPoint) {
      const worker = await startCrashWorker(setup, crashPoint);
      workers.push(worker);
      return worker;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(workers.map((worker) => worker.kill()));
      await session.close();
    },
  };
}
