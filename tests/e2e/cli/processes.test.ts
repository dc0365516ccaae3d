import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test, vi } from "vitest";
import * as z from "zod";
import {
  APP,
  bridle,
  type CliProcess,
  type CliProject,
  cliProject,
  parseJson,
  startBridle,
} from "../../helpers/cli.ts";

const QUICK = ["--heartbeat-timeout", "1s", "--sticky-timeout", "500ms"];

function project(): CliProject {
  return cliProject({ TEMPORAL_ADDRESS: inject("temporalAddress") });
}

async function startWorker(here: CliProject, args: readonly string[] = []): Promise<CliProcess> {
  const worker = startBridle(here, ["worker", "--app", APP, ...QUICK, ...args]);
  await worker.line((line) => line.includes("worker.ready"));
  return worker;
}

/** A script that waits in a tool, and the file that tells how far it came. */
function waiting(here: CliProject, ms: number): { readonly prompt: string; readonly log: string } {
  const log = join(here.folder, "wait.log");
  return { log, prompt: JSON.stringify([{ tool: "wait", args: { ms, log } }, { text: "done waiting" }]) };
}

function linesOf(file: string): readonly string[] {
  return existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
}

async function untilBegun(log: string, times = 1): Promise<void> {
  await vi.waitFor(() => expect(linesOf(log).filter((line) => line.startsWith("begin"))).toHaveLength(times), 15_000);
}

test("a worker says when it polls, where, and for what", async () => {
  const here = project();
  const worker = startBridle(here, ["worker", "--app", APP]);

  const line = await worker.line((text) => text.includes("worker.ready"));
  const doctor = await bridle(here, ["doctor", "--json"]);
  worker.child.kill("SIGTERM");

  expect(parseJson(line)).toEqual({
    event: "worker.ready",
    schemaVersion: 1,
    app: "cli-test",
    workspaces: ["default", "second"],
    taskQueue: here.env["TEMPORAL_TASK_QUEUE"],
    namespace: "default",
    temporalAddress: inject("temporalAddress"),
    pid: worker.child.pid,
    approvals: "signed",
    approvalKeys: [expect.stringMatching(/^[0-9a-f]{32}$/)],
    model: { interpreter: "scripted", key: "not-needed" },
  });
  expect(parseJson(doctor.stdout)).toMatchObject({ pollers: 1 });
  expect(await worker.result).toMatchObject({ code: 0, stdout: `${line}\n` });
});

test.each([
  ["worker", "--json"],
  ["dev", "--port", "0", "--json"],
])("%s says at its start that the model has no key, and polls all the same", async (...command) => {
  const here = project();
  const started = startBridle(here, [...command, "--app", APP, "--interpreter", "anthropic"]);

  const line = await started.line((text) => text.includes("worker.ready"));
  const doctor = await bridle(here, ["doctor", "--json"]);
  started.child.kill("SIGTERM");

  expect(parseJson(line)).toMatchObject({ model: { interpreter: "anthropic", key: "missing" } });
  expect(parseJson(doctor.stdout)).toMatchObject({ pollers: 1 });
  const { code, stderr } = await started.result;
  expect(code).toBe(0);
  expect(stderr.split("\n").filter((text) => text.includes("API_KEY"))).toEqual([
    expect.stringMatching(/"event":"warning".*ANTHROPIC_API_KEY is not set: .* --interpreter scripted/),
  ]);
});

test("a worker that is killed in the middle of a run loses nothing: the next one goes on", async () => {
  const here = project();
  const { prompt, log } = waiting(here, 2_000);
  const first = await startWorker(here);
  await bridle(here, ["run", "--app", APP, "--prompt", prompt, "--run-id", "r1", "--detach", ...QUICK]);
  await untilBegun(log);

  first.child.kill("SIGKILL");
  const second = await startWorker(here);
  const events = await bridle(here, ["runs", "events", "r1", "--follow", "--output", "ndjson"]);
  second.child.kill("SIGTERM");

  expect((await first.result).signal).toBe("SIGKILL");
  expect(events.stdout).toContain('"type":"finish","reason":"stop","text":"done waiting"');
  expect(linesOf(log).filter((line) => line.startsWith("end"))).toEqual([`${linesOf(log).at(-1)}`]);
  expect((await second.result).code).toBe(0);
});

test("SIGTERM lets running work finish and ends with 0", async () => {
  const here = project();
  const { prompt, log } = waiting(here, 1_500);
  const worker = await startWorker(here, ["--grace", "10s"]);
  await bridle(here, ["run", "--app", APP, "--prompt", prompt, "--detach"]);
  await untilBegun(log);

  worker.child.kill("SIGTERM");

  expect(await worker.result).toMatchObject({ code: 0, signal: null });
  expect(linesOf(log)).toMatchObject([expect.stringMatching(/^begin/), expect.stringMatching(/^end/)]);
});

test("work that outlasts the grace time is cut, the worker ends with 0, and a second signal ends it at once", async () => {
  const here = project();
  const { prompt, log } = waiting(here, 60_000);
  const patient = await startWorker(here, ["--grace", "500ms"]);
  await bridle(here, ["run", "--app", APP, "--prompt", prompt, "--detach", ...QUICK]);
  await untilBegun(log);
  patient.child.kill("SIGTERM");
  expect(await patient.result).toMatchObject({ code: 0 });

  const hasty = await startWorker(here, ["--grace", "60s"]);
  await untilBegun(log, 2);
  hasty.child.kill("SIGTERM");
  const second = setInterval(() => hasty.child.kill("SIGTERM"), 200);
  const { code } = await hasty.result;
  clearInterval(second);

  expect(code).toBe(143);
});

test("serve and worker are two processes: ready only while a worker polls", async () => {
  const here = project();
  const serve = startBridle(here, ["serve", "--app", APP, "--port", "0"]);
  const Ready = z.looseObject({ url: z.url(), tokenFile: z.string() });
  const { url, tokenFile } = Ready.parse(JSON.parse(await serve.line((line) => line.includes("serve.ready"))));
  const token = readFileSync(tokenFile, "utf8");
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };

  const early = await fetch(`${url}/readyz`);
  const refused = await fetch(`${url}/api/runs`);
  const worker = await startWorker(here);
  await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200), 10_000);
  const started = await fetch(`${url}/api/runs`, {
    method: "POST",
    headers,
    body: JSON.stringify({ prompt: "hi", runId: "r1" }),
  });
  const events = await bridle(here, ["runs", "events", "r1", "--follow", "--output", "ndjson"]);
  worker.child.kill("SIGKILL");
  await worker.result;
  await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status).toBe(503), 10_000);
  const tokenMode = statSync(tokenFile).mode;
  serve.child.kill("SIGTERM");

  expect(early.status).toBe(503);
  expect(refused.status).toBe(401);
  expect(started.status).toBe(202);
  expect(events.stdout).toContain('"text":"hi"');
  expect(tokenMode).toBe(0o100600);
  const { code, stdout, stderr } = await serve.result;
  expect(code).toBe(0);
  expect(stdout + stderr).not.toContain(token);
  expect(existsSync(tokenFile)).toBe(false);
});

test("a port that is taken is refused by serve", async () => {
  const here = project();
  const first = startBridle(here, ["serve", "--app", APP, "--port", "0"]);
  const line = await first.line((text) => text.includes("serve.ready"));
  const { port } = new URL(z.looseObject({ url: z.url() }).parse(JSON.parse(line)).url);

  const second = await bridle(here, ["serve", "--app", APP, "--port", port, "--json"]);
  first.child.kill("SIGTERM");

  expect(second.code).toBe(3);
  expect(parseJson(second.stderr)).toMatchObject({ error: { code: "PORT_IN_USE" } });
  expect((await first.result).code).toBe(0);
});
