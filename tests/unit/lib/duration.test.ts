import { expect, test } from "vitest";
import { formatDuration, parseDuration } from "../../../src/lib/duration.ts";

test.each([
  ["500ms", 500],
  ["5s", 5_000],
  ["1.5s", 1_500],
  ["2m", 120_000],
  ["1h", 3_600_000],
  [" 3s ", 3_000],
  ["0s", 0],
  ["5", undefined],
  ["", undefined],
  ["s", undefined],
  ["-5s", undefined],
  ["5 s", undefined],
  ["5sec", undefined],
  ["1e3ms", undefined],
  ["9999999999999s", undefined],
])("%j is %s milliseconds", (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});

test.each([
  [480, "480 ms"],
  [3_140, "3.1 s"],
  [180_000, "3 min"],
])("%i milliseconds read as %s", (ms, expected) => {
  expect(formatDuration(ms)).toBe(expected);
});
