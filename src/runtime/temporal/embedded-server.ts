/**
 * The Temporal server that a project runs for itself, one per data folder. Whoever started it stops it on a clean
 * exit. When its owner dies without one the server keeps running, and the next start adopts it instead of racing it:
 * two servers on one database file would corrupt what both promise.
 */
import { mkdirSync } from "node:fs";
import { join, relative } from "node:path";
import { StateError } from "../../protocol/errors.ts";
import { answersWithin } from "./probe-server.ts";
import { isServerOf } from "./server-identity.ts";
import { choosePorts } from "./server-ports.ts";
import { isAlive, launchServer, stopServer } from "./server-process.ts";
import { type RunningServer, type ServerPorts, readServerRecord, writeServerRecord } from "./server-record.ts";
import { withStartLock } from "./start-lock.ts";

/** How an embedded server is started. */
export interface EmbeddedServerOptions {
  /** The project's data folder; one server per folder. */
  readonly home: string;
  /** The `temporal` command. */
  readonly cli: string;
  /** `full` also survives a power cut, at about one and a half times the latency; `fast` survives every kill. */
  readonly durability?: "fast" | "full";
  /** The command that starts it again; the program that runs now unless said. */
  readonly startedBy?: string;
  /** False starts the server as it comes, for comparison. */
  readonly tuned?: boolean;
}

/** A server that answers. */
export interface EmbeddedServer {
  /** host:port of the gRPC endpoint. */
  readonly address: string;
  readonly uiUrl: string;
  readonly pid: number;
  readonly startedAt: string;
  readonly logFile: string;
  /** Whether it ran before this call. */
  readonly reused: boolean;
  /** Stops the server when this call started or adopted it; otherwise does nothing. */
  stop(): Promise<void>;
}

/** A busy machine can make a healthy server slow to answer. */
const PATIENCE_MS = 5000;
/** Where a longer look follows inside the lock, the first one need not wait. */
const ONE_LOOK_MS = 0;
/** A port can be taken between our look and the server's bind; then other ports are tried. */
const START_ATTEMPTS = 3;

/** The server of this data folder: the one that runs, adopted when its owner is gone, or else a new one. */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const { home } = options;
  const running = await adoptEmbeddedServer(home);
  if (running !== undefined) return running;
  refuseOddFolder(home);
  mkdirSync(join(home, "logs"), { recursive: true, mode: 0o700 });
  return withStartLock(lockOf(home), async () => {
    return (await liveServer(home)) ?? describe(home, await start(options), { reused: false, owns: true });
  });
}

/** The server reads the name of its database as an address, so these signs would put it into another folder. */
function refuseOddFolder(home: string): void {
  const odd = /[%?#]/.exec(home)?.[0];
  if (odd === undefined) return;
  throw new StateError("TEMPORAL_START_FAILED", `the data folder ${home} has a "${odd}" in its path`, {
    hint: "choose a data folder without %, ? and # in its path (`--data-dir`)",
  });
}

/** The server that runs for this data folder; this process becomes its owner when the former one is gone. */
export async function adoptEmbeddedServer(home: string): Promise<EmbeddedServer | undefined> {
  const record = await liveRecord(home, ONE_LOOK_MS);
  if (record === undefined) return undefined;
  if (isAlive(record.owner)) return describe(home, record, { reused: true, owns: false });
  return withStartLock(lockOf(home), async () => liveServer(home));
}

/** The server that runs for this data folder, if one does and answers; it stays its owner's. */
export async function findEmbeddedServer(home: string): Promise<EmbeddedServer | undefined> {
  const record = await liveRecord(home);
  return record === undefined ? undefined : describe(home, record, { reused: true, owns: false });
}

/** Only inside the lock: two processes must not both become the owner. */
async function liveServer(home: string): Promise<EmbeddedServer | undefined> {
  const record = await liveRecord(home);
  if (record === undefined) return undefined;
  if (isAlive(record.owner)) return describe(home, record, { reused: true, owns: false });
  const adopted = { ...record, owner: process.pid };
  writeServerRecord(home, adopted);
  return describe(home, adopted, { reused: true, owns: true });
}

async function liveRecord(home: string, patienceMs = PATIENCE_MS): Promise<RunningServer | undefined> {
  const record = readServerRecord(home);
  if (record?.status !== "running" || !isServerOf(home, record.pid)) return undefined;
  return (await answersWithin(patienceMs, addressOf(record.ports))) ? record : undefined;
}

async function start(options: EmbeddedServerOptions): Promise<RunningServer> {
  const { home } = options;
  const previous = readServerRecord(home);
  if (previous?.status === "running" && isServerOf(home, previous.pid)) await clearSilent(options, previous);
  for (let attempt = 1; ; attempt++) {
    const ports = await choosePorts(attempt === 1 ? previous?.ports : undefined);
    const launched = await launchServer({ ...options, ports, logFile: logFileOf(home) });
    if (launched.kind === "ready") {
      const { pid } = launched;
      const record = {
        status: "running",
        pid,
        owner: process.pid,
        ports,
        startedAt: new Date().toISOString(),
        startedBy: { command: options.startedBy ?? ownProgram(), folder: process.cwd() },
      } as const;
      writeServerRecord(home, record);
      return record;
    }
    if (!launched.portTaken || attempt === START_ATTEMPTS) throw startFailed(options, launched.reason);
  }
}

interface Relation {
  readonly reused: boolean;
  readonly owns: boolean;
}

/** A server that runs and does not answer holds the database file; a second one beside it is never right. */
async function clearSilent(options: EmbeddedServerOptions, { pid, owner }: RunningServer): Promise<void> {
  if (isAlive(owner)) {
    throw startFailed(options, `process ${pid} serves this folder and does not answer; process ${owner} started it`);
  }
  await stopServer(pid);
}

function describe(home: string, record: RunningServer, { reused, owns }: Relation): EmbeddedServer {
  return {
    address: addressOf(record.ports),
    uiUrl: `http://127.0.0.1:${record.ports.ui}`,
    pid: record.pid,
    startedAt: record.startedAt,
    logFile: logFileOf(home),
    reused,
    stop: async () => (owns ? stopOwned(home, record.pid) : undefined),
  };
}

/** Reads the record again: the server may have been stopped, replaced or adopted since. */
async function stopOwned(home: string, pid: number): Promise<void> {
  const record = readServerRecord(home);
  if (record?.status !== "running" || record.pid !== pid || record.owner !== process.pid) return;
  await stopServer(pid);
  const { ports, startedBy } = record;
  writeServerRecord(home, { status: "stopped", ports, ...(startedBy === undefined ? {} : { startedBy }) });
}

/** Without its arguments, which may hold secrets. */
function ownProgram(): string {
  const [, script = ""] = process.argv;
  return `node ${relative(process.cwd(), script)}`.slice(0, PROGRAM_CHARS);
}

const PROGRAM_CHARS = 1000;

function addressOf(ports: ServerPorts): string {
  return `127.0.0.1:${ports.grpc}`;
}

function lockOf(home: string): string {
  return join(home, "temporal.lock");
}

function logFileOf(home: string): string {
  return join(home, "logs", "temporal.log");
}

function startFailed(options: EmbeddedServerOptions, reason: string): StateError {
  return new StateError("TEMPORAL_START_FAILED", `The Temporal server did not start (${options.cli}): ${reason}`, {
    hint: NO_ROOM.test(reason)
      ? `Free space on the disk of ${options.home} and start again; what was stored is kept.`
      : `Its log is ${logFileOf(options.home)}; a server of your own is used when TEMPORAL_ADDRESS names it.`,
  });
}

/** What SQLite and the system say when a file cannot grow. */
const NO_ROOM = /disk I\/O error|disk is full|no space left|file too large|quota exceeded/iu;
