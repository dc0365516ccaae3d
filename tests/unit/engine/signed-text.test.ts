import { expect, test } from "vitest";
import { signedText } from "../../../src/engine/signed-text.ts";
import type { Answer, AnswerTarget } from "../../../src/protocol/gate.ts";

const answer: Answer = {
  decision: "approve",
  decisionId: "d1",
  gate: "gate_1",
  contentHash: "a",
  by: "ann",
  note: "ok",
};
const target: AnswerTarget = { tenant: "t", workspace: "w", subject: { kind: "plan", planId: "p" } };
const terms = { key: "k", at: "2026-03-01T12:00:00.000Z", expires: "2026-03-01T13:00:00.000Z" };

test("it does not depend on the order of fields, nor on a signature that is there already", () => {
  const turned: Answer = {
    note: "ok",
    by: "ann",
    contentHash: "a",
    gate: "gate_1",
    decisionId: "d1",
    decision: "approve",
  };

  expect(signedText({ ...turned, signature: { ...terms, value: "v" } }, target, terms)).toBe(
    signedText(answer, target, terms),
  );
});

test.each<Partial<Answer>>([
  { decision: "reject" },
  { decisionId: "d2" },
  { gate: "gate_2" },
  { contentHash: "b" },
  { by: "bob" },
  { note: "no" },
  { edits: { actions: [] } },
  { channel: "cli" },
])("another %o is another text", (change) => {
  expect(signedText({ ...answer, ...change }, target, terms)).not.toBe(signedText(answer, target, terms));
});

test.each<AnswerTarget>([
  { ...target, tenant: "u" },
  { ...target, workspace: "x" },
  { ...target, subject: { kind: "plan", planId: "q" } },
  { ...target, subject: { kind: "tool", turn: "p", callId: "p" } },
])("another target %o is another text", (other) => {
  expect(signedText(answer, other, terms)).not.toBe(signedText(answer, target, terms));
});

test.each(["key", "at", "expires"] as const)("another %s is another text", (field) => {
  expect(signedText(answer, target, { ...terms, [field]: "other" })).not.toBe(signedText(answer, target, terms));
});
