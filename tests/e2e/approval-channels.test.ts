import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test, vi } from "vitest";
import * as z from "zod";
import { createRuntime } from "../../src/index.ts";
import { locateTemporalCli } from "../../src/runtime/temporal/locate-temporal-cli.ts";
import { hasBrowser, openBrowser } from "../helpers/chromium.ts";
import { bridle, type CliProject, cliProject, parseJson, startBridle } from "../helpers/cli.ts";
import { ask } from "../helpers/crash-script.ts";
import { execute, planSpec, store } from "../helpers/plan-app.ts";
import { ROOT } from "../helpers/source-files.ts";

/**
 * One run waits at a gate while worker, API and Temporal server are all killed; new ones start on the same data, and each way of
 * answering makes the same run go on. Answers must be signed.
 */

const APP = fileURLToPath(new URL("../helpers/cli-plan-app.ts", import.meta.url));
const TEST_MS = 120_000;

const Ready = z.looseObject({ url: z.string(), temporalAddress: z.string(), uiUrl: z.string(), approvals: z.string() });
type Ready = z.infer<typeof Ready>;

interface Paused extends Ready {
  readonly project: CliProject;
  readonly workflowId: string;
  readonly planHash: string;
}

/** A run that waits for an answer to plan p1, on a server, a worker and an API that all started after it began to wait. */
async function pausedRun(): Promise<Paused> {
  const cli = await locateTemporalCli({ env: process.env, home: join(ROOT, ".cache"), allowFetch: false });
  const bare = cliProject({ BRIDLE_TEMPORAL_CLI: cli });
  const project: CliProject = { ...bare, env: { ...bare.env, CLI_TEST_EFFECTS: join(bare.folder, "effects.log") } };
  // A server outlives the command that a test kills.
  onTestFinished(() => killServer(project));
  const first = await startDev(project);
  const prompt = JSON.stringify([
    ask("planner", store("p1", "a"), { text: "Stored." }),
    ask("executor", execute("p1"), { text: "Done." }),
    { text: "All done." },
  ]);
  await bridle(project, ["run", "--app", APP, "--run-id", "r1", "--detach", "--prompt", prompt]);
  await vi.waitUntil(async () => (await waiting(project)).length === 1, { timeout: 20_000, interval: 500 });
  first.process.child.kill("SIGKILL");
  killServer(project);
  await first.process.result;
  const { ready } = await startDev(project);
  const { planHash, status } = parseJson((await bridle(project, ["plans", "show", "p1", "--json"])).stdout);
  expect({ status, approvals: ready.approvals }).toEqual({ status: "draft", approvals: "signed" });
  expect(existsSync(join(project.folder, "effects.log"))).toBe(false);
  const workflowId = `${project.env["CLI_TEST_TENANT"]}/default/plan/p1`;
  return { ...ready, project, workflowId, planHash: String(planHash) };
}

function killServer({ folder }: CliProject): void {
  const record = readFileSync(join(folder, ".bridle", "temporal.json"), "utf8");
  process.kill(z.looseObject({ pid: z.number() }).parse(JSON.parse(record)).pid, "SIGKILL");
}

async function startDev(
  project: CliProject,
): Promise<{ readonly process: ReturnType<typeof startBridle>; readonly ready: Ready }> {
  const dev = startBridle(project, ["dev", "--app", APP, "--approvals", "signed", "--port", "0", "--json"]);
  const ready = Ready.parse(JSON.parse(await dev.line((line) => line.includes("dev.ready"))));
  return { process: dev, ready };
}

async function waiting(project: CliProject): Promise<readonly unknown[]> {
  const { code, stdout } = await bridle(project, ["approvals", "list", "--json"]);
  return code === 0 ? z.array(z.unknown()).parse(parseJson(stdout)["items"]) : [];
}

/** The same run goes on to its end, and what was approved is applied once. */
async function expectResumed(
  { project }: Paused,
  decision: { readonly by: string; readonly channel: string },
): Promise<void> {
  await vi.waitUntil(
    async () => {
      const { stdout } = await bridle(project, ["runs", "show", "r1", "--json"]);
      return parseJson(stdout)["status"] === "completed";
    },
    { timeout: 30_000, interval: 500 },
  );
  const plan = parseJson((await bridle(project, ["plans", "show", "p1", "--audit", "--json"])).stdout);
  expect(plan).toMatchObject({
    status: "executed",
    decisions: [{ decision: "approve", authn: "signature", ...decision }],
  });
  const effects = readFileSync(join(project.folder, "effects.log"), "utf8").trimEnd().split("\n");
  expect(effects.map((line) => JSON.parse(line))).toMatchObject([{ approvedBy: [decision.by], products: ["a"] }]);
}

async function signed({ project }: Paused): Promise<string> {
  const { code, stdout, stderr } = await bridle(project, ["approvals", "sign", "p1", "--approve", "--by", "ann"]);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return stdout.trim();
}

test("the command line's answer", { timeout: TEST_MS }, async () => {
  const paused = await pausedRun();

  const approved = await bridle(paused.project, ["approvals", "approve", "p1", "--by", "ann", "--json"]);

  expect(parseJson(approved.stdout)).toMatchObject({ result: { kind: "counted" } });
  await expectResumed(paused, { by: "ann", channel: "cli" });
});

test("a program's answer, from another process with the key", { timeout: TEST_MS }, async () => {
  const paused = await pausedRun();
  const { project, temporalAddress } = paused;
  const runtime = createRuntime(planSpec(), {
    app: "elsewhere",
    home: join(project.folder, ".bridle"),
    worker: false,
    temporal: { address: temporalAddress, taskQueue: project.env["TEMPORAL_TASK_QUEUE"] ?? "" },
  });
  const elsewhere = await runtime.respondToApproval("p1", { decision: "approve" });
  await runtime.close();
  const own = createRuntime(planSpec(undefined, project.env["CLI_TEST_TENANT"]), {
    home: join(project.folder, ".bridle"),
    worker: false,
    temporal: { address: temporalAddress },
  });

  const approved = await own.respondToApproval("p1", { decision: "approve", by: "ann" });
  await own.close();

  expect(elsewhere).toMatchObject({ kind: "refused", code: "unknown_plan" });
  expect(approved).toMatchObject({ kind: "counted" });
  await expectResumed(paused, { by: "ann", channel: "host" });
});

test("an answer over HTTP, with the token", { timeout: TEST_MS }, async () => {
  const paused = await pausedRun();
  const { url, planHash } = paused;
  const token = readFileSync(join(paused.project.folder, ".bridle", "api-token"), "utf8");
  const decide = (authorization: string): Promise<Response> =>
    fetch(new URL("/api/plans/p1/decisions", url), {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify({ decision: "approve", by: "ann", planHash }),
    });

  const stranger = await decide("Bearer wrong");
  const approved = await decide(`Bearer ${token}`);

  expect(stranger.status).toBe(401);
  expect(await approved.json()).toMatchObject({ result: { kind: "counted" } });
  await expectResumed(paused, { by: "ann", channel: "http" });
});

test(
  "a signal of the `temporal` command, with what `bridle approvals sign` printed",
  { timeout: TEST_MS },
  async () => {
    const paused = await pausedRun();
    const { project, temporalAddress, workflowId } = paused;
    const input = await signed(paused);
    expect(parseJson(input)).toMatchObject({ decision: "approve", by: "ann", signature: { key: expect.any(String) } });

    const args = ["workflow", "signal", "--address", temporalAddress, "--workflow-id", workflowId, "--name", "approve"];
    await promisify(execFile)(project.env["BRIDLE_TEMPORAL_CLI"] ?? "", [...args, "--input", input]);

    await expectResumed(paused, { by: "ann", channel: "signal" });
  },
);

test.skipIf(!hasBrowser())(
  "the Temporal Web UI says what waits and how to answer, and its dialog sends the answer",
  { timeout: TEST_MS },
  async () => {
    const paused = await pausedRun();
    const { uiUrl, workflowId } = paused;
    const input = await signed(paused);
    await using page = await openBrowser();
    const shown = (text: string): string => `document.body.innerText.includes(${JSON.stringify(text)})`;
    const visible = (selector: string, text: RegExp): string =>
      `[...document.querySelectorAll(${JSON.stringify(selector)})].find((it) => it.checkVisibility() && ${String(text)}.test(it.innerText))`;
    await page.open(`${uiUrl}/namespaces/default/workflows/${encodeURIComponent(workflowId)}`);
    await page.until(`location.pathname.endsWith("/history") && ${shown("User Metadata")}`);

    await page.click(visible("a[role=tab]", /^User Metadata/));
    // The UI renders markdown in frames of its own origin.
    const details = `[...document.querySelectorAll("iframe")].map((it) => it.contentDocument?.body?.innerText).join("\\n")`;
    await page.until(`${details}.includes("Waits for a person: plan p1, revision 1")`);
    expect(await page.evaluate(details)).toContain("Answers must be signed: bridle approvals sign");
    const metadata = await page.screenshot();
    await page.click(visible("button", /More Actions/));
    await page.click(visible("[role=menuitem]", /Send a Signal/));
    await page.click(`document.querySelector("dialog[open] [data-testid=signal-select-button]")`);
    await page.click(visible("dialog[open] [role=option]", /^approve/));
    await page.click(`document.querySelector("dialog[open] .cm-content")`);
    await page.type(input);
    await page.until(`document.querySelector("dialog[open] .cm-content").innerText.includes('"signature"')`);
    // Leaving the field lays the JSON out anew and moves the button.
    await page.evaluate("document.activeElement.blur()");
    await page.until(`document.querySelector("dialog[open] .cm-content").innerText.includes("\\n")`);
    const dialog = await page.screenshot();
    await page.click(visible("dialog[open] button", /^Submit/));

    await page.until(`document.querySelector("dialog[open]") === null`);

    if (process.env["BRIDLE_SCREENSHOTS"] !== undefined) {
      writeFileSync(join(process.env["BRIDLE_SCREENSHOTS"], "temporal-ui-details.png"), metadata);
      writeFileSync(join(process.env["BRIDLE_SCREENSHOTS"], "temporal-ui-signal.png"), dialog);
    }
    await expectResumed(paused, { by: "ann", channel: "signal" });
  },
);
