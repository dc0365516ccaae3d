import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Client, Connection } from "@temporalio/client";
import { afterEach, beforeEach, expect, test } from "vitest";
import * as z from "zod";
import {
  type EmbeddedServer,
  adoptEmbeddedServer,
  findEmbeddedServer,
  startEmbeddedServer,
} from "../../src/runtime/temporal/embedded-server.ts";
import { locateTemporalCli } from "../../src/runtime/temporal/locate-temporal-cli.ts";

const root = join(import.meta.dirname, "..", "..");
const cli = await locateTemporalCli({ env: process.env, home: join(root, ".cache"), allowFetch: false });

let home: string;
const started: EmbeddedServer[] = [];
const children: ChildProcess[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "bridle-embedded-"));
});

afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill("SIGKILL");
    await expect.poll(() => child.exitCode ?? child.signalCode).not.toBeNull();
  }
  for (const server of started.splice(0)) await server.stop();
  // A test that left a server behind left it without a living owner.
  await (await adoptEmbeddedServer(home))?.stop();
  rmSync(home, { recursive: true, force: true });
});

async function start(options: { readonly durability?: "full" } = {}): Promise<EmbeddedServer> {
  const server = await startEmbeddedServer({ home, cli, ...options });
  started.push(server);
  return server;
}

const Hello = z.strictObject({ pid: z.int(), address: z.string(), reused: z.boolean() });

async function startInAnotherProcess(): Promise<{ child: ChildProcess; hello: z.infer<typeof Hello> }> {
  const script = join(root, "tests", "helpers", "embedded-server-process.ts");
  const child = spawn(process.execPath, [script, home, cli], { stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  return { child, hello: Hello.parse(JSON.parse(String(line))) };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // ESRCH is the answer.
    return false;
  }
}

test("a stopped server is gone, and its next start keeps addresses and workflows", async () => {
  const first = await start();
  const connection = await Connection.connect({ address: first.address });
  await new Client({ connection }).workflow.start("anything", { taskQueue: "nobody", workflowId: "kept" });
  await connection.close();
  await first.stop();

  expect(isAlive(first.pid)).toBe(false);
  expect(await findEmbeddedServer(home)).toBeUndefined();

  const second = await start({ durability: "full" });
  const again = await Connection.connect({ address: second.address });
  const description = await new Client({ connection: again }).workflow.getHandle("kept").describe();
  await again.close();

  expect({ address: second.address, uiUrl: second.uiUrl }).toEqual({ address: first.address, uiUrl: first.uiUrl });
  expect(second.reused).toBe(false);
  expect(description.status.name).toBe("RUNNING");
});

test("the web UI answers at its address", async () => {
  const server = await start();

  const response = await fetch(server.uiUrl);

  expect(response.status).toBe(200);
});

test("files of the server are readable by their owner only", async () => {
  const server = await start();

  const modes = readdirSync(home, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(home, name)).isFile())
    .map((name) => [name, (statSync(join(home, name)).mode & 0o777).toString(8)]);

  expect(modes.map(([name]) => name)).toEqual(expect.arrayContaining(["temporal.db", "temporal.json"]));
  expect(modes.filter(([, mode]) => mode !== "600")).toEqual([]);
  expect((statSync(join(home, "logs")).mode & 0o777).toString(8)).toBe("700");
  await expect.poll(() => readFileSync(server.logFile, "utf8"), { timeout: 10_000 }).toContain("Server:");
});

test("a second start in the same process reuses the server, and its stop leaves it running", async () => {
  const first = await start();

  const second = await startEmbeddedServer({ home, cli });
  await second.stop();

  expect(second).toMatchObject({ pid: first.pid, address: first.address, reused: true });
  expect(await findEmbeddedServer(home)).toMatchObject({ pid: first.pid });
});

test("a server whose owner was killed keeps running, and the next start adopts and later stops it", async () => {
  const { child, hello } = await startInAnotherProcess();
  child.kill("SIGKILL");
  await once(child, "exit");

  expect(isAlive(hello.pid)).toBe(true);
  const adopted = await start();
  expect(adopted).toMatchObject({ pid: hello.pid, address: hello.address, reused: true });

  await adopted.stop();
  expect(isAlive(hello.pid)).toBe(false);
});

test("processes that start at once share one server", async () => {
  const all = await Promise.all([startInAnotherProcess(), startInAnotherProcess(), startInAnotherProcess()]);

  expect(new Set(all.map(({ hello }) => hello.pid)).size).toBe(1);
  expect(all.filter(({ hello }) => !hello.reused)).toHaveLength(1);
});

test("the lock of a process that died while starting is not waited for", async () => {
  const { child } = await startInAnotherProcess();
  child.stdin?.end();
  await once(child, "exit");
  writeFileSync(join(home, "temporal.lock"), `${child.pid} 0 0`);

  const server = await start();

  expect(server.reused).toBe(false);
});

test("a stranger that got the process id of a server that is gone is left alone", async () => {
  const stranger = spawn("sleep", ["60"]);
  children.push(stranger);
  const ports = { grpc: 9, http: 9, ui: 9, metrics: 9 };
  const record = { status: "running", pid: stranger.pid, owner: 1, ports, startedAt: new Date().toISOString() };
  writeFileSync(join(home, "temporal.json"), JSON.stringify(record));

  const server = await start();

  expect(server.reused).toBe(false);
  expect(stranger.signalCode).toBeNull();
});

test("a server that hangs is not joined by a second one while its owner lives", async () => {
  const { hello } = await startInAnotherProcess();
  process.kill(hello.pid, "SIGSTOP");

  await expect
    .poll(() => execFileSync("ps", ["-o", "stat=", "-p", `${hello.pid}`], { encoding: "utf8" }))
    .toMatch(/^T/);

  const failure: unknown = await start().catch((error: unknown) => error);
  process.kill(hello.pid, "SIGCONT");

  expect(failure).toMatchObject({
    code: "TEMPORAL_START_FAILED",
    message: expect.stringContaining(`process ${hello.pid}`),
  });
});

test("a data folder whose path the server would read as an address is refused", async () => {
  const start = startEmbeddedServer({ home: join(home, "50%41 off?"), cli });

  await expect(start).rejects.toMatchObject({ code: "TEMPORAL_START_FAILED", message: expect.stringContaining('"%"') });
});

test("a server that cannot start fails with what it said", async () => {
  const broken = join(home, "broken-temporal");
  writeFileSync(broken, "#!/bin/sh\necho 'disk image is malformed' >&2\nexit 3\n", { mode: 0o700 });

  const failure = startEmbeddedServer({ home, cli: broken });

  await expect(failure).rejects.toMatchObject({
    code: "TEMPORAL_START_FAILED",
    message: expect.stringMatching(/exit code 3\n.*disk image is malformed/),
  });
});
