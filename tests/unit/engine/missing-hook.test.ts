import { expect, test } from "vitest";
import { missingHook } from "../../../src/engine/missing-hook.ts";

const applied = [
  { index: 2, kind: "price" },
  { index: 0, kind: "hold" },
];

test("actions whose kinds all have a hook can be taken back", () => {
  expect(missingHook(applied, ["hold", "price"])).toBeNull();
  expect(missingHook([], [])).toBeNull();
});

test("the first one without a hook is named, by its place in the plan that applied it", () => {
  expect(missingHook(applied, ["price"])?.message).toContain("Action 0 (hold) cannot be taken back");
  expect(missingHook(applied, ["price"])?.message).toContain("(price have one)");
  expect(missingHook(applied, [])).toMatchObject({
    code: "COMPENSATE_MISSING",
    hint: expect.stringContaining("--actions"),
  });
});
