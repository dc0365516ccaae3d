import { expect, test } from "vitest";
import type { Answer, AnswerTarget } from "../../../../src/protocol/gate.ts";
import { approvalProof } from "../../../../src/runtime/approvals/approval-proof.ts";
import { signAnswer } from "../../../../src/runtime/approvals/sign-answer.ts";
import { parseTrustedKeys, trustedKeyLabel, whyNotTheirs } from "../../../../src/runtime/approvals/trusted-key.ts";
import { signingKey } from "../../../helpers/signing-key.ts";

const [boss, cfo, spare, api] = [signingKey(), signingKey(), signingKey(), signingKey()];
const target: AnswerTarget = { tenant: "t", workspace: "w", subject: { kind: "plan", planId: "p" } };
const terms = { target, now: new Date("2026-03-01T12:00:00.000Z"), validForMs: 3_600_000 };

/** What a worker that trusts `entries` says of an answer by `by` that `key` signed. */
function verdict(entries: readonly string[], key: typeof boss, by: string): unknown {
  const answer: Answer = { decision: "approve", decisionId: "d", gate: "g", contentHash: "c", by };
  const { verify } = approvalProof("signed", () => parseTrustedKeys(entries));
  return verify(signAnswer(key, answer, terms), { target, at: "2026-03-01T12:30:00.000Z" });
}

const proven = expect.objectContaining({ kind: "proven" });
const bound = [`boss=${boss.publicKey.text}`, ` cfo = ${cfo.publicKey.text}`].map((entry) => entry.replaceAll(" ", ""));

test("a key that is bound to a person counts for that person only, and the refusal names both", () => {
  expect(verdict(bound, boss, "boss")).toEqual(proven);
  expect(verdict(bound, cfo, "cfo")).toEqual(proven);
  expect(verdict(bound, boss, "cfo")).toEqual({
    kind: "refused",
    isGenuine: true,
    reason: `The answer says that "cfo" gives it, and was signed with key ${boss.publicKey.fingerprint}, which is bound to "boss".`,
  });
});

test("a key that is bound to nobody vouches for all but those who have a key of their own", () => {
  const entries = [...bound, spare.publicKey.text];

  expect(verdict(entries, spare, "ann")).toEqual(proven);
  for (const name of ["boss", "Boss", "b o s s", "bo\u200bss", "ｂｏｓｓ"])
    expect(verdict(entries, spare, name)).toEqual({
      kind: "refused",
      isGenuine: true,
      reason: expect.stringContaining(
        `is bound to nobody; ${JSON.stringify(name)} is bound to ${boss.publicKey.fingerprint}.`,
      ),
    });
  expect(verdict([spare.publicKey.text], spare, "boss")).toEqual(proven);
});

test("a key for everybody vouches also for those who have one of their own", () => {
  const entries = [...bound, `*=${api.publicKey.text}`];

  for (const name of ["boss", "cfo", "ann"]) expect(verdict(entries, api, name)).toEqual(proven);
  expect(verdict(entries, cfo, "*")).toMatchObject({ kind: "refused" });
});

test("a person may have several keys for a while", () => {
  const entries = [...bound, `boss=${spare.publicKey.text}`];

  expect(verdict(entries, boss, "boss")).toEqual(proven);
  expect(verdict(entries, spare, "boss")).toEqual(proven);
  expect(verdict(entries, spare, "cfo")).toMatchObject({ kind: "refused" });
});

test.each([
  [`boss=${boss.publicKey.text}`, `cfo=${boss.publicKey.text}`, /listed with "boss" and "cfo"/],
  [`boss=${boss.publicKey.text}`, boss.publicKey.text, /listed with "boss" and no name/],
  [boss.publicKey.text, `*=${boss.publicKey.text}`, /listed with no name and "\*"/],
])("a key that stands for two people is refused: %s, %s", (one, other, message) => {
  expect(() => parseTrustedKeys([one, other])).toThrow(message);
});

test("the same entry twice is one", () => {
  expect(() => parseTrustedKeys([...bound, ...bound, spare.publicKey.text, spare.publicKey.text])).not.toThrow();
});

test.each([
  "",
  "boss",
  "boss=",
  "boss=ed25519:short",
  `=${boss.publicKey.text}`,
  ` \u200b=${boss.publicKey.text}`,
  `Anonymous=${boss.publicKey.text}`,
  `boss:${boss.publicKey.text}`,
])("%j is no trusted key", (entry) => {
  expect(() => parseTrustedKeys([entry])).toThrow(/A trusted public key is none: expected .*received/);
});

test("a name may hold an equals sign, and is told with the key", () => {
  const [key] = parseTrustedKeys([`cn=ann,o=acme=${boss.publicKey.text}`]);
  if (key === undefined) throw new Error("no key");

  expect(whyNotTheirs(key, "cn=ann,o=acme", [key])).toBeNull();
  expect(trustedKeyLabel(key)).toBe(`cn=ann,o=acme=${boss.publicKey.fingerprint}`);
  expect(parseTrustedKeys([boss.publicKey.text]).map(trustedKeyLabel)).toEqual([boss.publicKey.fingerprint]);
});
