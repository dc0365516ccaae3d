import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Client, Connection } from "@temporalio/client";
import { expect, inject, onTestFinished, test, vi } from "vitest";
import * as z from "zod";
import { APP, bridle, cliProject, parseJson, startBridle } from "../helpers/cli.ts";
import { type CliService, startService } from "../helpers/cli-service.ts";

const ADD = '[{"tool":"add","args":{"a":1,"b":2}},{"text":"It is 3."}]';

test("every place can be said by flag alone, and a flag wins over its variable", async () => {
  const { folder, env } = cliProject();
  const elsewhere = { TEMPORAL_ADDRESS: "127.0.0.1:9", TEMPORAL_TASK_QUEUE: "no-queue", TEMPORAL_NAMESPACE: "nowhere" };
  const here = { folder, env: { ...env, ...elsewhere, BRIDLE_HOME: "no-home", BRIDLE_PORT: "1", BRIDLE_APP: "no.ts" } };
  const taskQueue = env["TEMPORAL_TASK_QUEUE"] ?? "";
  const place = ["--temporal-address", inject("temporalAddress"), "--namespace", "default", "--task-queue", taskQueue];
  const flags = ["--app", APP, ...place, "--data-dir", "data"];

  const worker = startBridle(here, ["worker", ...flags]);
  const serve = startBridle(here, ["serve", ...flags, "--port", "0"]);
  const lines = await Promise.all([worker, serve].map((one) => one.line((line) => line.includes(".ready"))));
  const run = await bridle(here, ["run", "--no-worker", ...flags, "--prompt", ADD, "--json"]);

  const where = { taskQueue, namespace: "default", temporalAddress: inject("temporalAddress") };
  expect(lines.map(parseJson)).toMatchObject([where, { ...where, tokenFile: join(folder, "data", "api-token") }]);
  expect(parseJson(run.stdout)).toMatchObject({ status: "completed", text: "It is 3." });
  expect(readdirSync(folder)).toEqual(["data"]);
}, 60_000);

test("a worker's knobs hold for its runs: silence that counts as death, and the wait for a dead worker's queue", async () => {
  const knobs = { BRIDLE_HEARTBEAT_TIMEOUT: "1500ms", BRIDLE_STICKY_TIMEOUT: "2500ms" };
  const service = await startService(APP, knobs);
  const { project, worker } = service;
  const log = join(project.folder, "wait.log");
  const prompt = JSON.stringify([{ tool: "wait", args: { ms: 1_000, log } }, { text: "done" }]);
  await service.call("/api/runs", { json: { runId: "r1", prompt } });
  await vi.waitUntil(() => existsSync(log), { timeout: 10_000, interval: 20 });

  worker.child.kill("SIGKILL");
  startBridle(project, ["worker"]);
  const run = await untilEnded(service, "r1");
  const history = await historyOf(run.workflowId);

  expect(run.status).toBe("completed");
  const beats = history.flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    scheduled?.heartbeatTimeout == null ? [] : [millis(scheduled.heartbeatTimeout)],
  );
  expect(new Set(beats)).toEqual(new Set([1_500]));
  const given = history.findIndex((event) => event.workflowTaskTimedOutEventAttributes != null);
  const [asked, late] = [history[given - 1], history[given]].map((event) => millis(event?.eventTime));
  expect((late ?? 0) - (asked ?? 0)).toBeGreaterThan(2_400);
  expect((late ?? 0) - (asked ?? 0)).toBeLessThan(5_000);
}, 120_000);

test("a crash point kills at the passage that was named, not before; a name that is none stops the worker at once", async () => {
  const quick = { BRIDLE_HEARTBEAT_TIMEOUT: "1s", BRIDLE_STICKY_TIMEOUT: "500ms" };
  const here = cliProject({ TEMPORAL_ADDRESS: inject("temporalAddress"), BRIDLE_APP: APP, ...quick });
  const armed = (crashPoint: string): typeof here => ({ ...here, env: { ...here.env, BRIDLE_CRASHPOINT: crashPoint } });
  await bridle(here, ["run", "--prompt", ADD, "--run-id", "r1", "--detach"]);

  const unknown = await Promise.all(
    ["callModel.aftr:1", "callModel.after:0"].map((name) => bridle(armed(name), ["worker", "--json"])),
  );
  const killed = await startBridle(armed("callModel.after:2"), ["worker"]).result;
  const events = await bridle(here, ["runs", "events", "r1", "--json"]);
  const inert = startBridle(armed(""), ["worker"]);
  const ended = await bridle(here, ["runs", "events", "r1", "--follow", "--json"]);

  for (const { code, stdout, stderr } of unknown) {
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(parseJson(stderr)).toMatchObject({
      error: { code: "INPUT_INVALID", hint: expect.stringContaining("bridle crashpoints") },
    });
  }
  expect(killed).toMatchObject({ code: null, signal: "SIGKILL" });
  expect(events.stdout).toContain('"sum": 3');
  expect(parseJson(ended.stdout)).toMatchObject({ done: true });
  expect(inert.child.exitCode).toBeNull();
}, 120_000);

test("what a project keeps is for its owner only, whatever made it", async () => {
  const here = cliProject({ TEMPORAL_ADDRESS: inject("temporalAddress"), BRIDLE_APP: APP });
  const serve = startBridle(here, ["serve", "--port", "0"]);
  await serve.line((line) => line.includes("serve.ready"));
  await bridle(here, ["run", "--prompt", ADD]);
  const home = join(here.folder, ".bridle");

  const kept = readdirSync(home, { recursive: true, withFileTypes: true }).map((entry) => {
    const { mode } = statSync(join(entry.parentPath, entry.name));
    return { name: entry.name, others: mode & 0o077 };
  });

  expect(kept.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["state.db", "state.db-wal", "approval-key", "api-token", "http.json"]),
  );
  expect(kept.filter(({ others }) => others !== 0)).toEqual([]);
  expect(statSync(home).mode & 0o777).toBe(0o700);
}, 60_000);

test("a run that failed says why with code, message and hint, over HTTP as on the command line", async () => {
  const service = await startService(APP);
  await service.call("/api/runs", { json: { runId: "r1", prompt: '[{"tool":"nothing","argz":{}}]' } });
  await untilEnded(service, "r1");

  const { json } = await service.call("/api/runs/r1");
  const shown = await bridle(service.project, ["runs", "show", "r1", "--json"]);

  expect(json).toEqual(parseJson(shown.stdout));
  expect(json).toMatchObject({
    status: "failed",
    error: { code: "MODEL_SCRIPT_INVALID", message: expect.any(String), hint: expect.any(String) },
  });
}, 60_000);

const Ended = z.looseObject({ status: z.string(), workflowId: z.string(), endedAt: z.string() });

async function untilEnded({ call }: CliService, runId: string): Promise<z.infer<typeof Ended>> {
  const look = async (): Promise<z.infer<typeof Ended> | undefined> =>
    Ended.safeParse((await call(`/api/runs/${runId}`)).json).data;
  return vi.waitUntil(look, { timeout: 30_000, interval: 100 });
}

type Events = NonNullable<Awaited<ReturnType<ReturnType<Client["workflow"]["getHandle"]>["fetchHistory"]>>["events"]>;

async function historyOf(workflowId: string): Promise<Events> {
  const connection = await Connection.connect({ address: inject("temporalAddress") });
  onTestFinished(() => connection.close());
  return (await new Client({ connection }).workflow.getHandle(workflowId).fetchHistory()).events ?? [];
}

interface ProtoTime {
  readonly seconds?: unknown;
  readonly nanos?: number | null;
}

function millis(time: ProtoTime | null | undefined): number {
  return Number(time?.seconds ?? 0) * 1_000 + (time?.nanos ?? 0) / 1_000_000;
}
