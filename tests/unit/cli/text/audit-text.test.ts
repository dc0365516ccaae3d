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
    revisions: [{ revision: 1, specHash: planHash, planHash, body, document, editedBy: null, at }],
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

  expect(text).toContain(`content\n${at}  revision 1  ${planHash}  by its planner`);
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
    revisions: [{ revision: 1, specHash: planHash, planHash, body, document, editedBy: "ann", at }],
    gates: [],
    decisions: [],
    actions: [],
  });

  expect(text).toBe(`content\n${at}  revision 1  ${planHash}  edited by ann`);
});

test("the content of an undo names the person who asked, and that of a host's plan whom it says", () => {
  const { body, document, planHash, origin } = newRevision("first");
  const rest = {
    revisions: [{ revision: 1, specHash: planHash, planHash, body, document, editedBy: null, at }],
    gates: [],
    decisions: [],
    actions: [],
  };
  const undo = planRecord({ planId: PlanId.parse("p1.undo"), origin: { ...origin, requestedBy: "bo\u0007" } });
  const host = planRecord({ origin: { ...origin, agent: null, requestedBy: "nightly job" } });

  expect(auditText({ plan: undo, ...rest })).toContain("asked for by bo\\x07");
  expect(auditText({ plan: host, ...rest })).toContain(`${planHash}  by nightly job`);
});
