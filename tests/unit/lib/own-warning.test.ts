import { expect, test } from "vitest";
import { isOwnWarning } from "../../../src/lib/own-warning.ts";

test.each([
  ["WARN", { sdkComponent: "activity" }, true],
  ["WARN", { sdkComponent: "worker" }, false],
  ["WARN", undefined, false],
  ["INFO", { sdkComponent: "activity" }, false],
])("a %s line with %j is a warning of ours: %s", (level, meta, expected) => {
  expect(isOwnWarning({ level, meta })).toBe(expected);
});
