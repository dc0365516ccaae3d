import { expect, test } from "vitest";
import { styleFor } from "../../../../src/cli/output/style.ts";

const RED = "\u001b[31mx\u001b[39m";

test.each([
  ["a terminal", { env: {}, isTerminal: true, wanted: true }, RED],
  ["a pipe", { env: {}, isTerminal: false, wanted: true }, "x"],
  ["--no-color", { env: { FORCE_COLOR: "1" }, isTerminal: true, wanted: false }, "x"],
  ["NO_COLOR", { env: { NO_COLOR: "1", FORCE_COLOR: "1" }, isTerminal: true, wanted: true }, "x"],
  ["an empty NO_COLOR", { env: { NO_COLOR: "" }, isTerminal: true, wanted: true }, RED],
  ["FORCE_COLOR in a pipe", { env: { FORCE_COLOR: "1" }, isTerminal: false, wanted: true }, RED],
  ["FORCE_COLOR=0", { env: { FORCE_COLOR: "0" }, isTerminal: true, wanted: true }, "x"],
  ["CI", { env: { CI: "true" }, isTerminal: true, wanted: true }, "x"],
  ["a dumb terminal", { env: { TERM: "dumb" }, isTerminal: true, wanted: true }, "x"],
])("%s", (_case, question, expected) => {
  expect(styleFor(question)("red", "x")).toBe(expected);
});
