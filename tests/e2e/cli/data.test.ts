import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { RunId, ThreadId } from "../../../src/protocol/ids.ts";
import { openStateStore } from "../../../src/state/open-state-store.ts";
import { APP, BIN, bridle, type CliProject, cliProject, parseJson, parseLines } from "../../helpers/cli.ts";

const ADD = '[{"tool":"add","args":{"a":1,"b":2}},{"text":"It is 3."}]';

/** A project with one run of the app, `r1` on thread `t1`. */
async function projectWithRun(): Promise<CliProject> {
  const here = cliProject({ TEMPORAL_ADDRESS: inject("temporalAddress") });
  const args = ["run", "--app", APP, "--prompt", ADD, "--run-id", "r1", "--thread-id", "t1", "--quiet"];
  expect(await bridle(here, args)).toMatchObject({ code: 0, stderr: "" });
  return here;
}

async function json(here: CliProject, ...args: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const { code, stdout, stderr } = await bridle(here, [...args, "--json"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return parseJson(stdout);
}

test("a run can be listed, shown, read and exported without the app and without a server", async () => {
  const here = await projectWithRun();
  const offline = { ...here, env: { TEMPORAL_ADDRESS: "127.0.0.1:9" } };

  expect(await json(offline, "runs", "list")).toMatchObject({
    items: [{ runId: "r1", status: "completed" }],
    next: null,
  });
  expect(await json(offline, "runs", "show", "r1")).toMatchObject({
    schemaVersion: 1,
    runId: "r1",
    threadId: "t1",
    status: "completed",
    planIds: [],
    workflowId: expect.stringMatching(/\/default\/thread\/t1$/),
    executionId: expect.any(String),
  });
  expect(await json(offline, "runs", "cancel", "r1")).toMatchObject({ status: "completed", requested: false });
  expect(await json(offline, "threads", "list")).toMatchObject({ items: [{ threadId: "t1" }] });
  expect(await json(offline, "threads", "show", "t1")).toMatchObject({ threadId: "t1", lastRunId: "r1" });
  const exported = await json(offline, "threads", "export", "t1");
  expect(exported).toMatchObject({
    schemaVersion: 1,
    volatile: expect.any(Array),
    agents: { boss: { messages: [{ role: "user" }, { role: "assistant" }, { role: "tool" }, { role: "assistant" }] } },
  });
});

test("a run that no worker has begun is cancelled at once, and the command says so", async () => {
  const here = await projectWithRun();
  const store = await openStateStore({ url: `sqlite:${join(here.folder, ".bridle", "state.db")}` });
  const [scope = expect.fail("no run")] = await store.scopes();
  const { runs } = store.in(scope);
  const { app, agent, workflowId, namespace } = (await runs.get(RunId.parse("r1"))) ?? expect.fail("no run");
  const ids = { runId: RunId.parse("r2"), threadId: ThreadId.parse("t2") };
  await runs.create({
    ...ids,
    app,
    agent,
    workflowId,
    namespace,
    prompt: "p",
    manifestHash: null,
    requestedBy: null,
    status: "queued",
  });
  await store.close();

  expect(await json(here, "runs", "cancel", "r2")).toMatchObject({ status: "cancelled", requested: true });
  expect(await json(here, "runs", "cancel", "r2")).toMatchObject({ status: "cancelled", requested: false });
});

test("events can be read from any place on, in pages", async () => {
  const here = await projectWithRun();

  const all = await bridle(here, ["runs", "events", "r1", "--output", "ndjson"]);
  const page = await json(here, "runs", "events", "r1", "--after", "1", "--limit", "2");
  const text = await bridle(here, ["runs", "events", "r1", "--follow"]);

  const items = parseLines(all.stdout).filter(({ event }) => event === "item");
  const usages = items.filter(({ item }) => JSON.stringify(item).includes('"type":"usage"'));
  expect(page).toMatchObject({ runId: "r1", events: [{ seq: 2 }, { seq: 3 }], next: 3, done: false });
  expect(text.stdout.trimEnd().split("\n")).toHaveLength(items.length - usages.length);
});

test("lists come in pages that follow on each other", async () => {
  const here = await projectWithRun();
  await bridle(here, ["run", "--app", APP, "--prompt", "hi", "--run-id", "r2"]);

  const first = await json(here, "runs", "list", "--limit", "1");
  const second = await json(here, "runs", "list", "--limit", "1", "--after", String(first["next"]));

  expect(first).toMatchObject({ items: [{ runId: "r2" }], next: expect.any(String) });
  expect(second).toMatchObject({ items: [{ runId: "r1" }] });
});

test("with runs in several workspaces the command asks for one by name of the flag", async () => {
  const here = await projectWithRun();
  await bridle(here, ["run", "--app", APP, "--prompt", "hi", "--run-id", "r2", "--workspace", "second"]);

  const unclear = await bridle(here, ["runs", "list"]);
  const second = await json(here, "runs", "list", "--workspace", "second");
  const byApp = await json(here, "runs", "list", "--app", APP);

  expect(unclear.code).toBe(4);
  expect(unclear.stderr).toContain("--tenant and --workspace");
  expect(second).toMatchObject({ items: [{ runId: "r2" }] });
  expect(byApp).toMatchObject({ items: [{ runId: "r1" }] });
});

test("a workspace that the app declares and nobody used is empty, and one that it does not declare is named", async () => {
  const here = await projectWithRun();

  const [runs, plans, waiting] = [
    await json(here, "runs", "list", "--workspace", "second"),
    await json(here, "plans", "list", "--workspace", "second"),
    await json(here, "approvals", "list", "--workspace", "second"),
  ];
  const answer = await bridle(here, ["approvals", "approve", "p1", "--workspace", "second"]);
  const typo = await bridle(here, ["runs", "list", "--workspace", "secnd"]);

  expect([runs, plans, waiting]).toEqual(
    Array.from({ length: 3 }, () => ({ schemaVersion: 1, items: [], next: null })),
  );
  expect(answer).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error\[unknown_plan\].*"p1"/) });
  expect(typo.stderr).toMatch(/^error\[WORKSPACE_UNKNOWN\] There is no workspace "secnd" here: .*\/second.*\nfix: /);
});

test("what is unknown ends with 1 and its code", async () => {
  const here = await projectWithRun();

  const run = await bridle(here, ["runs", "show", "nope", "--json"]);
  const events = await bridle(here, ["runs", "events", "nope"]);
  const thread = await bridle(here, ["threads", "export", "nope"]);
  const malformed = await bridle(here, ["runs", "show", "a b"]);

  expect(run.code).toBe(1);
  expect(parseJson(run.stderr)).toMatchObject({ error: { code: "RUN_UNKNOWN" } });
  expect(events).toMatchObject({ code: 1, stderr: expect.stringContaining("error[RUN_UNKNOWN]") });
  expect(thread).toMatchObject({ code: 1, stderr: expect.stringContaining("error[THREAD_UNKNOWN]") });
  expect(malformed.code).toBe(2);
});

test("a list may be cut by whoever reads it", async () => {
  const here = await projectWithRun();
  const script = `"$0" "$1" runs list --output ndjson | head -n 1; echo "\${PIPESTATUS[0]}"`;

  const env = { PATH: process.env["PATH"], ...here.env };
  const { stdout, stderr } = spawnSync("bash", ["--norc", "-c", script, process.execPath, BIN], {
    cwd: here.folder,
    env,
    encoding: "utf8",
  });

  expect(stdout.trimEnd().split("\n").at(-1)).toBe("0");
  expect(stderr).toBe("");
});

test("a recorded history replays, from the server and from a file; a changed one does not", async () => {
  const here = await projectWithRun();
  const { workflowId } = await json(here, "runs", "show", "r1");
  const { stdout: exported } = spawnSync(
    join(BIN, "..", "..", "..", ".cache", "bin", "temporal"),
    ["workflow", "show", "--address", inject("temporalAddress"), "--workflow-id", String(workflowId), "-o", "json"],
    { encoding: "utf8" },
  );
  writeFileSync(join(here.folder, "good.json"), exported);
  writeFileSync(join(here.folder, "changed.json"), exported.replaceAll('"callModel"', '"callSomething"'));
  writeFileSync(join(here.folder, "no.json"), '{"events":[{"eventType":"x"}]}');

  expect(await json(here, "replay", "--workflow-id", String(workflowId))).toMatchObject({ replayed: true });
  expect(await json(here, "replay", "--file", "good.json")).toMatchObject({ replayed: true });
  const changed = await bridle(here, ["replay", "--file", "changed.json", "--json"]);
  const unreadable = await bridle(here, ["replay", "--file", "no.json"]);
  writeFileSync(join(here.folder, "empty.json"), "");
  const empty = await bridle(here, ["replay", "--file", "empty.json"]);
  const unknown = await bridle(here, ["replay", "--workflow-id", "nope"]);

  expect(changed).toMatchObject({ code: 1, stdout: "" });
  expect(parseJson(changed.stderr)).toMatchObject({
    error: { code: "REPLAY_FAILED", message: expect.stringContaining("callSomething") },
  });
  expect(unreadable.code).toBe(2);
  expect(empty).toMatchObject({ code: 2, stderr: expect.stringContaining("empty.json cannot be read: it is empty.") });
  expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining("knows no workflow") });
});
