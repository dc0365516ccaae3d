import { expect, test } from "vitest";
import type { GivenAnswer } from "../../../../src/activities/gates/given-answer.ts";
import { type AnswerSubject, weighAnswer } from "../../../../src/activities/gates/weigh-answer.ts";
import type { ApprovalProof, SignatureVerdict } from "../../../../src/specs/hosted-app.ts";
import { gateOn, HASH_A, MIDNIGHT, NOON } from "../../../helpers/gate-question.ts";

const gate = gateOn({ kind: "always" });
const subject: AnswerSubject = {
  gate,
  status: "draft",
  content: { gate: gate.id, contentHash: HASH_A, revision: 2 },
  target: { tenant: "t", workspace: "w", subject: { kind: "plan", planId: "p" } },
  earlier: [],
};
const approval: GivenAnswer = { answer: { decision: "approve", by: "ada" }, decisionId: "d1", at: NOON };
const signature = { key: "k", at: NOON, expires: MIDNIGHT, value: "v" };
const signed: GivenAnswer = {
  ...approval,
  answer: { decision: "approve", by: "ada", gate: gate.id, contentHash: HASH_A, signature },
};

test("an answer that counts comes with its record", () => {
  const weighed = weighAnswer(approval, subject, proofs("open"));

  expect(weighed).toMatchObject({ kind: "counted", gate, closes: true, outcome: "approve" });
  expect(weighed.record).toEqual({
    decisionId: "d1",
    gate: gate.id,
    contentHash: HASH_A,
    answeredHash: null,
    decision: "approve",
    by: "ada",
    at: NOON,
    authn: "none",
    channel: "signal",
    note: null,
    revision: 2,
    refused: null,
  });
});

test("an answer that is on record is not judged again, whatever it would come to now", () => {
  const { record } = weighAnswer(approval, subject, proofs("open"));
  const later = { ...subject, gate: null, status: "approved", earlier: [record] } as const;

  expect(weighAnswer(approval, later, proofs("signed"))).toEqual({ kind: "recorded", record });
});

test("the same id at another time is another answer", () => {
  const { record } = weighAnswer(approval, subject, proofs("open"));
  const again = weighAnswer({ ...approval, at: MIDNIGHT }, { ...subject, earlier: [record] }, proofs("open"));

  expect(again).toMatchObject({ kind: "refused", refusal: { code: "already_decided" } });
});

test("a bad signature is refused before anything else is looked at, and nothing of it is kept", () => {
  const nothingWaits = { ...subject, gate: null, status: "closed" } as const;
  const weighed = weighAnswer(signed, nothingWaits, proofs("signed", { kind: "refused", reason: "not theirs" }));

  expect(weighed).toMatchObject({ kind: "refused", refusal: { code: "bad_signature", message: "not theirs" } });
  expect(weighed.record).toMatchObject({ authn: "none", refused: "bad_signature" });
  expect(weighed.record).not.toHaveProperty("signed");
});

test("a signature that holds is kept with the answer", () => {
  const weighed = weighAnswer(signed, subject, proofs("signed", { kind: "proven", key: "k", name: "ada" }));

  expect(weighed.kind).toBe("counted");
  expect(weighed.record).toMatchObject({ authn: "signature", key: "k", keyName: "ada", signed: signed.answer });
});

test("a deadline needs no proof, and answers no content", () => {
  const dated = { ...subject, gate: gateOn({ kind: "always" }, { deadline: NOON }) };
  const expiry: GivenAnswer = { answer: { decision: "expire", gate: undefined }, decisionId: "e", at: MIDNIGHT };
  const weighed = weighAnswer(expiry, dated, proofs("signed"));

  expect(weighed).toMatchObject({ kind: "counted", outcome: "expire" });
  expect(weighed.record).toMatchObject({ by: "timer", channel: "timer", authn: "timer", note: null });
  expect(weighed.record).not.toHaveProperty("answeredHash");
});

function proofs(mode: ApprovalProof["mode"], verdict: SignatureVerdict = UNKNOWN_KEY): ApprovalProof {
  return { mode, verify: () => verdict };
}

const UNKNOWN_KEY: SignatureVerdict = { kind: "refused", reason: "no key" };
