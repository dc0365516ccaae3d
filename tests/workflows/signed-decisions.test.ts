import { expect, test, vi } from "vitest";
import type { Answer, AnswerTarget } from "../../src/protocol/gate.ts";
import { signAnswer } from "../../src/runtime/approvals/sign-answer.ts";
import { pay, payingApp, watchGates } from "../helpers/gated-app.ts";
import { type OpenRuntime, openRuntime } from "../helpers/open-runtime.ts";
import { planSpec, recordingDispatcher, watchPlan, type WatchedPlan } from "../helpers/plan-app.ts";
import { signedApprovals, signingKey } from "../helpers/signing-key.ts";

const spec = planSpec();
const key = signingKey();
const stranger = signingKey();
const HOUR_MS = 3_600_000;

function body(product: string): object {
  return { rationale: "r", actions: [{ kind: "price", product, price: 6.49 }] };
}

async function signedRuntime(more: Parameters<typeof openRuntime>[1] = {}): Promise<OpenRuntime> {
  const { dispatcher } = recordingDispatcher();
  return openRuntime(spec, { actionDispatcher: dispatcher, approvals: signedApprovals(key), ...more });
}

async function waitingPlan(open: OpenRuntime, planId = "p1", product = "a"): Promise<WatchedPlan> {
  const { planHash } = await open.runtime.plans.store({ plan: "PricePlan", planId, body: body(product) });
  const plan = watchPlan(open, planId);
  await vi.waitUntil(async () => (await plan.record())?.gate?.contentHash === planHash, { timeout: 10_000 });
  return plan;
}

function targetOf({ runtime }: OpenRuntime, planId = "p1"): AnswerTarget {
  const { tenant, workspace } = runtime.app;
  return { tenant, workspace, subject: { kind: "plan", planId } };
}

/** An approval of what waits, as the operator's key would sign it. */
async function approval(open: OpenRuntime, plan: WatchedPlan, more: Partial<Answer> = {}): Promise<Answer> {
  const record = await plan.record();
  if (record?.gate == null) throw new Error("no gate is open");
  const answer: Answer = {
    decision: "approve",
    decisionId: "d1",
    gate: record.gate.id,
    contentHash: record.planHash,
    by: "ann",
    ...more,
  };
  return signAnswer(key, answer, { target: targetOf(open), now: new Date(), validForMs: HOUR_MS });
}

/** Sends an answer the way a stranger would, and reads what was recorded of it. */
async function refusal(plan: WatchedPlan, answer: object): Promise<unknown> {
  const before = (await plan.decisions()).length;
  await plan.handle.signal("approve", answer);
  await vi.waitUntil(async () => (await plan.decisions()).length > before, { timeout: 10_000 });
  expect(await plan.record()).toMatchObject({ status: "draft" });
  return (await plan.decisions()).at(-1);
}

test("only a signed answer counts, and its record names the key", async () => {
  await using open = await signedRuntime();
  const plan = await waitingPlan(open);

  const bare = await plan.handle.executeUpdate("respond", { args: [{ decision: "approve", by: "ann" }] });
  const answer = await approval(open, plan);
  await plan.handle.signal("approve", answer);
  await vi.waitUntil(async () => (await plan.record())?.status === "approved", { timeout: 10_000 });

  expect(bare).toMatchObject({ kind: "refused", code: "unsigned" });
  expect(await plan.decisions()).toMatchObject([
    { refused: "unsigned", authn: "none" },
    { refused: null, authn: "signature", key: key.publicKey.fingerprint, by: "ann", decisionId: "d1" },
  ]);
  const [unproven, counted] = await plan.decisions();
  expect(unproven).toMatchObject({ answeredHash: null });
  expect(unproven).not.toHaveProperty("signed");
  expect(counted).toMatchObject({ answeredHash: answer.contentHash, signed: answer });
});

test("unsigned, forged, expired and foreign signals change nothing, and each is on record", async () => {
  await using open = await signedRuntime();
  const plan = await waitingPlan(open);
  const genuine = await approval(open, plan);
  const { signature: _, ...answer } = genuine;
  const terms = { target: targetOf(open), now: new Date(), validForMs: HOUR_MS };
  const elsewhere = (target: Partial<AnswerTarget>): Answer =>
    signAnswer(key, answer, { ...terms, target: { ...terms.target, ...target } });

  const refusals = [
    await refusal(plan, {}),
    await refusal(plan, answer),
    await refusal(plan, { ...genuine, by: "bob" }),
    await refusal(plan, { ...genuine, note: "and more" }),
    await refusal(plan, signAnswer(stranger, answer, terms)),
    await refusal(plan, { ...answer, signature: { ...genuine.signature, value: "AAAA" } }),
    await refusal(plan, signAnswer(key, answer, { ...terms, now: new Date(Date.now() - 2 * HOUR_MS) })),
    await refusal(plan, elsewhere({ tenant: "other" })),
    await refusal(plan, elsewhere({ workspace: "other" })),
    await refusal(plan, elsewhere({ subject: { kind: "plan", planId: "p2" } })),
    await refusal(plan, elsewhere({ subject: { kind: "tool", turn: "p1", callId: "p1" } })),
    await refusal(plan, { ...(await approval(open, plan, { decision: "reject" })), decision: "approve" }),
  ];

  expect(refusals.map((record) => Reflect.get(Object(record), "refused"))).toEqual([
    "unsigned",
    "unsigned",
    ...Array.from({ length: 10 }, () => "bad_signature"),
  ]);
  expect(refusals.every((record) => Reflect.get(Object(record), "authn") === "none")).toBe(true);
  expect(await plan.handle.executeUpdate("respond", { args: [genuine] })).toMatchObject({ kind: "counted" });
});

test("a signature that cannot be read is no answer", async () => {
  await using open = await signedRuntime();
  const plan = await waitingPlan(open);
  const genuine = await approval(open, plan);

  for (const signature of ["", "ed25519:x", {}, { ...genuine.signature, more: 1 }, { ...genuine.signature, value: 7 }])
    expect(await plan.handle.executeUpdate("respond", { args: [{ ...genuine, signature }] })).toMatchObject({
      kind: "refused",
    });

  expect(await plan.record()).toMatchObject({ status: "draft" });
});

test("a signed answer for a revision before, or sent again, does not count for what waits now", async () => {
  await using open = await signedRuntime();
  const plan = await waitingPlan(open);
  const first = await approval(open, plan);
  await waitingPlan(open, "p1", "b");
  const gate = (await plan.record())?.gate?.id ?? "";

  const older = await refusal(plan, first);
  const moved = await refusal(plan, { ...first, gate });
  const sent = await approval(open, plan, { decision: "revise", decisionId: "d2", note: "use b" });
  const counted = await plan.handle.executeUpdate("respond", { args: [sent] });
  const again = await plan.handle.executeUpdate("respond", { args: [sent] });
  await waitingPlan(open, "p1", "c");
  const later = await refusal(plan, sent);

  expect(older).toMatchObject({ refused: "plan_hash_mismatch", authn: "signature", answeredHash: first.contentHash });
  expect(Reflect.get(Object(older), "contentHash")).not.toBe(first.contentHash);
  expect(moved).toMatchObject({ refused: "bad_signature", authn: "none" });
  expect(counted).toMatchObject({ kind: "counted", status: "draft" });
  expect(again).toMatchObject({ kind: "refused", code: "already_decided" });
  expect(later).toMatchObject({ refused: "bad_signature" });
});

test("the host's own answers are signed where it holds the key, and refused where it does not", async () => {
  await using open = await signedRuntime({ signingKey: () => key });
  const plan = await waitingPlan(open);
  await using client = await signedRuntime({
    workspace: open.runtime.app.workspace,
    session: { home: open.home, hosted: [] },
  });

  const unsigned = await client.runtime.respondToApproval("p1", { decision: "approve", by: "ann" });
  const counted = await open.runtime.respondToApproval("p1", { decision: "approve", by: "ann" });
  const late = await open.runtime.respondToApproval("p1", { decision: "reject", by: "ann" });

  expect(unsigned).toMatchObject({ kind: "refused", code: "unsigned" });
  expect(counted).toMatchObject({ kind: "counted", status: "approved" });
  expect(late).toMatchObject({ kind: "refused", code: "already_decided" });
  expect((await plan.decisions()).filter(({ refused }) => refused === null)).toMatchObject([
    { by: "ann", authn: "signature", key: key.publicKey.fingerprint, channel: "host" },
  ]);
});

test("a plan that was stored a moment ago can be approved at once, by a program that names nobody", async () => {
  await using open = await signedRuntime({ signingKey: () => key });
  await open.runtime.plans.store({ plan: "PricePlan", planId: "p1", body: body("a") });

  expect(await open.runtime.respondToApproval("p1", { decision: "approve" })).toMatchObject({ kind: "counted" });
  expect(await open.runtime.plans.decisions("p1")).toMatchObject([{ by: "host", authn: "signature" }]);
});

test("a worker that was told nothing about approvals counts none, and open mode notes a signature that holds", async () => {
  await using silent = await signedRuntime({ approvals: { ...signedApprovals(), mode: "signed" } });
  await using open = await signedRuntime({ approvals: { ...signedApprovals(key), mode: "open" } });
  const closed = await waitingPlan(silent);
  const plan = await waitingPlan(open);

  const refused = await closed.handle.executeUpdate("respond", { args: [await approval(silent, closed)] });
  const forged = { ...(await approval(open, plan)), by: "bob" };
  await plan.handle.executeUpdate("respond", { args: [forged] });
  const other = await waitingPlan(open, "p2");
  const record = await other.record();
  const answer: Answer = { decision: "approve", decisionId: "d2", by: "ann", contentHash: record?.planHash ?? "" };
  const terms = { target: targetOf(open, "p2"), now: new Date(), validForMs: HOUR_MS };
  await other.handle.executeUpdate("respond", { args: [signAnswer(key, answer, terms)] });

  expect(refused).toMatchObject({ kind: "refused", code: "bad_signature" });
  expect(await plan.decisions()).toMatchObject([{ by: "bob", authn: "none", refused: null }]);
  expect(await other.decisions()).toMatchObject([{ by: "ann", authn: "signature", refused: null }]);
});

test("a tool call's gate takes signed answers only, and none that was signed for another call", async () => {
  const { spec: paying, payments } = payingApp();
  await using open = await openRuntime(paying, { approvals: signedApprovals(key), signingKey: () => key });
  const gates = watchGates(open);
  const run = open.runtime.query(JSON.stringify([pay(5), { text: "Paid." }]));
  const [waiting] = await gates.untilWaiting(1);
  const { id = "", contentHash = "" } = waiting?.gate ?? {};
  const { tenant, workspace } = open.runtime.app;
  const answer: Answer = { decision: "approve", decisionId: "d1", gate: id, contentHash, by: "ann" };
  const subject = { kind: "tool", turn: run.runId, callId: "another" } as const;
  const terms = { target: { tenant, workspace, subject }, now: new Date(), validForMs: HOUR_MS };
  const turn = open.session.client.workflow.getHandle(waiting?.workflowId ?? "");

  const unsigned = await turn.executeUpdate("respond", { args: [answer] });
  const foreign = await turn.executeUpdate("respond", { args: [signAnswer(key, answer, terms)] });
  expect(payments).toEqual([]);
  const counted = await open.runtime.respondToApproval(id, { decision: "approve", by: "ann" });
  await run.result();

  expect(unsigned).toMatchObject({ kind: "refused", code: "unsigned" });
  expect(foreign).toMatchObject({ kind: "refused", code: "bad_signature" });
  expect(counted).toMatchObject({ kind: "counted" });
  expect(payments).toEqual([5]);
  expect(await gates.decisions(id)).toMatchObject([
    { refused: "unsigned", authn: "none", answeredHash: contentHash },
    { refused: "bad_signature", authn: "none" },
    { refused: null, authn: "signature", key: key.publicKey.fingerprint, signed: { by: "ann", gate: id, contentHash } },
  ]);
});
