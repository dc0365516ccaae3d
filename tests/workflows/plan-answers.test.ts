import { expect, test, vi } from "vitest";
import type { ApprovalPolicies } from "../../src/specs/approval.ts";
import { type OpenRuntime, openRuntime } from "../helpers/open-runtime.ts";
import {
  type Effect,
  planSpec,
  priceBody,
  pricePlan,
  productSet,
  recordingDispatcher,
  watchPlan,
} from "../helpers/plan-app.ts";
import { untilGated } from "../helpers/until-gated.ts";

type Rule = ApprovalPolicies["plans"];

const THREE_DAYS_MS = 3 * 24 * 60 * 60 * 1000;
const approve = (by: string): { readonly decision: "approve"; readonly by: string } => ({ decision: "approve", by });

/** A runtime whose plans have this rule, with the plan `p1` of Ann at its gate. */
async function openPlan(rule: Rule): Promise<{ readonly open: OpenRuntime; readonly effects: readonly Effect[] }> {
  const { effects, dispatcher } = recordingDispatcher();
  const policies = rule === undefined ? {} : { plans: rule };
  const open = await openRuntime(planSpec(policies), { actionDispatcher: dispatcher });
  const { plans } = open.runtime;
  await plans.store({ plan: pricePlan, planId: "p1", body: priceBody("a"), requestedBy: "Ann" });
  await untilGated({ plans }, "p1");
  return { open, effects };
}

test("two people must approve where the rule says so, and one person is one however they write their name", async () => {
  const { open, effects } = await openPlan({ kind: "always", min: 2 });
  await using _ = open;
  const { plans, respondToApproval } = open.runtime;

  const first = await respondToApproval("p1", approve("Bo"));
  const same = await respondToApproval("p1", approve(" bo"));
  const nobody = await respondToApproval("p1", { decision: "approve" });
  const between = await plans.execute("p1", { waitMs: 1 });
  const second = await respondToApproval("p1", approve("Cy"));

  expect(first).toMatchObject({ kind: "counted", status: "draft", waitsForMore: true });
  expect(same).toMatchObject({ kind: "refused", code: "already_decided" });
  expect(nobody).toMatchObject({ kind: "refused", code: "forbidden" });
  expect(between.status).toBe("draft");
  expect(second).toMatchObject({ kind: "counted", status: "approved", waitsForMore: false });
  expect(await plans.execute("p1")).toMatchObject({ status: "executed" });
  expect(effects).toMatchObject([{ approvedBy: ["Bo", "Cy"] }]);
}, 30_000);

test("whoever asked for a plan does not decide on it where the rule says so", async () => {
  const { open } = await openPlan({ kind: "always", notRequester: true });
  await using _ = open;
  const { respondToApproval } = open.runtime;

  expect(await respondToApproval("p1", approve("ann"))).toMatchObject({ kind: "refused", code: "forbidden" });
  expect(await respondToApproval("p1", { decision: "edit", by: "ANN", edits: priceBody("b") })).toMatchObject({
    kind: "refused",
    code: "forbidden",
  });
  expect(await respondToApproval("p1", approve("Bo"))).toMatchObject({ kind: "counted", status: "approved" });
}, 30_000);

test("an edit that breaks the schema is refused with what is wrong, and the gate waits as before", async () => {
  const { open } = await openPlan(undefined);
  await using _ = open;
  const { plans, respondToApproval } = open.runtime;
  const before = await plans.get("p1");
  const wrong = { rationale: "r", actions: [{ kind: "price", product: "a", price: -1 }] };

  const refused = await respondToApproval("p1", { decision: "edit", by: "Bo", edits: wrong });
  const after = await plans.get("p1");

  expect(refused).toMatchObject({ kind: "refused", code: "invalid_edit" });
  expect(JSON.stringify(refused)).toContain("actions[0].price");
  expect(after).toMatchObject({ status: "draft", revision: 1, gate: before.gate });
  expect(await respondToApproval("p1", approve("Bo"))).toMatchObject({ kind: "counted", status: "approved" });
}, 30_000);

test("an edit that changes the kind of an action opens a gate of its own, which earlier approvals do not answer", async () => {
  const { open, effects } = await openPlan({ kind: "always", min: 2 });
  await using _ = open;
  const { plans, respondToApproval } = open.runtime;
  const { kind, id } = await open.runtime.createReference(productSet, ["x"]);
  const before = await plans.get("p1");
  await respondToApproval("p1", approve("Bo"));

  const edits = { rationale: "hold instead", actions: [{ kind: "hold", products: { kind, id } }] };
  const edited = await respondToApproval("p1", { decision: "edit", by: "Cy", edits });
  const waiting = await plans.get("p1");
  const own = await respondToApproval("p1", approve("Cy"));
  const unfinished = await plans.execute("p1", { waitMs: 1 });
  const last = await respondToApproval("p1", approve("Di"));

  expect(edited).toMatchObject({ kind: "counted", status: "draft", waitsForMore: true });
  expect(waiting).toMatchObject({ status: "draft", revision: 2 });
  expect(waiting.gate?.id).not.toBe(before.gate?.id);
  expect(own).toMatchObject({ kind: "counted", status: "draft" });
  expect(unfinished.status).toBe("draft");
  expect(last).toMatchObject({ kind: "counted", status: "approved" });
  expect(await plans.execute("p1")).toMatchObject({ status: "executed" });
  expect(effects).toMatchObject([{ action: { kind: "hold" }, products: ["x"] }]);
}, 30_000);

test("of two who answer at once exactly one decides, and the other is told who did", async () => {
  const { open } = await openPlan(undefined);
  await using _ = open;
  const { plans, respondToApproval } = open.runtime;

  const answers = await Promise.all([
    respondToApproval("p1", approve("Bo")),
    respondToApproval("p1", { decision: "reject", by: "Cy" }),
  ]);

  const decided = (await plans.decisions("p1")).filter(({ refused }) => refused === null);
  expect(answers.map(({ kind }) => kind).sort()).toEqual(["counted", "refused"]);
  expect(answers.find(({ kind }) => kind === "refused")).toMatchObject({ code: "already_decided" });
  expect(decided).toHaveLength(1);
  expect(await plans.get("p1")).toMatchObject({ status: decided[0]?.by === "Bo" ? "approved" : "rejected" });
}, 30_000);

test("approving twice decides once", async () => {
  const { open } = await openPlan(undefined);
  await using _ = open;
  const { plans, respondToApproval } = open.runtime;
  const answer = { ...approve("Bo"), decisionId: "d1" };

  expect(await respondToApproval("p1", answer)).toMatchObject({ kind: "counted" });
  expect(await respondToApproval("p1", answer)).toMatchObject({ kind: "refused", code: "already_decided" });
  expect(await respondToApproval("p1", approve("Bo"))).toMatchObject({ kind: "refused", code: "already_decided" });
  expect((await plans.decisions("p1")).map(({ refused }) => refused)).toEqual([
    null,
    "already_decided",
    "already_decided",
  ]);
}, 30_000);

test("an approval of an older revision changes nothing, whether it names the content or the gate", async () => {
  const { open, effects } = await openPlan(undefined);
  await using _ = open;
  const { plans, respondToApproval } = open.runtime;
  const { handle } = watchPlan(open, "p1");
  const first = await plans.get("p1");
  await plans.store({ plan: pricePlan, planId: "p1", body: priceBody("b") });
  await vi.waitUntil(async () => (await plans.get("p1")).gate?.contentHash !== first.planHash, { timeout: 10_000 });

  const byContent = await respondToApproval("p1", { ...approve("Bo"), contentHash: first.planHash });
  const byGate = await handle.executeUpdate("respond", { args: [{ ...approve("Bo"), gate: first.gate?.id }] });

  expect(byContent).toMatchObject({ kind: "refused", code: "plan_hash_mismatch" });
  expect(byGate).toMatchObject({ kind: "refused", code: "gate_mismatch" });
  expect(await plans.execute("p1", { waitMs: 1 })).toMatchObject({ status: "draft", revision: 2 });
  expect(effects).toEqual([]);
}, 30_000);

test.for([
  ["expire", "expired"],
  ["reject", "rejected"],
] as const)("a gate whose time is up closes its plan: onExpire %s", { timeout: 30_000 }, async ([onExpire, status]) => {
  const { open, effects } = await openPlan({ kind: "always", expiresInMs: 1_500, onExpire });
  await using _ = open;
  const { plans, respondToApproval } = open.runtime;

  const ended = await plans.execute("p1");
  const late = await respondToApproval("p1", approve("Bo"));

  expect(ended.status).toBe(status);
  expect(late).toMatchObject({ kind: "refused", code: "expired" });
  expect(effects).toEqual([]);
});

test("a gate of three days is one timer of three days, and the deadline stays when its workflow is lost", async () => {
  const { open } = await openPlan({ kind: "always", expiresInMs: THREE_DAYS_MS });
  await using _ = open;
  const { plans } = open.runtime;
  const { handle } = watchPlan(open, "p1");
  const { gate } = await plans.get("p1");
  const timer = async (): Promise<number | undefined> => {
    const { events } = await handle.fetchHistory();
    const started = events?.flatMap(({ timerStartedEventAttributes: at }) => at?.startToFireTimeout?.seconds ?? []);
    return started?.[0] == null ? undefined : Number(started[0]);
  };

  const first = await vi.waitUntil(timer, { timeout: 10_000 });
  await handle.terminate("by hand");
  await plans.execute("p1", { waitMs: 1 });
  const second = await vi.waitUntil(timer, { timeout: 10_000 });

  expect(Date.parse(gate?.deadline ?? "") - Date.parse(gate?.openedAt ?? "")).toBe(THREE_DAYS_MS);
  expect(first).toBeGreaterThan(THREE_DAYS_MS / 1000 - 60);
  expect(second).toBeLessThanOrEqual(first);
  expect(second).toBeGreaterThan(THREE_DAYS_MS / 1000 - 60);
  expect((await plans.get("p1")).gate).toEqual(gate);
}, 30_000);

test("an edit through the host keeps the plan's body out of history, and a body that is gone is refused", async () => {
  const { open } = await openPlan(undefined);
  await using _ = open;
  const { plans, respondToApproval } = open.runtime;
  const { handle } = watchPlan(open, "p1");

  const gone = await handle.executeUpdate("respond", {
    args: [{ decision: "edit", by: "Bo", editsHash: "0".repeat(64) }],
  });
  const edited = await respondToApproval("p1", { decision: "edit", by: "Bo", edits: priceBody("MARKER-IN-BODY") });

  const { events } = await handle.fetchHistory();
  expect(gone).toMatchObject({ kind: "refused", code: "invalid_edit" });
  expect(edited).toMatchObject({ kind: "counted", status: "approved" });
  expect(JSON.stringify((await plans.revisions("p1")).at(-1)?.document)).toContain("MARKER-IN-BODY");
  expect(texts(events).filter((text) => text.includes("MARKER-IN-BODY"))).toEqual([]);
  expect(texts(events).filter((text) => text.includes("editsHash"))).not.toEqual([]);
}, 30_000);

/** Every payload of a history, decoded. */
function texts(value: unknown): readonly string[] {
  if (value instanceof Uint8Array) return [Buffer.from(value).toString()];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(texts);
}
