import { expect, test } from "vitest";
import { whyUnmeetable } from "../../../src/engine/why-unmeetable.ts";

const two = { kind: "always", approvers: ["boss", "cfo"], min: 2, notRequester: true } as const;

test("a gate can be met while as many approvers are left as must approve", () => {
  expect(whyUnmeetable({ rule: two, requestedBy: "ann" })).toBeNull();
  expect(whyUnmeetable({ rule: { ...two, notRequester: false }, requestedBy: "boss" })).toBeNull();
  expect(whyUnmeetable({ rule: { ...two, min: 1 }, requestedBy: "boss" })).toBeNull();
  expect(whyUnmeetable({ rule: { kind: "always", min: 9, notRequester: true }, requestedBy: "boss" })).toBeNull();
  expect(whyUnmeetable({ rule: { kind: "never" }, requestedBy: "boss" })).toBeNull();
});

test("an approver who asks is missing, however the name is written, and so is one person named twice", () => {
  expect(whyUnmeetable({ rule: two, requestedBy: "Boss " })).toBe(
    '2 of "boss", "cfo" must approve, but not whoever asked; "Boss " asked, so only "cfo" may',
  );
  expect(whyUnmeetable({ rule: { ...two, approvers: ["boss"], min: 1 }, requestedBy: "boss" })).toBe(
    '1 of "boss" must approve, but not whoever asked; "boss" asked, so nobody may',
  );
  expect(whyUnmeetable({ rule: { ...two, approvers: ["cfo", "CFO"] }, requestedBy: "ann" })).toBe(
    '2 of "cfo" must approve; only "cfo" may',
  );
});
