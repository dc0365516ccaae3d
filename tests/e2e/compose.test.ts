/** What docker-compose.yml runs, run by hand: the same commands, flags and variables, with the addresses of the test's servers. */
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { expect, inject, onTestFinished, test, vi } from "vitest";
import * as z from "zod";
import { type CliProcess, parseJson, startBridle } from "../helpers/cli.ts";
import { bridleArguments, type Compose, exampleVariables, readCompose } from "../helpers/compose.ts";
import { ROOT } from "../helpers/source-files.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const TOKEN = randomBytes(16).toString("hex");
const Run = z.looseObject({ status: z.string() });

/** The services with their folders and servers replaced, so that they run beside others on one machine. */
interface Deployment {
  readonly compose: Compose;
  /** What stands for a value of the file here. */
  here(text: string): string;
  start(name: string): CliProcess;
  store: Client;
}

async function deployment(): Promise<Deployment> {
  const folder = temporaryFolder();
  const name = `compose_${randomBytes(6).toString("hex")}`;
  const store = await ownDatabase(name);
  const secrets = { TEMPORAL_DB_PASSWORD: "unused", STATE_DB_PASSWORD: "secret", BRIDLE_API_TOKEN: TOKEN };
  const compose = readCompose({ ...exampleVariables(), ...secrets });
  const url = new URL(inject("postgresUrl"));
  const replaced = new Map([
    ["temporal:7233", inject("temporalAddress")],
    ["postgres://bridle:secret@state-db:5432/bridle", `postgres://${name}:secret@${url.host}/${name}`],
    ["bridle", name],
    ["4111", "0"],
  ]);
  for (const place of ["data", "keys", "public"]) mkdirSync(join(folder, place));
  const here = (text: string): string => replaced.get(text) ?? text.replace(/^\/(?=data|keys|public)/, `${folder}/`);
  const start = (service: string): CliProcess => {
    const { environment, ...rest } = serviceOf(compose, service);
    const env = Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, here(value)]));
    return startBridle({ folder: ROOT, env }, (bridleArguments({ environment, ...rest }) ?? []).map(here));
  };
  return { compose, here, start, store };
}

/** A database and a login without further rights, as the compose file's Postgres has them. */
async function ownDatabase(name: string): Promise<Client> {
  const admin = new Client({ connectionString: inject("postgresUrl") });
  await admin.connect();
  await admin.query(`create role ${name} login password 'secret'`);
  await admin.query(`create database ${name} owner ${name}`);
  await admin.end();
  const url = new URL(inject("postgresUrl"));
  const own = new Client({ connectionString: `postgres://${name}:secret@${url.host}/${name}` });
  await own.connect();
  onTestFinished(() => own.end());
  return own;
}

function serviceOf({ services }: Compose, name: string): Compose["services"][string] {
  const service = services[name];
  if (service === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return service;
}

test(
  "key, worker and API start as the file says, and a run goes through a store in Postgres",
  { timeout: 90_000 },
  async () => {
    const { compose, here, start, store } = await deployment();

    const key = await start("approval-key").result;
    const [program = "", ...args] = (compose.services["public-key"]?.entrypoint ?? []).map(here);
    const copied = spawnSync(program, args);
    const worker = start("worker");
    const ready = parseJson(await worker.line((line) => line.includes("worker.ready")));
    const api = start("api");
    const { url } = z
      .looseObject({ url: z.url() })
      .parse(parseJson(await api.line((line) => line.includes("serve.ready"))));
    const base = `http://127.0.0.1:${new URL(url).port}`;
    await vi.waitFor(async () => expect((await fetch(`${base}/readyz`)).status).toBe(200), 20_000);
    const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
    const refused = await fetch(`${base}/api/runs`, { headers: { ...headers, authorization: "Bearer other" } });
    const runId = `compose-${randomBytes(6).toString("hex")}`;
    const body = JSON.stringify({ runId, threadId: runId, prompt: "hello from compose" });
    const started = await fetch(`${base}/api/runs`, { method: "POST", headers, body });
    const run = await vi.waitFor(async () => {
      const shown = Run.parse(await (await fetch(`${base}/api/runs/${runId}`, { headers })).json());
      expect(shown.status).toBe("completed");
      return shown;
    }, 20_000);
    const health = await startCheck(compose, here);
    const stored = await store.query("select run_id from runs");
    for (const { child } of [worker, api]) child.kill("SIGTERM");

    expect(key).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ed25519:/) });
    expect(copied.status).toBe(0);
    expect(readdirSync(here("/public"))).toEqual(["approval-key.pub"]);
    expect(existsSync(join(here("/keys"), "approval-key"))).toBe(true);
    expect(ready).toMatchObject({ approvals: "signed", approvalKeys: [expect.any(String)] });
    expect([refused.status, started.ok]).toEqual([401, true]);
    expect(run).toMatchObject({ runId });
    expect(health).toMatchObject({ code: 0, stdout: expect.stringContaining(runId) });
    expect(stored.rows).toEqual([{ run_id: runId }]);
    expect(existsSync(join(here("/data"), "state.db"))).toBe(false);
    expect((await Promise.all([worker.result, api.result])).map(({ code }) => code)).toEqual([0, 0]);
  },
);

/** The worker's health check, with the variables of the worker. */
async function startCheck(compose: Compose, here: (text: string) => string): Promise<Awaited<CliProcess["result"]>> {
  const { environment, healthcheck } = serviceOf(compose, "worker");
  const env = Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, here(value)]));
  return startBridle({ folder: ROOT, env }, healthcheck?.test.slice(3) ?? []).result;
}
