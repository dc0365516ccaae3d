import { expect, test } from "vitest";
import { type Answer, Answer as AnswerSchema, type AnswerTarget } from "../../../../src/protocol/gate.ts";
import { signAnswer } from "../../../../src/runtime/approvals/sign-answer.ts";
import { signedApprovals, signingKey } from "../../../helpers/signing-key.ts";

const key = signingKey();
const stranger = signingKey();
const { verify } = signedApprovals(key);

const answer: Answer = {
  decision: "approve",
  decisionId: "d1",
  gate: "gate_1",
  contentHash: "a",
  by: "ann",
  note: "ok",
};
const target: AnswerTarget = { tenant: "t", workspace: "w", subject: { kind: "plan", planId: "p" } };
const now = new Date("2026-03-01T12:00:00.000Z");
const HOUR_MS = 3_600_000;
const terms = { target, now, validForMs: HOUR_MS };
const signed = signAnswer(key, answer, terms);
const on = { target, at: "2026-03-01T12:30:00.000Z" };

test("a signed answer is proven to be its key's, also after its way as JSON", () => {
  const arrived = AnswerSchema.parse(JSON.parse(JSON.stringify(signed)));

  expect(verify(arrived, on)).toEqual({ kind: "proven", key: key.publicKey.fingerprint });
});

test.each<Partial<Answer>>([
  { decision: "reject" },
  { decisionId: "d2" },
  { gate: "gate_2" },
  { contentHash: "b" },
  { by: "bob" },
  { note: "" },
  { edits: {} },
  { channel: "http" },
  { signature: { ...signed.signature, expires: "2026-04-01T12:00:00.000Z" } },
  { signature: { ...signed.signature, at: "2026-03-01T12:00:01.000Z" } },
  { signature: { ...signed.signature, value: "" } },
  { signature: { ...signed.signature, value: "%%%" } },
  { signature: { ...signed.signature, value: signAnswer(key, { ...answer, by: "bob" }, terms).signature.value } },
])("an answer changed to %o is not the one that was signed", (change) => {
  expect(verify({ ...signed, ...change }, on)).toEqual({
    kind: "refused",
    reason: expect.stringMatching(/not one of this answer/),
  });
});

test.each<AnswerTarget>([
  { ...target, tenant: "u" },
  { ...target, workspace: "v" },
  { ...target, subject: { kind: "plan", planId: "q" } },
  { ...target, subject: { kind: "tool", turn: "r", callId: "p" } },
])("it is no signature for %o", (other) => {
  expect(verify(signed, { ...on, target: other })).toMatchObject({ kind: "refused" });
});

test("a key that nobody trusts is named, and one that claims a trusted name is found out", () => {
  const foreign = signAnswer(stranger, answer, terms);
  const posing = { ...foreign, signature: { ...foreign.signature, key: key.publicKey.fingerprint } };

  expect(verify(foreign, on)).toEqual({
    kind: "refused",
    reason: `The answer was signed with key "${stranger.publicKey.fingerprint}", and this worker trusts ${key.publicKey.fingerprint}.`,
  });
  expect(verify(posing, on)).toMatchObject({ reason: expect.stringContaining("not one of this answer") });
});

test.each([
  ["2026-03-01T13:00:00.000Z", "counted until"],
  ["2026-03-01T11:49:59.000Z", "is from"],
  ["never", "counted until"],
])("at %s it counts no more or not yet", (at, reason) => {
  expect(verify(signed, { target, at })).toEqual({
    kind: "refused",
    isGenuine: true,
    reason: expect.stringContaining(reason),
  });
});

test("a signer's clock may be a little ahead, and no signature counts for ever", () => {
  const forever = signAnswer(key, answer, { ...terms, validForMs: 31 * 24 * HOUR_MS });

  expect(verify(signed, { target, at: "2026-03-01T11:55:00.000Z" })).toMatchObject({ kind: "proven" });
  expect(verify(forever, on)).toMatchObject({ reason: expect.stringContaining("30 days at most") });
});

test("an answer that could count twice is refused, and one without a signature is none", () => {
  const { decisionId: _, ...unnamed } = answer;

  expect(verify(signAnswer(key, unnamed, terms), on)).toMatchObject({ reason: expect.stringContaining("decision id") });
  expect(verify(answer, on)).toMatchObject({ kind: "refused" });
});

test("several keys can be trusted at a time, so that they can be changed", () => {
  const both = signedApprovals(stranger, key);

  expect(both.verify(signed, on)).toMatchObject({ key: key.publicKey.fingerprint });
  expect(both.verify(signAnswer(stranger, answer, terms), on)).toMatchObject({ key: stranger.publicKey.fingerprint });
});
