import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { APP, BIN, bridle, cliProject, parseJson, parseLines } from "../../helpers/cli.ts";

test("help shows every command with examples, and ends with 0", async () => {
  const { code, stdout, stderr } = await bridle(cliProject(), ["--help"]);

  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  for (const command of ["dev", "serve", "worker", "run", "runs", "threads", "replay", "doctor"]) {
    expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, "m"));
  }
  expect(stdout).toContain("$ bridle dev --app ./app.ts");
});

test.each([
  [["rum"], "Did you mean run?"],
  [["run", "--promt", "x"], "Did you mean --prompt?"],
  [["run", "--prompt", "x"], "Name the file that exports it: --app ./app.ts"],
  [["run", "--prompt", "x", "--app", "./none.ts"], "Give the path of the file that exports the app"],
  [["worker", "--app", APP, "--grace", "soon"], "Correct --grace"],
  [["run", "--app", APP, "--prompt", "x", "--workspace", "third"], "expected one of default, second"],
  [["replay"], "Name a workflow of the server"],
  [["doctor", "--output", "xml"], "Correct --output"],
])("%j is refused with 2 and the way out", async (args, told) => {
  const { code, stdout, stderr } = await bridle(cliProject(), args);

  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^error\[INPUT_INVALID\] /);
  expect(stderr).toContain(told);
});

test("in the JSON modes a refusal is JSON on stderr, and ndjson is done all the same", async () => {
  const json = await bridle(cliProject(), ["run", "--promt", "x", "--json"]);
  const ndjson = await bridle(cliProject({ BRIDLE_OUTPUT: "ndjson" }), ["run", "--promt", "x"]);

  const error = { code: "INPUT_INVALID", hint: "Did you mean --prompt?" };
  expect(json).toMatchObject({ code: 2, stdout: "" });
  expect(parseJson(json.stderr)).toMatchObject({ schemaVersion: 1, error });
  expect(parseJson(ndjson.stderr)).toMatchObject({ schemaVersion: 1, error });
  expect(parseLines(ndjson.stdout)).toMatchObject([{ event: "done", ok: false, exitCode: 2, error }]);
});

test("a question that nobody answers ends with 4 and names the flag", async () => {
  const { code, stderr } = await bridle(cliProject(), ["run", "--app", APP]);

  expect(code).toBe(4);
  expect(stderr).toContain("--prompt");
});

test("capabilities tell programs the commands, flags, variables and exit codes", async () => {
  const { stdout } = await bridle(cliProject(), ["capabilities", "--json"]);

  const document = parseJson(stdout);
  expect(document).toMatchObject({
    schemaVersion: 1,
    outputModes: ["text", "json", "ndjson"],
    commands: expect.arrayContaining([
      expect.objectContaining({
        name: "run",
        flags: expect.arrayContaining([
          { flag: "--prompt", takesValue: true, description: expect.any(String) },
          { flag: "--no-worker", takesValue: false, description: expect.any(String) },
        ]),
      }),
    ]),
    environment: expect.arrayContaining([expect.objectContaining({ name: "BRIDLE_API_TOKEN" })]),
  });
  expect(document["exitCodes"]).toMatchObject([0, 1, 2, 3, 4, 130, 143].map((code) => ({ code })));
});

test("crash points are listed for scripts", async () => {
  const { stdout } = await bridle(cliProject(), ["crashpoints", "--json"]);

  expect(parseJson(stdout)).toMatchObject({ schemaVersion: 1, crashpoints: expect.arrayContaining(["tool.returned"]) });
});

test("a reader that stops reading is no failure", async () => {
  const { folder } = cliProject();
  const child = spawn(process.execPath, [BIN, "capabilities", "--json"], { cwd: folder });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));

  child.stdout.destroy();
  const [code]: unknown[] = await once(child, "close");

  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

test("--verbose tells which environment files were read, and never what is in them", async () => {
  const project = cliProject();
  writeFileSync(join(project.folder, ".env"), "BRIDLE_OUTPUT=json\nACME_API_KEY=very-secret-value\n");

  const { stdout, stderr } = await bridle(project, ["crashpoints", "--verbose"]);

  expect(parseJson(stdout)).toMatchObject({ schemaVersion: 1 });
  expect(stderr).toContain(join(project.folder, ".env"));
  expect(stderr).not.toContain("very-secret-value");
});

test("doctor works without a server, an app or a data folder, and creates none", async () => {
  const project = cliProject();

  const { code, stdout } = await bridle(project, ["doctor", "--json"]);

  const report = parseJson(stdout);
  expect(code).toBe(0);
  expect(report).toMatchObject({ schemaVersion: 1, files: [], pollers: null, pendingApprovals: 0 });
  expect(report).toMatchObject({
    checks: expect.arrayContaining([
      expect.objectContaining({ name: "sqlite", status: "ok" }),
      expect.objectContaining({ name: "temporal", status: "warn", fix: expect.stringContaining("bridle dev") }),
      expect.objectContaining({ name: "model key", status: "warn" }),
    ]),
  });
});

test("doctor fails when the server that was named is not there", async () => {
  const { code, stdout } = await bridle(cliProject(), ["doctor", "--temporal-address", "127.0.0.1:9"]);

  expect(code).toBe(1);
  expect(stdout).toMatch(/^fail {2}temporal +No Temporal server answers at 127\.0\.0\.1:9/m);
});

test.each([["worker"], ["serve"]])(
  "%s never starts a server: without one it ends with 3 within seconds",
  async (command) => {
    const project = cliProject();
    const started = Date.now();

    const none = await bridle(project, [command, "--app", APP]);
    const named = await bridle(project, [command, "--app", APP, "--temporal-address", "127.0.0.1:9", "--json"]);

    expect(none.code).toBe(3);
    expect(none.stderr).toMatch(
      /^error\[TEMPORAL_UNREACHABLE\] .*\nfix: Run `bridle dev --app \S+cli-app\.ts` in the project first/,
    );
    expect(named.code).toBe(3);
    expect(parseJson(named.stderr)).toMatchObject({ error: { code: "TEMPORAL_UNREACHABLE" } });
    expect(Date.now() - started).toBeLessThan(8_000);
  },
);

test("reading runs where there is no store says where one was expected, and creates none", async () => {
  const { code, stderr } = await bridle(cliProject(), ["runs", "list"]);

  expect(code).toBe(3);
  expect(stderr).toMatch(/error\[STORE_UNAVAILABLE\] There is no state store yet: expected .*\.bridle/);
});

test("an app file with syntax that Node does not strip is compiled", async () => {
  const project = cliProject();
  const file = join(project.folder, "app.ts");
  writeFileSync(
    file,
    `enum Name { App = "spelled" }\nimport { runtimeSpec } from ${JSON.stringify(APP)};\nexport const app = runtimeSpec;\nexport const name = Name.App;\n`,
  );

  const { stdout } = await bridle(project, ["doctor", "--app", "app.ts", "--json"]);

  expect(parseJson(stdout)).toMatchObject({
    checks: expect.arrayContaining([expect.objectContaining({ name: "app", status: "ok" })]),
  });
});

test("an error in the app is told with its line", async () => {
  const project = cliProject();
  writeFileSync(join(project.folder, "app.ts"), "export const app: number = 1;\nthrow new Error('no such table');\n");

  const { code, stderr } = await bridle(project, ["run", "--app", "app.ts", "--prompt", "x"]);

  expect(code).toBe(2);
  expect(stderr).toContain("no such table (app.ts:2:7)");
});
