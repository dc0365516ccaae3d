import { expect, test } from "vitest";
import { aimedGate } from "../../../src/engine/aimed-gate.ts";
import { gateOn } from "../../helpers/gate-question.ts";

const one = gateOn(
  { kind: "always" },
  { id: "gate_1", subject: { kind: "tool", turn: "t", callId: "c1", tool: "pay" } },
);
const two = gateOn(
  { kind: "always" },
  { id: "gate_2", subject: { kind: "tool", turn: "t", callId: "c2", tool: "ship" } },
);

test("an answer that names a gate means it, also when it is closed or others wait", () => {
  expect(aimedGate({ waiting: [one, two], named: two }, "gate_2")).toEqual({ kind: "gate", gate: two });
  expect(aimedGate({ waiting: [one], named: two }, "gate_2")).toEqual({ kind: "gate", gate: two });
});

test("a bare answer means the only one that waits", () => {
  expect(aimedGate({ waiting: [one], named: null }, undefined)).toEqual({ kind: "gate", gate: one });
  expect(aimedGate({ waiting: [], named: null }, undefined)).toMatchObject({ kind: "refused", code: "closed" });
});

test("a bare answer to several, and one to a gate of another turn, are refused and told what waits", () => {
  const several = aimedGate({ waiting: [one, two], named: null }, undefined);
  const foreign = aimedGate({ waiting: [one], named: null }, "gate_9");

  expect(several).toMatchObject({ kind: "refused", code: "gate_mismatch" });
  expect(several).toHaveProperty("message", expect.stringMatching(/gate_1 \(pay, call c1\), gate_2 \(ship, call c2\)/));
  expect(foreign).toMatchObject({ kind: "refused", code: "gate_mismatch" });
  expect(foreign).toHaveProperty("message", expect.stringMatching(/"gate_9".*gate_1 \(pay, call c1\)/));
});
