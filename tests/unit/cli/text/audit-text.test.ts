import { expect, test } from "vitest";
import { auditText } from "../../../../src/cli/text/audit-text.ts";
import { PlanId } from "../../../../src/protocol/plan.ts";
import { actionRecord } from "../../../helpers/action-record.ts";
import { decision, hashOf, newRevision, planRecord } from "../../../helpers/plan-records.ts";

const at = "2026-01-01T00:02:00.000Z";

test("an audit says who decided what on which content, what was done, and what a person found out", () => {
  const { body, document, planHash } = newRevision("first");
  const settlement = { as: "done", by: "ann", at, note: "seen \u001b[2J", channel: "cli" } as const;

  const text = auditText({
    plan: planRecord(),
    revisions: [
      {
        revision: 1,
        specHash: planHash,
        planHash,
        body,
        document,
        editedBy: null,
        requestedBy: "ann",
        agent: "boss",
        at,
      },
    ],
    gates: [
      {
        gateId: "gate_plan",
        revision: 1,
        contentHash: planHash,
        rule: { kind: "always", approvers: ["bob", "c\u001by"], min: 2, notRequester: true },
        mode: "signed",
        requestedBy: "ann",
        openedAt: at,
        deadline: at,
        status: "closed",
        outcome: { decision: "approve", by: ["bob", "cy"], at },
      },
    ],
    decisions: [decision("d1"), decision("d2", { refused: "already_decided", note: "late" })],
    actions: [actionRecord(0, "done", { at, summary: "ordered" }), actionRecord(1, "done", { settlement })],
  });

  expect(text).toContain(`content\n${at}  revision 1  ${planHash}  by boss, asked for by ann`);
  expect(text).toContain(`approve  bob  revision 1  ${hashOf("first")}  cli/none  counted`);
  expect(text).toContain(
    `required\n${at}  revision 1  2 different people of bob, c\\x1by but whoever asked  signed  asked by ann  until ${at}  approve by bob, cy, ${at}`,
  );
  expect(text).toContain("refused: already_decided  late");
  expect(text).toMatch(/0 {2}reorder {2}done {2}1 attempt {2}2 affected {2}k\.0 {2}ordered/);
  expect(text).toContain(`settled\n${at}  1  unknown → done  ann  cli  seen \\x1b[2J`);
});

test("an audit names the content that an answer itself was given to, and the key that signed it", () => {
  const text = auditText({
    plan: planRecord(),
    revisions: [],
    gates: [],
    decisions: [
      decision("d1", {
        authn: "signature",
        key: "0123456789abcdef0123",
        keyName: "boss",
        answeredHash: hashOf("first"),
      }),
      decision("d2", { authn: "signature", key: "fedcba98765432100000", answeredHash: hashOf("older"), refused: "x" }),
      decision("d3", { answeredHash: null }),
      decision("d4", { answeredHash: "\u001b[2J" }),
    ],
    actions: [],
  });

  const [, one, two, three, four] = text.split("\n");
  expect(one).toMatch(new RegExp(`revision 1 {2}${hashOf("first")} +cli/signature 0123456789ab \\(boss\\) {2}counted`));
  expect(two).toContain(`${hashOf("first")} (answered ${hashOf("older")})  cli/signature fedcba987654 `);
  expect(three).toContain(`${hashOf("first")} (answered without naming any)`);
  expect(four).toContain("(answered \\x1b[2J)");
});

test("a plan that nobody decided on has an audit of its content alone", () => {
  const { body, document, planHash } = newRevision("first");

  const text = auditText({
    plan: planRecord(),
    revisions: [
      {
        revision: 1,
        specHash: planHash,
        planHash,
        body,
        document,
        editedBy: "ann",
        requestedBy: "ann",
        agent: "boss",
        at,
      },
    ],
    gates: [],
    decisions: [],
    actions: [],
  });

  expect(text).toBe(`content\n${at}  revision 1  ${planHash}  edited by ann`);
});

test("the content of an undo names the person who asked, and that of a host's plan whom it says", () => {
  const { planHash } = newRevision("first");
  const undo = planRecord({ planId: PlanId.parse("p1.undo") });

  expect(contentText(undo, { requestedBy: "bo\u0007", agent: "boss" })).toContain("asked for by bo\\x07");
  expect(contentText(planRecord(), { requestedBy: "nightly job", agent: null })).toContain(
    `${planHash}  by nightly job`,
  );
});

test("the content of a planner names it and who asked, and what an older version did not keep is said", () => {
  expect(contentText(planRecord(), { requestedBy: "an\u0007n", agent: "boss" })).toMatch(
    / by boss, asked for by an\\x07n$/,
  );
  expect(contentText(planRecord(), { requestedBy: "boss", agent: "boss" })).toMatch(/ by boss$/);
  expect(contentText(planRecord(), { requestedBy: null, agent: null })).toMatch(/ who asked is not on record$/);
});

function contentText(
  plan: Parameters<typeof auditText>[0]["plan"],
  by: { readonly requestedBy: string | null; readonly agent: string | null },
): string {
  const { body, document, planHash } = newRevision("first");
  const revision = { revision: 1, specHash: planHash, planHash, body, document, editedBy: null, at, ...by };
  return auditText({ plan, revisions: [revision], gates: [], decisions: [], actions: [] });
}
