import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
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
import { occupiedPort } from "../../helpers/occupied-port.ts";

const Ready = z.looseObject({
  event: z.literal("dev.ready"),
  url: z.url(),
  tokenFile: z.string(),
  temporalAddress: z.string(),
  uiUrl: z.url(),
  interpreter: z.string(),
  pid: z.number(),
});

/** Stops in order at the end of the test, because what is killed leaves its Temporal server behind. */
function startDev(here: CliProject, ...args: readonly string[]): CliProcess {
  const dev = startBridle(here, ["dev", "--app", APP, ...args]);
  onTestFinished(async () => {
    dev.child.kill("SIGTERM");
    await dev.result;
  });
  return dev;
}

async function ready(dev: CliProcess): Promise<z.infer<typeof Ready>> {
  return Ready.parse(JSON.parse(await dev.line((line) => line.includes("dev.ready"))));
}

test("one command runs everything: a second one finds it, others use it, SIGTERM ends all of it", async () => {
  const here = cliProject();
  const dev = startDev(here, "--port", "0", "--json");
  const { url, tokenFile, temporalAddress, uiUrl, interpreter, pid } = await ready(dev);

  const second = await bridle(here, ["dev", "--app", APP, "--json"]);
  const wrong = await bridle(here, ["dev", "--app", APP, "--port", "abc"]);
  const answered = await bridle(here, ["run", "--app", APP, "--prompt", "hi", "--no-worker"]);
  const readyz = await fetch(`${url}/readyz`);
  const ui = await fetch(uiUrl);
  const modes = ["", "api-token", "http.json", "dev.json", "state.db"].map(
    (name) => statSync(join(here.folder, ".bridle", name)).mode & 0o777,
  );
  dev.child.kill("SIGTERM");
  const { code, stdout, stderr } = await dev.result;

  expect(second.code).toBe(0);
  expect(parseJson(second.stdout)).toEqual({ schemaVersion: 1, alreadyRunning: true, pid, url });
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("--port") });
  expect(answered).toMatchObject({ code: 0, stdout: "hi\n" });
  expect([readyz.status, ui.status]).toEqual([200, 200]);
  expect(interpreter).toBe("scripted");
  expect(modes).toEqual([0o700, 0o600, 0o600, 0o600, 0o600]);
  expect(tokenFile).toBe(join(here.folder, ".bridle", "api-token"));
  expect(code).toBe(0);
  expect(stderr).toBe("");
  expect(stdout.trimEnd().split("\n").map(parseJson)).toMatchObject([
    { event: "worker.ready" },
    { event: "dev.ready" },
  ]);
  const after = await bridle(here, ["doctor", "--temporal-address", temporalAddress, "--json"]);
  expect(parseJson(after.stdout)).toMatchObject({
    checks: expect.arrayContaining([expect.objectContaining({ name: "temporal", status: "fail" })]),
  });
});

test("without Studio the HTTP API is served all the same, and a second one is told where", async () => {
  const here = cliProject();
  const dev = startDev(here, "--no-studio", "--json");
  const ready = parseJson(await dev.line((line) => line.includes("dev.ready"))) as { url: string };

  const second = await bridle(here, ["dev", "--app", APP, "--no-studio", "--json"]);

  expect((await fetch(`${ready.url}/readyz`)).status).toBe(200);
  expect(second.code).toBe(0);
  const { url } = ready;
  expect(parseJson(second.stdout)).toEqual({ schemaVersion: 1, alreadyRunning: true, pid: dev.child.pid, url });
});

test("people get a block on stderr; a busy port is passed over; Ctrl-C ends with 0", async () => {
  const here = cliProject();
  const port = await occupiedPort();

  const dev = startDev(here, "--port", String(port));
  const block = await new Promise<string>((resolve) => {
    let text = "";
    dev.child.stderr?.on("data", (chunk: string) => {
      text += chunk;
      if (text.includes("ready in")) resolve(text);
    });
  });
  const token = readFileSync(join(here.folder, ".bridle", "api-token"), "utf8");
  dev.child.kill("SIGINT");
  const { code, stdout, stderr } = await dev.result;

  expect(block).toContain(`port ${port} is in use`);
  expect(block).toMatch(/bridle \d+\.\d+\.\d+ {3}cli-test {3}2 workspaces, 2 agents/);
  expect(block).toMatch(/Temporal {2}127\.0\.0\.1:\d+ \(started\) {3}UI http:/);
  expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  expect(stderr).not.toContain(token);
});

test("a project whose command was killed starts again on the same server and data", async () => {
  const here = cliProject();
  const killed = startBridle(here, ["dev", "--app", APP, "--port", "0", "--json"]);
  const before = await ready(killed);
  await bridle(here, ["run", "--app", APP, "--prompt", "hi", "--run-id", "r1", "--no-worker"]);
  killed.child.kill("SIGKILL");
  await killed.result;

  const doctor = await bridle(here, ["doctor"]);
  const dev = startDev(here, "--port", "0", "--json");
  const after = await ready(dev);
  const shown = await bridle(here, ["runs", "show", "r1", "--json"]);

  expect(doctor.stdout).toMatch(/^warn {2}server record +the server .* outlived the command/m);
  expect(after.temporalAddress).toBe(before.temporalAddress);
  expect(parseJson(shown.stdout)).toMatchObject({ status: "completed" });
});
