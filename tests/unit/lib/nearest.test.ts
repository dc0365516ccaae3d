import { expect, test } from "vitest";
import { nearest } from "../../../src/lib/nearest.ts";

test.each([
  ["promt", "prompt"],
  ["Routes", "routes"],
  ["maxTurn", "maxTurns"],
  ["toolApproval", "toolApprovals"],
  ["zzzzzz", undefined],
  ["", undefined],
])("%s means %s", (word, meant) => {
  expect(nearest(word, ["id", "maxTurns", "prompt", "routes", "toolApprovals", "tools"])).toBe(meant);
});
