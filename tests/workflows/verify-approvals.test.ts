import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { Scope } from "../../src/protocol/ids.ts";
import { approvalProof } from "../../src/runtime/approvals/approval-proof.ts";
import type { SigningKey } from "../../src/runtime/approvals/key-file.ts";
import { parseTrustedKeys } from "../../src/runtime/approvals/trusted-key.ts";
import type { Verification } from "../../src/runtime/approvals/verification.ts";
import { verifyApprovals } from "../../src/runtime/approvals/verify-approvals.ts";
import type { ApprovalProof } from "../../src/specs/hosted-app.ts";
import { pay, payingApp, watchGates } from "../helpers/gated-app.ts";
import { type OpenRuntime, openRuntime } from "../helpers/open-runtime.ts";
import { planSpec, priceBody, recordingDispatcher } from "../helpers/plan-app.ts";
import { signingKey } from "../helpers/signing-key.ts";
import { storeOf } from "../helpers/store-of.ts";
import { untilGated } from "../helpers/until-gated.ts";

/** Somebody who holds no key writes into the store; whoever verifies it trusts the keys alone. */

const [boss, cfo] = [signingKey(), signingKey()];
const proof = proofFor(`boss=${boss.publicKey.text}`, `cfo=${cfo.publicKey.text}`);
const RULE = { kind: "always", min: 2, approvers: ["boss", "cfo"] } as const;

function proofFor(...entries: readonly string[]): ApprovalProof {
  const keys = parseTrustedKeys(entries);
  return approvalProof("signed", () => keys);
}

/** A plan that boss and cfo approved with their own keys, executed. */
async function executedPlan(): Promise<OpenRuntime> {
  let holder: SigningKey = boss;
  const open = await openRuntime(planSpec({ plans: RULE }), {
    actionDispatcher: recordingDispatcher().dispatcher,
    approvals: proof,
    signingKey: () => holder,
  });
  const { runtime } = open;
  await runtime.plans.store({ plan: "PricePlan", planId: "p1", body: priceBody("a"), requestedBy: "ann" });
  await untilGated(runtime, "p1");
  await runtime.respondToApproval("p1", { decision: "approve", by: "boss", note: "fine" });
  holder = cfo;
  await runtime.respondToApproval("p1", { decision: "approve", by: "cfo" });
  expect(await runtime.plans.execute("p1")).toMatchObject({ status: "executed" });
  return open;
}

function verified(open: OpenRuntime, id: string, by: ApprovalProof = proof): Promise<Verification> {
  const { tenant, workspace } = open.runtime.app;
  return verifyApprovals({ store: storeOf(open), scope: Scope.parse({ tenant, workspace }) }, id, by);
}

/** What whoever can write the database does without a key. */
function tamper({ home }: OpenRuntime, ...statements: readonly string[]): void {
  const database = new Database(join(home, "state.db"));
  for (const statement of statements) database.exec(statement);
  database.close();
}

function isClean({ decisions, problems }: Verification): boolean {
  return problems.length === 0 && decisions.every(({ verdict }) => verdict === "verified");
}

test("decisions on record verify by the keys of those who gave them", async () => {
  await using open = await executedPlan();

  expect(await verified(open, "p1")).toMatchObject({
    kind: "plan",
    status: "executed",
    decisions: [
      { by: "boss", verdict: "verified", key: boss.publicKey.fingerprint, keyName: "boss" },
      { by: "cfo", verdict: "verified", key: cfo.publicKey.fingerprint, keyName: "cfo" },
    ],
    problems: [],
    notes: [],
  });
});

const SECOND = "WHERE position = (SELECT max(position) FROM plan_decisions)";
const set = (path: string, value: string): string =>
  `UPDATE plan_decisions SET decision = json_set(decision, '$.${path}', ${value}) ${SECOND}`;

test.each<[what: string, statements: readonly string[], expected: RegExp]>([
  ["the name", [set("by", "'boss2'")], /record says by "boss2", and "cfo" was signed/],
  ["the name, signed one too", [set("by", "'ann'"), set("signed.by", "'ann'")], /not one of this answer/],
  ["the decision", [set("decision", "'reject'")], /record says decision "reject"/],
  ["the note", [set("note", "'as discussed'")], /record says note "as discussed"/],
  ["the content", [set("contentHash", `'${"0".repeat(64)}'`)], /record says contentHash/],
  ["the gate", [set("gate", "'gate_1'")], /record says gate "gate_1"/],
  ["the key", [set("key", "'0'")], /record says key "0"/],
  ["the time", [set("at", "'2030-01-01T00:00:00.000Z'")], /counted until/],
  ["what was signed", [`UPDATE plan_decisions SET decision = json_remove(decision, '$.signed') ${SECOND}`], /not kept/],
])("a record whose %s was changed does not verify", async (_what, statements, expected) => {
  await using open = await executedPlan();
  tamper(open, ...statements);

  const { decisions, problems } = await verified(open, "p1");

  expect(decisions).toMatchObject([{ verdict: "verified" }, { verdict: "not-verified", key: null }]);
  expect(decisions[1]?.reason).toMatch(expected);
  expect(problems).toEqual([expect.stringMatching(/^It is executed, and its rule wants 2 .* are by "boss"\.$/)]);
});

test("an approval that was invented, taken from elsewhere or marked as unsigned is no approval", async () => {
  await using open = await executedPlan();
  const first = "WHERE position = (SELECT min(position) FROM plan_decisions)";
  const copied = `UPDATE plan_decisions SET decision = (SELECT decision FROM plan_decisions ${first}) ${SECOND}`;

  tamper(open, copied);
  const twice = await verified(open, "p1");
  tamper(open, set("by", "'cfo'"), set("authn", "'none'"));
  const unsigned = await verified(open, "p1");
  const asOpen = await verified(open, "p1", { ...proof, mode: "open" });
  tamper(open, "DELETE FROM plan_decisions");
  const none = await verified(open, "p1");

  expect(twice.problems).toEqual([expect.stringContaining('by "boss".')]);
  expect(unsigned).toMatchObject({
    decisions: [{ verdict: "verified" }, { verdict: "unsigned" }],
    problems: [expect.stringContaining('by "boss".')],
  });
  expect(asOpen.problems).toEqual(unsigned.problems); // the gate was one for signed answers
  expect(none.problems).toEqual([expect.stringContaining("by nobody.")]);
});

test("content that was changed afterwards is found out", async () => {
  await using open = await executedPlan();

  tamper(open, `UPDATE plan_revisions SET body = replace(body, '6.49', '649')`);

  expect((await verified(open, "p1")).problems).toEqual([expect.stringMatching(/^Its content as stored has the hash/)]);
});

test("decisions verify by the keys that are trusted now, each for its owner", async () => {
  await using open = await executedPlan();
  const unbound = proofFor(boss.publicKey.text, cfo.publicKey.text);
  const swapped = proofFor(`cfo=${boss.publicKey.text}`, `boss=${cfo.publicKey.text}`);
  const onlyBoss = proofFor(`boss=${boss.publicKey.text}`);

  expect(isClean(await verified(open, "p1", unbound))).toBe(true);
  expect((await verified(open, "p1", swapped)).decisions).toMatchObject([
    { reason: expect.stringContaining('bound to "cfo"') },
    { reason: expect.stringContaining('bound to "boss"') },
  ]);
  expect((await verified(open, "p1", onlyBoss)).decisions).toMatchObject([
    { verdict: "verified" },
    { reason: expect.stringContaining("this worker trusts") },
  ]);
});

test("an edit verifies by the body that was signed with it", async () => {
  await using open = await openRuntime(planSpec(), {
    actionDispatcher: recordingDispatcher().dispatcher,
    approvals: proof,
    signingKey: () => boss,
  });
  const { runtime } = open;
  await runtime.plans.store({ plan: "PricePlan", planId: "p1", body: priceBody("a"), requestedBy: "ann" });
  await untilGated(runtime, "p1");
  const edited = await runtime.respondToApproval("p1", { decision: "edit", by: "boss", edits: priceBody("b") });
  const kept = await verified(open, "p1");
  tamper(open, `UPDATE blobs SET expires_at = '2020-01-01T00:00:00.000Z' WHERE expires_at IS NOT NULL`);
  const later = await verified(open, "p1");
  tamper(open, `UPDATE plan_revisions SET document = replace(document, '6.49', '649') WHERE revision = 2`);
  const changed = await verified(open, "p1");

  expect(edited).toMatchObject({ kind: "counted", status: "approved" });
  expect([kept, later].map(isClean)).toEqual([true, true]);
  expect(changed.decisions).toMatchObject([
    { verdict: "not-verified", reason: "Revision 2 is not the body that was signed with the edit." },
  ]);
});

test("a plan that its rule lets through needs nobody, which is said", async () => {
  await using open = await openRuntime(planSpec({ plans: "never" }), {
    actionDispatcher: recordingDispatcher().dispatcher,
    approvals: proof,
  });
  await open.runtime.plans.store({ plan: "PricePlan", planId: "p1", body: priceBody("a"), requestedBy: "ann" });
  await open.runtime.plans.execute("p1");

  expect(await verified(open, "p1")).toMatchObject({
    decisions: [{ verdict: "unsigned", channel: "policy" }],
    problems: [],
    notes: [expect.stringContaining("asks nobody")],
  });
});

test("where answers need no signature, unsigned decisions are no problem, and are one for whoever expects signed ones", async () => {
  const open_ = { ...proof, mode: "open" } as const;
  await using open = await openRuntime(planSpec(), {
    actionDispatcher: recordingDispatcher().dispatcher,
    approvals: open_,
  });
  await open.runtime.plans.store({ plan: "PricePlan", planId: "p1", body: priceBody("a"), requestedBy: "ann" });
  await untilGated(open.runtime, "p1");
  await open.runtime.respondToApproval("p1", { decision: "approve", by: "boss" });

  expect(await verified(open, "p1", open_)).toMatchObject({ decisions: [{ verdict: "unsigned" }], problems: [] });
  expect((await verified(open, "p1")).problems).toEqual([
    expect.stringContaining("It is approved, and its rule wants 1"),
  ]);
});

test("a call's decisions verify like a plan's, and so does the call", async () => {
  const { spec } = payingApp();
  await using open = await openRuntime(spec, { approvals: proof, signingKey: () => boss });
  const run = open.runtime.query(JSON.stringify([pay(5), { text: "Paid." }]));
  const [waiting] = await watchGates(open).untilWaiting(1);
  const id = waiting?.gate.id ?? "";
  await open.runtime.respondToApproval(id, { decision: "approve", by: "boss" });
  await run.result();

  const kept = await verified(open, id);
  tamper(open, `UPDATE calls SET args = '{"amount":500}'`);
  const other = await verified(open, id);
  tamper(open, `UPDATE gate_decisions SET decision = json_set(decision, '$.authn', 'none')`);
  const unsigned = await verified(open, id);

  expect(kept).toMatchObject({ kind: "tool", status: "closed", decisions: [{ by: "boss", verdict: "verified" }] });
  expect(isClean(kept)).toBe(true);
  expect(other.problems).toEqual([expect.stringContaining("is not the one that was asked about")]);
  expect(unsigned.problems).toContainEqual(expect.stringContaining("verified decisions are by nobody"));
});
