import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client, Connection, type WorkflowHandle } from "@temporalio/client";
import { expect, inject, onTestFinished, test, vi } from "vitest";
import * as z from "zod";
import { bridle, parseJson } from "../helpers/cli.ts";
import { type CliService, startService } from "../helpers/cli-service.ts";

const APP = fileURLToPath(new URL("../helpers/cli-rules-app.ts", import.meta.url));
const NOTHING = "0".repeat(64);

/** What a script sees of an answer: the code, and what the HTTP status or the exit code is. */
type Told = readonly [code: string, status: number | null];

test("each refusal has its code, over HTTP with a status and on the command line with exit code 1", async () => {
  const service = await startService(APP);
  const [p1, late, done] = [
    { service, workspace: "default", id: "p1" },
    { service, workspace: "brief", id: "late" },
    { service, workspace: "free", id: "done" },
  ];
  const [call] = await Promise.all([cancelledCall(service), storePlan(p1), storePlan(late), storePlan(done)]);
  await runToEnd({ ...done, id: "execute" }, { tool: "executePlan", args: { planId: "done" } });
  await Promise.all([untilStatus(late, "expired"), untilStatus(done, "executed")]);
  const both = async (subject: Subject, answer: Answer): Promise<readonly Told[]> => [
    await overHttp(subject, answer),
    await onCommandLine(subject, answer),
  ];

  const unknown = await both({ ...p1, id: "nobody" }, { by: "ann" });
  const elsewhere = await both({ ...p1, workspace: "brief" }, { by: "ann" });
  const mismatch = await both(p1, { by: "ann", planHash: NOTHING });
  const forbidden = await both(p1, { by: "bob" });
  const expired = await both(late, { by: "ann" });
  const closed = await both(call, { by: "ann" });
  const policy = await both(done, { by: "ann" });
  const counted = await overHttp(p1, { by: "ann", decisionId: "d1" });
  const again = await both(p1, { by: "ann", decisionId: "d1" });
  const second = await both(p1, { by: "ann", decisionId: "d2" });

  const refused = (code: string, status: number): readonly Told[] => [
    [code, status],
    [code, 1],
  ];
  expect({ unknown, elsewhere, mismatch, forbidden, expired, closed, policy, counted, again, second }).toEqual({
    unknown: refused("unknown_plan", 404),
    elsewhere: refused("unknown_plan", 404),
    mismatch: refused("plan_hash_mismatch", 409),
    forbidden: refused("forbidden", 403),
    expired: refused("expired", 409),
    closed: refused("closed", 409),
    policy: refused("already_decided", 409),
    counted: ["counted", 200],
    again: refused("already_decided", 409),
    second: refused("already_decided", 409),
  });
}, 120_000);

test("an answer that is not signed, or by a stranger's key, is refused and kept, whatever way it came", async () => {
  const service = await startService(APP);
  const { project } = service;
  await storePlan({ service, workspace: "default", id: "p1" });
  const stranger = join(project.folder, "stranger-key");
  await bridle(project, ["approvals", "key", "--approval-key-file", stranger]);
  const answer = ["approvals", "approve", "p1", "--by", "ann", "--json"];
  const plan = await planHandle(service, "p1");

  const bare = await bridle(project, [...answer, "--approval-key-file", join(project.folder, "none")]);
  const forged = await bridle(project, [...answer, "--approval-key-file", stranger]);
  await plan.signal("approve", { by: "ann" });
  const audit = z.looseObject({ status: z.string(), decisions: z.array(z.unknown()) });
  const shown = async (): Promise<z.infer<typeof audit>> =>
    audit.parse((await service.call("/api/plans/p1?audit=true")).json);
  await vi.waitUntil(async () => (await shown()).decisions.length === 3, { timeout: 10_000 });

  expect([bare.code, forged.code]).toEqual([1, 1]);
  expect(parseJson(bare.stdout)).toMatchObject({ result: { kind: "refused", code: "unsigned" } });
  expect(parseJson(forged.stdout)).toMatchObject({ result: { kind: "refused", code: "bad_signature" } });
  expect(await shown()).toMatchObject({
    status: "draft",
    decisions: [
      { refused: "unsigned", authn: "none", channel: "cli" },
      { refused: "bad_signature", channel: "cli" },
      { refused: "unsigned", authn: "none", channel: "signal" },
    ],
  });
}, 120_000);

/** What an answer is for. */
interface Subject {
  readonly service: CliService;
  readonly workspace: string;
  readonly id: string;
}

interface Answer {
  readonly by: string;
  readonly planHash?: string;
  readonly decisionId?: string;
}

const Result = z.looseObject({ result: z.looseObject({ kind: z.string(), code: z.string().optional() }) });

async function overHttp({ service, workspace, id }: Subject, answer: Answer): Promise<Told> {
  const json = { decision: "approve", ...answer };
  const { status, json: said } = await service.call(`/api/plans/${id}/decisions?workspace=${workspace}`, { json });
  const { kind, code = kind } = Result.parse(said).result;
  return [code, status];
}

async function onCommandLine({ service, workspace, id }: Subject, answer: Answer): Promise<Told> {
  const { by, planHash, decisionId } = answer;
  const more = [
    ...(planHash === undefined ? [] : ["--plan-hash", planHash]),
    ...(decisionId === undefined ? [] : ["--decision-id", decisionId]),
  ];
  const args = ["approvals", "approve", id, "--workspace", workspace, "--by", by, ...more, "--json"];
  const { code, stdout, stderr } = await bridle(service.project, args);
  const { result } = Result.parse(parseJson(stdout));
  expect(parseJson(stderr)).toMatchObject({ schemaVersion: 1, error: { code: result.code } });
  return [result.code ?? result.kind, code];
}

interface Step {
  readonly tool: "storePlan" | "executePlan";
  readonly args: object;
}

async function storePlan(plan: Subject): Promise<void> {
  const body = { actions: [{ kind: "price", product: "pen" }] };
  const args = { specName: "PricePlan", planId: plan.id, body };
  await runToEnd({ ...plan, id: `store-${plan.id}` }, { tool: "storePlan", args });
}

/** Has the agent whose tool it is make one call, and waits for the end of its run. */
async function runToEnd({ service, workspace, id }: Subject, step: Step): Promise<void> {
  const agent = step.tool === "storePlan" ? "planner" : "executor";
  const prompt = JSON.stringify([step, { text: "Done." }]);
  const { status } = await service.call("/api/runs", { json: { runId: id, workspace, agent, prompt } });
  expect(status).toBe(202);
  await untilSays(service, `/api/runs/${id}?workspace=${workspace}`, '"status":"completed"');
}

/** The gate of a call whose run was cancelled while it waited. */
async function cancelledCall(service: CliService): Promise<Subject> {
  const prompt = JSON.stringify([{ tool: "pay", args: { amount: 5 } }, { text: "Paid." }]);
  await service.call("/api/runs", { json: { runId: "paying", prompt } });
  const list = await untilSays(service, "/api/approvals", '"tool":"pay"');
  const { items } = z.looseObject({ items: z.array(z.looseObject({ id: z.string() })) }).parse(JSON.parse(list));
  await service.call("/api/runs/paying/cancel", { json: {} });
  await untilSays(service, "/api/runs/paying", '"status":"cancelled"');
  const gate = items.find((item) => item["kind"] === "tool");
  return { service, workspace: "default", id: gate?.id ?? "" };
}

async function untilStatus({ service, workspace, id }: Subject, status: string): Promise<void> {
  await untilSays(service, `/api/plans/${id}?workspace=${workspace}`, `"status":"${status}"`);
}

/** What the API answers once it contains a text. */
async function untilSays({ call }: CliService, path: string, said: string): Promise<string> {
  const look = async (): Promise<string> => JSON.stringify((await call(path)).json);
  return vi.waitUntil(async () => ((await look()).includes(said) ? look() : null), { timeout: 20_000, interval: 100 });
}

/** The plan's workflow, as any client of the server reaches it. */
async function planHandle({ project }: CliService, planId: string): Promise<WorkflowHandle> {
  const connection = await Connection.connect({ address: inject("temporalAddress") });
  onTestFinished(() => connection.close());
  return new Client({ connection }).workflow.getHandle(`${project.env["CLI_TEST_TENANT"]}/default/plan/${planId}`);
}
