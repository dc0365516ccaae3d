/** `bridle crashtest` as a user runs it, on apps that keep their promise, break it, or make none. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { bridle, type CliProject, type CliResult, cliProject, parseJson, parseLines } from "../../helpers/cli.ts";

const APPS = fileURLToPath(new URL("../../helpers/cli-crash-app.ts", import.meta.url));
const TIMEOUT = { timeout: 240_000 };
/** The keys of the effects that a plan has in the target, one for each. */
const COUNTER = `const { existsSync, readFileSync } = require("node:fs");
const { CLI_TEST_EFFECTS: file, BRIDLE_PLAN_ID: plan } = process.env;
const lines = existsSync(file) ? readFileSync(file, "utf8").trim().split("\\n") : [];
console.log(JSON.stringify(lines.map((line) => line.split(" ")).filter(([id]) => id === plan).map(([, , key]) => key)));`;

interface CrashProject extends CliProject {
  readonly effects: string;
}

function project(): CrashProject {
  const { folder, env } = cliProject();
  const effects = join(folder, "effects.log");
  const plan = {
    plan: "HoldPlan",
    references: { shirts: { kind: "ProductSet", value: ["a", "b"] } },
    body: { actions: [{ kind: "hold", place: "x", products: { $reference: "shirts" } }] },
  };
  writeFileSync(join(folder, "plan.json"), JSON.stringify(plan));
  writeFileSync(join(folder, "count.cjs"), COUNTER);
  return { folder, effects, env: { ...env, CLI_TEST_EFFECTS: effects } };
}

function crashtest(place: CrashProject, app: string, ...flags: readonly string[]): Promise<CliResult> {
  return bridle(place, ["crashtest", "--app", `${APPS}#${app}`, ...flags]);
}

function effectLines({ effects }: CrashProject): readonly string[] {
  return existsSync(effects) ? readFileSync(effects, "utf8").trim().split("\n") : [];
}

test("a target that knows keys is safe at every boundary, and nothing of the project is touched", TIMEOUT, async () => {
  const place = project();

  const { code, stdout, stderr } = await crashtest(
    place,
    "honest",
    ...["--plan", "plan.json", "--effects", `"${process.execPath}" count.cjs`, "--yes", "--output", "ndjson"],
  );

  expect(stderr).toBe("");
  const lines = parseLines(stdout);
  expect(lines[0]).toMatchObject({ event: "warning", message: expect.stringContaining("calls the target") });
  const runs = lines.filter(({ event }) => event === "item").map(({ item }) => item);
  expect(runs).toMatchObject(
    [null, "preflight.done:1", "intent.written:1", "effect.returned:1", "ledger.done:1", "plan.closed:1"].map(
      (killedAt) => ({ killedAt, wasKilled: killedAt !== null, actions: [{ index: 0, fate: "applied" }] }),
    ),
  );
  expect(lines.at(-1)).toMatchObject({ event: "done", result: { verdict: "safe", kills: 5, findings: [] } });
  expect(code).toBe(0);
  expect(effectLines(place)).toHaveLength(6);
  expect(existsSync(join(place.folder, ".bridle"))).toBe(false);
});

test("a target that only says that it knows keys is caught", TIMEOUT, async () => {
  const place = project();
  const target = createServer((request, response) => {
    const planId = new URL(request.url ?? "", "http://localhost").searchParams.get("planId");
    const own = effectLines(place).filter((line) => line.startsWith(`${planId} `));
    response.end(JSON.stringify({ 0: own.length }));
  });
  onTestFinished(() => void target.close());
  await once(target.listen(0, "127.0.0.1"), "listening");
  const address = target.address();
  const url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/effects`;

  const { code, stdout } = await crashtest(place, "naive", "--plan", "plan.json", "--effects", url, "--yes");

  expect(code).toBe(1);
  expect(stdout).toContain("effect.returned:1: action 0 repeated, because it took effect 2 times");
  expect(stdout).toContain("BROKEN: under 5 kills");
});

test("what is called twice is not called safe while nobody counts", TIMEOUT, async () => {
  const { code, stdout } = await crashtest(project(), "naive", "--plan", "plan.json", "--yes", "--json");

  expect(code).toBe(1);
  expect(parseJson(stdout)).toMatchObject({
    verdict: "unproven",
    findings: [{ at: "effect.returned:1", action: 0, fate: "unproven" }],
  });
});

test("a target without a guarantee is never called twice, and what is in doubt is unknown", TIMEOUT, async () => {
  const place = project();

  const { code, stdout } = await crashtest(place, "careless", "--plan", "plan.json", "--yes", "--json");

  expect(code).toBe(0);
  expect(parseJson(stdout)).toMatchObject({
    verdict: "safe",
    actions: [{ index: 0, applied: 4, lost: 0, repeated: 0, unknown: 2 }],
    findings: [{ at: "intent.written:1" }, { at: "effect.returned:1" }],
  });
  const plans = effectLines(place).map((line) => line.split(" ")[0]);
  expect(new Set(plans).size).toBe(plans.length);
});

test("a script's plan, asked of a probe", TIMEOUT, async () => {
  const place = project();
  const ask = (agent: string, tool: string, args: object): unknown => ({
    tool: "call_agent",
    args: { agent, prompt: JSON.stringify([{ tool, args }, { text: "Done." }]) },
  });
  const body = { actions: [{ kind: "hold", place: "x" }] };
  const script = [
    ask("planner", "storePlan", { specName: "HoldPlan", planId: "{{run}}", body }),
    ask("executor", "executePlan", { planId: "{{run}}" }),
    { text: "Done." },
  ];
  writeFileSync(join(place.folder, "script.json"), JSON.stringify(script));

  const { code, stdout } = await crashtest(place, "askable", "--script", "script.json", "--yes", "--json");

  expect(parseJson(stdout)).toMatchObject({ verdict: "safe", kills: 5, actions: [{ applied: 6, unknown: 0 }] });
  expect(code).toBe(0);
  expect(effectLines(place)).toHaveLength(6);
});

test("a dispatcher that does nothing is found before anything is killed", TIMEOUT, async () => {
  const { code, stdout } = await crashtest(project(), "forgetful", "--plan", "plan.json", "--yes");

  expect(code).toBe(1);
  expect(stdout).toContain("no kill: action 0 lost, because it is recorded as done");
});

test("without --yes nothing is called", async () => {
  const place = project();

  const { code, stderr } = await crashtest(place, "honest", "--plan", "plan.json");

  expect(code).toBe(4);
  expect(stderr).toMatch(/calls the target of the app for real[^]*--yes/);
  expect(effectLines(place)).toEqual([]);
});
