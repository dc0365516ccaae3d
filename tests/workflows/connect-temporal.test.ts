import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import {
  type TemporalSearch,
  type TemporalTarget,
  connectClient,
  resolveTemporal,
} from "../../src/runtime/temporal/connect-temporal.ts";
import { startEmbeddedServer } from "../../src/runtime/temporal/embedded-server.ts";
import { locateTemporalCli } from "../../src/runtime/temporal/locate-temporal-cli.ts";
import { startOwnServer } from "../helpers/own-server.ts";

const root = join(import.meta.dirname, "..", "..");
const address = inject("temporalAddress");
/** The discard port: nothing listens there. */
const DOWN = "127.0.0.1:9";

let home: string;
const closers: (() => Promise<void>)[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "bridle-connect-"));
});

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  rmSync(home, { recursive: true, force: true });
});

async function connect(search: Partial<TemporalSearch>): Promise<TemporalTarget> {
  const target = await resolveTemporal({ env: { HOME: home }, home, start: "never", ...search });
  closers.push(async () => target.embedded?.stop());
  const connection = await connectClient(target);
  closers.unshift(async () => connection.close());
  return target;
}

test("an address of the caller wins over the environment", async () => {
  const target = await connect({ explicit: { address }, env: { TEMPORAL_ADDRESS: DOWN, TEMPORAL_NAMESPACE: "other" } });

  expect(target).toMatchObject({ source: "explicit", address, namespace: "default" });
});

test("the environment wins over the project's own server", async () => {
  const target = await connect({ env: { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: "team" }, start: "allowed" });

  expect(target).toMatchObject({ source: "environment", address, namespace: "team" });
});

test("a profile of the configuration file counts as the environment", async () => {
  const file = join(home, "temporal.toml");
  writeFileSync(file, `[profile.staging]\naddress = "${address}"\nnamespace = "staging"\n`);

  const target = await connect({ env: { TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: "staging" } });

  expect(target).toMatchObject({ source: "environment", address, namespace: "staging" });
});

test("an unknown profile is an error that names it", async () => {
  await expect(connect({ env: { TEMPORAL_PROFILE: "typo" } })).rejects.toMatchObject({
    code: "INPUT_INVALID",
    message: expect.stringContaining("typo"),
  });
});

test("a server is started for the project when nothing names one, and found from then on", async () => {
  const cli = await locateTemporalCli({ env: process.env, home: join(root, ".cache"), allowFetch: false });
  const first = await connect({ start: "allowed", env: { BRIDLE_TEMPORAL_CLI: cli } });

  const second = await connect({ start: "never" });

  expect(first.embedded).toMatchObject({ reused: false });
  expect(second).toMatchObject({ source: "embedded", address: first.address, embedded: { reused: true } });
});

test("whoever finds the project's server stopped is told what started it last", async () => {
  const cli = await locateTemporalCli({ env: process.env, home: join(root, ".cache"), allowFetch: false });
  const startedBy = "bridle dev --app ./shop.ts";
  const first = await connect({ start: "allowed", env: { BRIDLE_TEMPORAL_CLI: cli }, startedBy });
  await first.embedded?.stop();

  const hint = `Start it again with \`${startedBy}\` in ${process.cwd()}, or set TEMPORAL_ADDRESS.`;
  await expect(connect({ start: "never" })).rejects.toMatchObject({ code: "TEMPORAL_UNREACHABLE", hint });
});

test("connecting never starts a server when it may not", async () => {
  await expect(connect({})).rejects.toMatchObject({
    code: "TEMPORAL_UNREACHABLE",
    hint: expect.stringContaining("bridle dev"),
  });
});

test("a server that is down fails within seconds, and the error names it", async () => {
  const started = Date.now();

  const failure = connect({ env: { TEMPORAL_ADDRESS: DOWN } });

  await expect(failure).rejects.toMatchObject({ code: "TEMPORAL_UNREACHABLE", message: expect.stringContaining(DOWN) });
  expect(Date.now() - started).toBeLessThan(4500);
});

test("a record of a server that is gone is not believed", async () => {
  const cli = await locateTemporalCli({ env: process.env, home: join(root, ".cache"), allowFetch: false });
  const server = await startEmbeddedServer({ home, cli });
  const record = readFileSync(join(home, "temporal.json"), "utf8");
  await server.stop();
  writeFileSync(join(home, "temporal.json"), record);

  await expect(connect({})).rejects.toMatchObject({ code: "TEMPORAL_UNREACHABLE" });
});

test("a call that is tried again when its connection closes fails, and the process goes on", async () => {
  await using server = await startOwnServer();
  const target = await resolveTemporal({ env: {}, home, start: "never", explicit: { address: server.address } });
  const connection = await connectClient(target);
  server.kill();

  const call = connection.workflowService.getSystemInfo({});
  await delay(300);
  await connection.close();

  await expect(call).rejects.toMatchObject({ code: 1, details: expect.stringContaining("shut down") });
});
