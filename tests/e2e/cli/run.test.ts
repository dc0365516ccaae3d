import { userInfo } from "node:os";
import { expect, inject, test } from "vitest";
import { APP, bridle, type CliProject, cliProject, parseJson, parseLines, startBridle } from "../../helpers/cli.ts";

const ADD = '[{"tool":"add","args":{"a":1,"b":2}},{"text":"It is 3."}]';

function project(): CliProject {
  return cliProject({ TEMPORAL_ADDRESS: inject("temporalAddress") });
}

test("the answer alone is on stdout; what was done for it is told beside it", async () => {
  const { code, stdout, stderr } = await bridle(project(), ["run", "--app", APP, "--prompt", ADD]);

  expect({ code, stdout }).toEqual({ code: 0, stdout: "It is 3.\n" });
  expect(stderr).toContain('boss: -> add {"a":1,"b":2}\nboss: <- add {"sum":3}\n');
});

test("json is one document about the run", async () => {
  const args = ["run", "--app", APP, "--prompt", "-", "--run-id", "r1", "--thread-id", "t1", "--json"];

  const { code, stdout, stderr } = await bridle(project(), args, "hello");

  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(parseJson(stdout)).toEqual({
    schemaVersion: 1,
    runId: "r1",
    threadId: "t1",
    status: "completed",
    text: "hello",
    finish: "stop",
    usage: expect.objectContaining({ inputTokens: expect.any(Number) }),
  });
});

test("ndjson is every event in order, then one done", async () => {
  const { stdout } = await bridle(project(), ["run", "--app", APP, "--prompt", ADD, "--output", "ndjson"]);

  const lines = parseLines(stdout);
  const items = lines.filter(({ event }) => event === "item").map(({ item }) => item);
  expect(items).toMatchObject(items.map((_, index) => ({ seq: index + 1 })));
  expect(items.at(-1)).toMatchObject({ type: "finish", reason: "stop" });
  expect(lines.slice(items.length)).toMatchObject([
    { event: "done", ok: true, exitCode: 0, result: { status: "completed", text: "It is 3." } },
  ]);
});

test("the same run id is the same run, and another prompt under it is refused", async () => {
  const here = project();
  const args = ["run", "--app", APP, "--run-id", "r1", "--output", "ndjson"];

  const first = await bridle(here, [...args, "--prompt", ADD]);
  const again = await bridle(here, [...args, "--prompt", ADD]);
  const other = await bridle(here, [...args, "--prompt", "something else"]);

  expect(parseLines(again.stdout)).toEqual(parseLines(first.stdout));
  expect(other.code).toBe(1);
  expect(parseJson(other.stderr)).toMatchObject({ error: { code: "RUN_CONFLICT" } });
});

test("a run is asked for by the user of the machine, unless another person is named", async () => {
  const here = project();
  const args = ["run", "--app", APP, "--prompt", "hello", "--run-id"];

  await bridle(here, [...args, "own"]);
  await bridle(here, [...args, "named", "--requested-by", "Ann \u001b[2J"]);
  const own = await bridle(here, ["runs", "show", "own", "--json"]);
  const named = await bridle(here, ["runs", "show", "named"]);
  const listed = await bridle(here, ["runs", "list"]);
  const other = await bridle(here, [...args, "named", "--requested-by", "Bo", "--json"]);

  expect(parseJson(own.stdout)).toMatchObject({ requestedBy: userInfo().username });
  expect(listed.stdout).toMatch(/^RUN .* ASKED BY .*\nnamed .* Ann \\x1b\[2J .*\nown /);
  expect(named.stdout).toMatch(/\nasked by +Ann \\x1b\[2J\n/);
  expect(other.code).toBe(1);
  expect(parseJson(other.stderr)).toMatchObject({ error: { code: "RUN_CONFLICT" } });
});

test("a run that fails ends with 1 and tells why, in the document too", async () => {
  const broken = '[{"tool":"nothing","argz":{}}]';

  const { code, stdout, stderr } = await bridle(project(), ["run", "--app", APP, "--prompt", broken, "--json"]);

  const error = { code: "MODEL_SCRIPT_INVALID", message: expect.any(String) };
  expect(code).toBe(1);
  expect(parseJson(stdout)).toMatchObject({ status: "failed", finish: "error", error });
  expect(parseJson(stderr)).toMatchObject({ schemaVersion: 1, error });
});

test("a model cannot move the cursor of a terminal, and JSON still has its exact words", async () => {
  const here = project();
  const words = "\u001b[2Jwiped\u202e\u200b";
  const args = ["run", "--app", APP, "--prompt", words, "--run-id", "r1"];

  const text = await bridle(here, args);
  const json = await bridle(here, [...args, "--json"]);

  expect(text.stdout).toBe("\\x1b[2Jwiped\\u202e\\u200b\n");
  expect(json.stdout).toContain('"text": "\\u001b[2Jwiped\\u202e\\u200b"');
  expect(parseJson(json.stdout)).toMatchObject({ text: words });
});

test("another agent and another workspace can be asked", async () => {
  const args = ["run", "--app", APP, "--prompt", "hi", "--workspace", "second", "--json"];

  const here = project();
  const helper = await bridle(here, [...args, "--agent", "helper", "--run-id", "r1"]);
  const unknown = await bridle(here, [...args, "--agent", "nobody"]);
  const shown = await bridle(here, ["runs", "show", "r1", "--json"]);

  expect(helper.code).toBe(0);
  expect(unknown.code).toBe(2);
  expect(parseJson(unknown.stderr)).toMatchObject({ error: { code: "AGENT_UNKNOWN" } });
  expect(parseJson(shown.stdout)).toMatchObject({
    agent: "helper",
    workflowId: expect.stringMatching(/^tenant-\w+\/second\/thread\//),
  });
});

test("without a worker it says so, goes on waiting, and Ctrl-C tells how to come back", async () => {
  const here = project();
  const asking = startBridle(here, [
    "run",
    "--app",
    APP,
    "--prompt",
    "hi",
    "--run-id",
    "r1",
    "--no-worker",
    "--output",
    "ndjson",
  ]);

  await asking.line((line) => line.includes("(0 pollers)"));
  const shown = await bridle(here, ["runs", "show", "r1", "--json"]);
  asking.child.kill("SIGINT");
  const { code, stdout } = await asking.result;

  expect(parseJson(shown.stdout)).toMatchObject({
    status: "starting",
    pollers: 0,
    note: expect.stringContaining("no worker polls task queue queue-"),
  });
  expect(code).toBe(130);
  expect(parseLines(stdout)).toMatchObject([
    { event: "warning", message: expect.stringContaining("no worker polls task queue") },
    { event: "warning", message: expect.stringContaining("bridle runs events r1 --follow") },
    { event: "done", ok: false, exitCode: 130, result: { runId: "r1", status: "starting" } },
  ]);
});

test("a detached run is done by a worker, and its events can be followed from anywhere", async () => {
  const here = project();
  const detached = await bridle(here, ["run", "--app", APP, "--prompt", ADD, "--run-id", "r1", "--detach", "--json"]);
  const following = startBridle(here, ["runs", "events", "r1", "--follow", "--output", "ndjson"]);

  const worker = startBridle(here, ["worker", "--app", APP]);
  const { code, stdout } = await following.result;
  worker.child.kill("SIGTERM");

  expect(parseJson(detached.stdout)).toMatchObject({ runId: "r1", status: "starting" });
  expect(code).toBe(0);
  expect(parseLines(stdout).at(-2)).toMatchObject({ item: { type: "finish", text: "It is 3." } });
  expect((await worker.result).code).toBe(0);
});
