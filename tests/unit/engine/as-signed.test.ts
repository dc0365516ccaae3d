import { expect, test } from "vitest";
import { whyNotAsSigned } from "../../../src/engine/as-signed.ts";
import type { Answer } from "../../../src/protocol/gate.ts";
import { decision, HASH_A, HASH_B, NOON } from "../../helpers/gate-question.ts";

const signature = { key: "k", at: NOON, expires: NOON, value: "v" };
const signed: Answer = {
  ...{ decision: "approve", decisionId: "d1", gate: "gate_1", contentHash: HASH_A, by: "ann", channel: "cli" },
  signature,
};
const record = decision({ authn: "signature", key: "k", answeredHash: HASH_A, signed });

test("a record that says what was signed agrees with it", () => {
  expect(whyNotAsSigned(record, signed)).toBeNull();
  expect(whyNotAsSigned({ ...record, note: "ok" }, { ...signed, note: "ok" })).toBeNull();
  const { channel: _, ...bare } = signed;
  expect(whyNotAsSigned({ ...record, channel: "signal" }, bare)).toBeNull();
});

test.each([
  ["decisionId", { decisionId: "d2" }],
  ["decision", { decision: "reject" }],
  ["by", { by: "bob" }],
  ["gate", { gate: "gate_2" }],
  ["answeredHash", { answeredHash: HASH_B }],
  ["contentHash", { contentHash: HASH_B }],
  ["note", { note: "" }],
  ["channel", { channel: "http" }],
  ["key", { key: "l" }],
] as const)("a record with another %s does not", (field, change) => {
  expect(whyNotAsSigned({ ...record, ...change }, signed)).toMatch(new RegExp(`^The record says ${field} `));
});

test("an edit names the content before it, and makes its own", () => {
  const edit: Answer = { ...signed, decision: "edit" };

  expect(whyNotAsSigned({ ...record, decision: "edit", contentHash: HASH_B }, edit)).toBeNull();
  expect(whyNotAsSigned({ ...record, decision: "edit", answeredHash: HASH_B }, edit)).toMatch(/answeredHash/);
});
